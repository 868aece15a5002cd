import { isUtf8 } from 'node:buffer'

/** The text of a body whose chunks have all come. @returns undefined where it is not UTF-8 */
export function decodeChunks(chunks: readonly Buffer[]): string | undefined {
  const [first] = chunks
  const bytes = first && chunks.length === 1 ? first : Buffer.concat(chunks)
  return isUtf8(bytes) ? bytes.toString() : undefined
}
