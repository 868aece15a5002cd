import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress, gzip } from 'node:zlib'
import type { Files, StaticFile } from '../index.js'
import type { PackedFile } from './packed-files.js'

/** What the build writes into `files.json`. */
interface FileList {
  files: { name: string; immutable: boolean; integrity: string }[]
}

async function readFolder(folder: string): Promise<Files> {
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

async function unpack({ names, integrity, brotli }: PackedFile): Promise<[string, StaticFile][]> {
  const compressed = Buffer.from(brotli, 'base64')
  const bytes = await promisify(brotliDecompress)(compressed)
  const content = {
    bytes: new Uint8Array(bytes),
    brotli: new Uint8Array(compressed),
    gzip: new Uint8Array(await promisify(gzip)(bytes, { level: 9 })),
  }
  return names.map(({ name, immutable }) => [name, { ...content, immutable, integrity }])
}

/**
 * The widget's files, with their encodings, in memory.
 *
 * @param folder - where the build put them; without it those of this package, which are in its code: no file is read
 * @throws what reading `folder` throws
 */
export async function loadFiles(folder?: string): Promise<Files> {
  if (folder !== undefined) return readFolder(folder)
  const { packedFiles, builtFolder } = await import('./packed-files.js')
  if (builtFolder !== undefined) return readFolder(builtFolder)
  return new Map((await Promise.all((packedFiles ?? []).map(unpack))).flat())
}
