import { HttpError } from '../http-error.js'

/**
 * The access token of a request: in the Authorization header, or in the query as the API's document has it.
 *
 * @throws HttpError 401 where there is none, 400 where there are two
 */
export function bearerToken(request: Request, query: string): string {
  const header = request.headers.get('authorization')
  const inQuery = query.includes('access_token') ? new URLSearchParams(query).getAll('access_token') : []
  if (inQuery.length + (header === null ? 0 : 1) > 1)
    throw new HttpError(400, 'invalid_request', 'The access token must be given once', {
      'WWW-Authenticate': 'Bearer error="invalid_request"',
    })
  const token = inQuery[0] ?? /^Bearer +([\w.~+/-]+=*) *$/i.exec(header ?? '')?.[1]
  if (!token) throw unauthorized('An access token is required')
  return token
}

export const unauthorized = (message: string): HttpError =>
  new HttpError(401, 'unauthorized', message, { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
