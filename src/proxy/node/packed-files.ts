import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the widget as the build packs it into `zeroten/proxy/node`. */
export interface PackedFile {
  /** Every name it is served by. */
  names: { name: string; immutable: boolean }[]
  integrity: string
  /** Its brotli encoding in base64. */
  brotli: string
}

/**
 * The widget's files, inside of the bundle: `next build` and other bundlers move the code away from the files beside it. The
 * build puts them in place of this module (`packed-files.mjs`), which runs from the sources alone.
 */
export const packedFiles: readonly PackedFile[] | undefined = undefined

/** Where the build writes the same files; there is no such folder in the bundle. */
export const builtFolder: string | undefined = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../dist/browser',
)
