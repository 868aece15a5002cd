import { HttpError, invalid } from '../http-error.js'
import { type Fields, gatherFields, jsonFields, noFields } from './fields.js'
import { readBody } from './read-body.js'
import { bodyPairs, queryPairs } from './urlencoded.js'

/** Never parameters of an endpoint: the token of the request itself. */
const ACCESS_TOKEN = 'access_token'

/** The parameters in a query, which begins with `?` unless it is empty. */
export const queryFields = (query: string): Fields =>
  gatherFields(queryPairs(query).filter(([name]) => name !== ACCESS_TOKEN))

/**
 * The parameters in a request's body: urlencoded, multipart or JSON. An empty body says nothing.
 *
 * @param names the endpoint's own fields, see {@link bodyPairs}
 * @throws HttpError 413, 415, 400
 */
export async function bodyFields(request: Request, names: readonly string[]): Promise<Fields> {
  const bytes = await readBody(request)
  if (bytes.length === 0) return noFields()
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity')
    throw unsupported('The body must not be compressed')
  const contentType = request.headers.get('content-type') ?? ''
  const mediaType = parseMediaType(contentType)
  if (mediaType === 'application/x-www-form-urlencoded') return gatherFields(bodyPairs(decode(bytes), names))
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) return jsonFields(decode(bytes))
  if (mediaType === 'multipart/form-data') return gatherFields(await multipartPairs(bytes, contentType))
  throw unsupported(
    'The body must be application/x-www-form-urlencoded, application/json or multipart/form-data',
  )
}

/** A media type without its parameters. Some clients quote it, and some send the header twice, which joins its values by a comma. */
function parseMediaType(contentType: string): string {
  const types = contentType.split(/,(?=\s*"?[\w.+-]+\/)/).map(
    value =>
      value
        .split(';', 1)[0]
        ?.trim()
        .replace(/^"(.*)"?$/, '$1')
        .replace(/"$/, '')
        .toLowerCase() ?? '',
  )
  const [first = ''] = types
  if (types.some(type => type !== first)) throw unsupported('The body is said to be of two types')
  return first
}

const unsupported = (message: string) => new HttpError(415, 'unsupported_media_type', message)

/** Query and body in one; where both say something, the body wins. */
export async function unitedFields(
  request: Request,
  query: string,
  names: readonly string[],
): Promise<Fields> {
  const body = await bodyFields(request, names)
  return query === '' ? body : Object.assign(queryFields(query), body)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // The decoder's own error says no more than this.
    throw new HttpError(400, 'invalid_encoding', 'The body is not valid UTF-8')
  }
}

async function multipartPairs(bytes: Uint8Array, contentType: string): Promise<[string, string][]> {
  const form = await new Response(bytes, { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => {
      // The parser's error says no more than this.
      throw new HttpError(400, 'invalid_multipart', 'The body is not valid multipart/form-data')
    })
  return [...form].map(([name, value]) => {
    if (typeof value !== 'string') throw invalid('must not be a file', name)
    return [name, value]
  })
}
