import { bodyTooLarge } from './body-errors.js'
import { ProxyError } from './proxy-error.js'
import type { BodyBounds, Incoming } from './proxy-request.js'

const JSON_TYPE = /^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i

/**
 * The body as text, of a request that may have one.
 *
 * @throws ProxyError 400, 408, 413, 415
 */
export function readBody(incoming: Incoming, bounds: BodyBounds): Promise<string> {
  // A form or plain text reaches us from another site without a preflight; JSON does not.
  if (!JSON_TYPE.test(incoming.header('content-type') ?? ''))
    throw new ProxyError(415, 'unsupported_media_type', 'send application/json')
  if ((incoming.header('content-encoding') ?? 'identity') !== 'identity')
    throw new ProxyError(415, 'unsupported_media_type', 'send the body without Content-Encoding')
  if (Number(incoming.header('content-length')) > bounds.maxBytes) throw bodyTooLarge(bounds.maxBytes)
  return incoming.readText(bounds)
}
