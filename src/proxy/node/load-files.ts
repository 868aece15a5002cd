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
  const readAll = async (name: string) => {
    const [bytes, brotli, gzip] = await Promise.all([read(name), read(`${name}.br`), read(`${name}.gz`)])
    return { bytes, brotli, gzip }
  }
  const { files } = JSON.parse(await readFile(join(folder, 'files.json'), 'utf8')) as FileList
  /** By integrity: a hashed name and its alias have the same. */
  const contents = new Map<string, ReturnType<typeof readAll>>()
  const entries = files.map(async ({ name, immutable, integrity }): Promise<[string, StaticFile]> => {
    const content = contents.get(integrity) ?? readAll(name)
    contents.set(integrity, content)
    return [name, { ...(await content), immutable, integrity }]
  })
  return new Map(await Promise.all(entries))
}
