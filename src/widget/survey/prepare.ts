import { fetchParts } from './fetch-parts.js'
import type { PanelChunk } from './panel-types.js'

/** A file of its own, since it is public, and the types beside it are of Preact, which who installs us does not have. */
export const prepare: PanelChunk['prepare'] = async options => {
  await fetchParts(options)
}
