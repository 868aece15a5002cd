import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Files, StaticFile } from '../index.js'

/** What the build writes into `files.json`. */
interface FileList {
  files: { name: string; immutable: boolean; integrity: string }[]
}

/** Beside the bundle in `dist/`; from the sources, where the build puts it. */
const defaultFolder = (): string => {
  const isBuilt = new URL('.', import.meta.url).pathname.endsWith('/dist/')
  return fileURLToPath(new URL(isBuilt ? './browser' : '../../../dist/browser', import.meta.url))
}

/**
 * Reads the widget's files, with their encodings, into memory.
 *
 * @param folder where the build put them. @default this package's own
 */
export async function loadFiles(folder: string = defaultFolder()): Promise<Files> {
  const read = async (name: string) => new Uint8Array(await readFile(join(folder, name)))
  const { files } = JSON.parse(await readFile(join(folder, 'files.json'), 'utf8')) as FileList
  const entries = files.map(async ({ name, immutable, integrity }): Promise<[string, StaticFile]> => {
    const [bytes, brotli, gzip] = await Promise.all([read(name), read(`${name}.br`), read(`${name}.gz`)])
    return [name, { bytes, brotli, gzip, immutable, integrity }]
  })
  return new Map(await Promise.all(entries))
}
