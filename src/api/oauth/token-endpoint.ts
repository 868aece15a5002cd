import * as v from 'valibot'
import { ZerotenError } from '../../http/zeroten-error.js'
import type { TokenAnswer, TokenErrorAnswer } from '../../wire/v1.js'
import { ApiError } from '../api-error.js'
import type { Fields } from '../request/fields.js'
import { bodyFields } from '../request/parameters.js'
import { selectAccountByClient, selectAccountByEmail } from '../storage/accounts.js'
import { emailKey } from '../storage/end-users.js'
import type { Storage } from '../storage/storage.js'
import { isPassword } from './passwords.js'
import { equalHashes, hashSecret } from './secrets.js'
import type { Tokens } from './tokens.js'

/** A refusal of the token endpoint: RFC 6749 section 5.2. */
class TokenError extends ZerotenError {
  override name = 'TokenError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    description: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, description)
    this.status = status
    this.headers = headers
  }
}

/** RFC 6749 section 5.1: an answer with a token is never kept on the way. */
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

export interface TokenEndpointOptions {
  storage: Storage
  tokens: Tokens
}

/** `POST /oauth/token`: the grants password, refresh_token and client_credentials. Credentials come in the body alone. */
export function createTokenEndpoint({ storage, tokens }: TokenEndpointOptions) {
  const grants: Readonly<Record<string, (fields: Fields, request: Request) => Promise<TokenAnswer>>> = {
    async client_credentials(fields, request) {
      const { id, secret } = clientOf(fields, request)
      const account = await selectAccountByClient(storage.db, id)
      // An unknown client costs a comparison too.
      const matches = equalHashes(hashSecret(secret), account?.client_secret_hash ?? hashSecret(''))
      if (!account || !matches)
        throw new TokenError(401, 'invalid_client', 'Client authentication failed', {
          'WWW-Authenticate': 'Basic realm="zeroten"',
        })
      return tokens.issueToClient(account.id)
    },

    async password(fields) {
      const username = text(fields, 'username')
      const password = text(fields, 'password')
      const account = await selectAccountByEmail(storage.db, emailKey(username))
      if (!(await isPassword(password, account?.password_hash)) || !account)
        throw new TokenError(400, 'invalid_grant', 'The username or the password is wrong')
      return tokens.issueToUser(account.id)
    },

    async refresh_token(fields) {
      const answer = await tokens.refresh(text(fields, 'refresh_token'))
      if (!answer) throw new TokenError(400, 'invalid_grant', 'The refresh token is not valid any more')
      return answer
    },
  }

  return async (request: Request): Promise<Response> => {
    try {
      const fields = await bodyFields(request, [])
      const grantType = text(fields, 'grant_type')
      const grant = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined
      if (!grant) throw new TokenError(400, 'unsupported_grant_type', 'The grant type is not supported')
      return json(200, await grant(fields, request), NO_STORE)
    } catch (error) {
      const { status, code, message, headers } = toTokenError(error)
      const body: TokenErrorAnswer = { error: code, error_description: message }
      return json(status, body, { ...NO_STORE, ...headers })
    }
  }
}

function toTokenError(error: unknown): TokenError {
  if (error instanceof TokenError) return error
  // What can't be read is an invalid request, with the status that says why (413, 415).
  if (error instanceof ApiError)
    return new TokenError(error.status, 'invalid_request', error.message, error.headers)
  if (error instanceof ZerotenError && error.code === 'busy')
    return new TokenError(503, 'temporarily_unavailable', 'Try again later', { 'Retry-After': '5' })
  throw error
}

const credential = v.pipe(v.string(), v.nonEmpty(), v.maxLength(1_000))

function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (!v.is(credential, value)) throw new TokenError(400, 'invalid_request', `${name} is required`)
  return value
}

/** RFC 6749 section 2.3.1: a client may also say who it is in the Authorization header, but not twice. */
function clientOf(fields: Fields, request: Request): { id: string; secret: string } {
  const [, basic] = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (basic === undefined) return { id: text(fields, 'client_id'), secret: text(fields, 'client_secret') }
  if ('client_secret' in fields)
    throw new TokenError(400, 'invalid_request', 'The client must authenticate in one way only')
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(/:(.*)/s, 2).map(formDecode)
  return { id, secret }
}

const formDecode = (value: string): string => {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    // A client that does not encode its credentials means what it says.
    return value
  }
}

const json = (
  status: number,
  body: TokenAnswer | TokenErrorAnswer,
  headers: Record<string, string>,
): Response => Response.json(body, { status, headers })
