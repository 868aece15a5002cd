import { HttpError } from '../http-error.js'

/** 10,000 emoji are 120 kB urlencoded; nothing that the API takes needs more. */
const MAX_BODY_BYTES = 256 * 1_024

const tooLarge = () =>
  new HttpError(413, 'payload_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes`, {
    // The rest of the body is not worth reading.
    Connection: 'close',
  })

/**
 * The body's bytes, of which there are never more than {@link MAX_BODY_BYTES} in memory.
 *
 * @throws HttpError 413
 */
export async function readBody(request: Request): Promise<Uint8Array> {
  const length = request.headers.get('content-length')
  if (length !== null && Number(length) > MAX_BODY_BYTES) throw tooLarge()
  if (length === null) return readStream(request.body)
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.length > MAX_BODY_BYTES) throw tooLarge()
  return bytes
}

async function readStream(stream: Request['body']): Promise<Uint8Array> {
  if (!stream) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    // Leaving the loop cancels the stream.
    if (size > MAX_BODY_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
