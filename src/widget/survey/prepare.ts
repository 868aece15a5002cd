import type { PanelChunk } from '../panel.js'
import { fetchParts } from './fetch-parts.js'

/** A file of its own, since it is public, and the types beside it are of Preact, which who installs us does not have. */
export const prepare: PanelChunk['prepare'] = async options => {
  await fetchParts(options)
}
