import * as v from 'valibot'
import { ZerotenError } from '../../http/zeroten-error.js'
import type { TokenAnswer, TokenErrorAnswer } from '../../wire/v1.js'
import { ApiError } from '../api-error.js'
import type { Fields } from '../request/fields.js'
import { bodyFields } from '../request/parameters.js'
import { selectAccountByClient, selectAccountByEmail } from '../storage/accounts.js'
import { emailKey } from '../storage/end-users.js'
import type { Storage } from '../storage/storage.js'
import { GRANTS } from './grants.js'
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

const invalidRequest = (description: string) => new TokenError(400, 'invalid_request', description)

export interface TokenReply {
  status: number
  body: TokenAnswer | TokenErrorAnswer
  headers: Record<string, string>
}

/** RFC 6749 section 5.1: an answer with a token is never kept on the way. */
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

export interface TokenEndpointOptions {
  storage: Storage
  tokens: Tokens
}

/** `POST /oauth/token`. Credentials come in the body, never in the query, which ends up in logs. */
export function createTokenEndpoint({ storage, tokens }: TokenEndpointOptions) {
  async function ofClient(fields: Fields): Promise<TokenAnswer> {
    const { client_id, client_secret } = parse(GRANTS.client_credentials, fields)
    const account = await selectAccountByClient(storage.db, client_id)
    // An unknown client costs a comparison too.
    const matches = equalHashes(hashSecret(client_secret), account?.client_secret_hash ?? hashSecret(''))
    if (!account || !matches)
      throw new TokenError(401, 'invalid_client', 'Client authentication failed', {
        'WWW-Authenticate': 'Basic realm="zeroten"',
      })
    return tokens.issueToClient(account.id)
  }

  async function ofUser(fields: Fields): Promise<TokenAnswer> {
    const { username, password } = parse(GRANTS.password, fields)
    const account = await selectAccountByEmail(storage.db, emailKey(username))
    if (!(await isPassword(password, account?.password_hash)) || !account)
      throw new TokenError(400, 'invalid_grant', 'The username or the password is wrong')
    return tokens.issueToUser(account.id)
  }

  async function ofRefreshToken(fields: Fields): Promise<TokenAnswer> {
    const { refresh_token } = parse(GRANTS.refresh_token, fields)
    const answer = await tokens.refresh(refresh_token)
    if (!answer) throw new TokenError(400, 'invalid_grant', 'The refresh token is not valid any more')
    return answer
  }

  function grant(fields: Fields, request: Request): Promise<TokenAnswer> {
    switch (fields.grant_type) {
      case 'client_credentials':
        return ofClient({ ...fields, ...basicCredentials(fields, request) })
      case 'password':
        return ofUser(fields)
      case 'refresh_token':
        return ofRefreshToken(fields)
      case undefined:
        throw invalidRequest('grant_type is required')
      default:
        throw new TokenError(400, 'unsupported_grant_type', 'The grant type is not supported')
    }
  }

  return async (request: Request): Promise<TokenReply> => {
    try {
      const body = await grant(await bodyFields(request, []), request)
      return { status: 200, body, headers: NO_STORE }
    } catch (error) {
      const { status, code, message, headers } = toTokenError(error)
      const body: TokenErrorAnswer = { error: code, error_description: message }
      return { status, body, headers: { ...NO_STORE, ...headers } }
    }
  }
}

function parse<S extends v.GenericSchema>(schema: S, fields: Fields): v.InferOutput<S> {
  const result = v.safeParse(schema, fields)
  if (result.success) return result.output
  const [{ path, message }] = result.issues
  throw invalidRequest(`${String(path?.[0].key)} ${message}`)
}

/** RFC 6749 section 2.3.1: a client may say who it is in the Authorization header too, but not in two ways. */
function basicCredentials(fields: Fields, request: Request): Fields {
  const [, basic] = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (basic === undefined) return {}
  if ('client_secret' in fields) throw invalidRequest('The client must authenticate in one way only')
  const [client_id, client_secret] = Buffer.from(basic, 'base64')
    .toString()
    .split(/:(.*)/s, 2)
    .map(formDecode)
  return { client_id, client_secret }
}

function formDecode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    // A client that does not encode its credentials means what it says.
    return value
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
