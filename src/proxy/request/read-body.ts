import { bodyTooLarge } from './body-errors.js'
import { ProxyError } from './proxy-error.js'
import type { ProxyRequest } from './proxy-request.js'
import type { BodyBounds } from './read-stream.js'

/** With whatever parameters; where it names an encoding, that is the one of JSON. */
const JSON_TYPE =
  /^application\/json\s*(?:;\s*(?:charset="?utf-?8"?|(?!charset)[\w-]+=(?:"[^"]*"|[^\s;"]*))?\s*)*$/i

/** Longer than any that is meant, and short enough for whatever the pattern makes of it. */
const MAX_TYPE_LENGTH = 200

/** A header that was sent twice comes as a list: then each of it must be JSON. */
const isJson = (type: string): boolean =>
  type.length <= MAX_TYPE_LENGTH && type.split(',').every(part => JSON_TYPE.test(part.trim()))

/**
 * The body as text, of a request that may have one.
 *
 * @throws ProxyError 400, 408, 413, 415
 */
export function readBody(incoming: ProxyRequest, bounds: BodyBounds): Promise<string> {
  // A form or plain text reaches us from another site without a preflight; JSON does not.
  if (!isJson(incoming.header('content-type') ?? ''))
    throw new ProxyError(415, 'unsupported_media_type', 'send application/json')
  if ((incoming.header('content-encoding') ?? 'identity') !== 'identity')
    throw new ProxyError(415, 'unsupported_media_type', 'send the body without Content-Encoding')
  if (Number(incoming.header('content-length')) > bounds.maxBytes) throw bodyTooLarge(bounds.maxBytes)
  return incoming.readText(bounds)
}
