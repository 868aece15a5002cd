import { ProxyError } from './proxy-error.js'

const tooLarge = (maxBytes: number) =>
  // The rest of the body is not read, so the connection is of no more use.
  new ProxyError(413, 'too_large', `more than ${maxBytes} bytes`, { Connection: 'close' })

async function readAll(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  deadlineMs: number,
): Promise<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let late = false
  const timer = setTimeout(() => {
    late = true
    reader.cancel().catch(() => {
      // A stream that broke is as gone as one that was cancelled.
    })
  }, deadlineMs)
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (late) throw new ProxyError(408, 'body_timeout', 'the body took too long', { Connection: 'close' })
      if (done) return text + decoder.decode()
      bytes += value.byteLength
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    reader.cancel().catch(() => {
      // As above.
    })
    throw error instanceof ProxyError
      ? error
      : new ProxyError(400, 'malformed', 'the body broke off or is not UTF-8')
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The body as text, counted while it is read: `Content-Length` may lie.
 *
 * @throws ProxyError 400, 408, 413, 415
 */
export function readBody(request: Request, maxBytes: number, deadlineMs: number): Promise<string> {
  const { headers } = request
  // A form or plain text reaches us from another site without a preflight; JSON does not.
  if (!/^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i.test(headers.get('content-type') ?? ''))
    throw new ProxyError(415, 'unsupported_media_type', 'send application/json')
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity')
    throw new ProxyError(415, 'unsupported_media_type', 'send the body without Content-Encoding')
  if (Number(headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes)
  if (!request.body) throw new ProxyError(400, 'malformed', 'there is no body')
  return readAll(request.body, maxBytes, deadlineMs)
}
