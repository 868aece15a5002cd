import { ProxyError } from './proxy-error.js'

const tooLarge = (maxBytes: number) =>
  // The rest of the body is not read, so the connection is of no more use.
  new ProxyError(413, 'too_large', `more than ${maxBytes} bytes`, { Connection: 'close' })

const tooSlow = () => new ProxyError(408, 'body_timeout', 'the body took too long', { Connection: 'close' })

const broken = () => new ProxyError(400, 'malformed', 'the body broke off or is not UTF-8')

export interface ReadBodyOptions {
  maxBytes: number
  deadlineMs: number
  /** See `RequestContext`. */
  isLengthEnforced: boolean
}

/** All at once: much the cheapest, and only for a body that can't be longer than it says. */
function readWhole(request: Request, deadlineMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(tooSlow()), deadlineMs)
    request
      .arrayBuffer()
      .then(bytes => resolve(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
      .catch(() => reject(broken()))
      .finally(() => clearTimeout(timer))
  })
}

async function readCounted(
  body: ReadableStream<Uint8Array>,
  { maxBytes, deadlineMs }: ReadBodyOptions,
): Promise<string> {
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
      if (late) throw tooSlow()
      if (done) return text + decoder.decode()
      bytes += value.byteLength
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      text += decoder.decode(value, { stream: true })
    }
  } catch (error) {
    cancel()
    throw error instanceof ProxyError ? error : broken()
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The body as text, counted while it is read: `Content-Length` may lie.
 *
 * @throws ProxyError 400, 408, 413, 415
 */
export function readBody(request: Request, options: ReadBodyOptions): Promise<string> {
  const { headers } = request
  const { maxBytes, deadlineMs, isLengthEnforced } = options
  const declared = headers.get('content-length')
  // A form or plain text reaches us from another site without a preflight; JSON does not.
  if (!/^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i.test(headers.get('content-type') ?? ''))
    throw new ProxyError(415, 'unsupported_media_type', 'send application/json')
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity')
    throw new ProxyError(415, 'unsupported_media_type', 'send the body without Content-Encoding')
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes)
  if (isLengthEnforced && declared !== null) return readWhole(request, deadlineMs)
  if (!request.body) throw new ProxyError(400, 'malformed', 'there is no body')
  return readCounted(request.body, options)
}
