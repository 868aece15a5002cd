import { discard, readText } from '../../runtime/read-text.js'
import { bodyBroken, bodyTooLarge, bodyTooSlow } from './body-errors.js'

/** How large a body may be, and how long it may take, milliseconds. */
export interface BodyBounds {
  maxBytes: number
  deadlineMs: number
}

/** The text of a web stream, as far as it may go. */
export async function readStream(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, deadlineMs }: BodyBounds,
): Promise<string> {
  if (!body) throw bodyBroken()
  const reader = body.getReader()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    discard(reader)
  }, deadlineMs)
  const read = await readText(reader, maxBytes)
    .catch(() => {
      throw bodyBroken()
    })
    .finally(() => clearTimeout(timer))
  if (isLate) throw bodyTooSlow()
  if (read.problem === 'too_large') throw bodyTooLarge(maxBytes)
  if (read.problem) throw bodyBroken()
  return read.text
}
