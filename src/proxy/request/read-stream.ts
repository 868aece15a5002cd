import { bodyBroken, bodyTooLarge, bodyTooSlow } from './body-errors.js'
import { ProxyError } from './proxy-error.js'

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
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const cancel = () =>
    void reader.cancel().catch(() => {
      // A stream that broke is as gone as one that was cancelled.
    })
  let late = false
  const timer = setTimeout(() => {
    late = true
    cancel()
  }, deadlineMs)
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (late) throw bodyTooSlow()
      if (done) return text + decoder.decode()
      bytes += value.byteLength
      if (bytes > maxBytes) throw bodyTooLarge(maxBytes)
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    cancel()
    throw error instanceof ProxyError ? error : bodyBroken()
  } finally {
    clearTimeout(timer)
  }
}
