import * as v from 'valibot'
import { emailKey } from '../../domain/email-key.js'
import { ZerotenError } from '../../http/zeroten-error.js'
import { FIRST_LANE } from '../../runtime/semaphore.js'
import type { TokenAnswer, TokenErrorAnswer } from '../../wire/v1.js'
import { HttpError } from '../http-error.js'
import type { Fields } from '../request/fields.js'
import { bodyFields } from '../request/parameters.js'
import { selectAccountByClient, selectAccountByEmail } from '../storage/accounts.js'
import type { Storage } from '../storage/storage.js'
import type { AccountRow } from '../storage/tables.js'
import { GRANTS } from './grants.js'
import { createGuessLimits, type Guess } from './guess-limits.js'
import { isPassword } from './passwords.js'
import { equalHashes, hashSecret } from './secrets.js'
import type { Tokens } from './tokens.js'

/** A refusal of the token endpoint: RFC 6749 section 5.2. */
class TokenRefusal extends ZerotenError {
  override name = 'TokenRefusal'
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

const invalidRequest = (description: string) => new TokenRefusal(400, 'invalid_request', description)

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
  now: () => number
}

/** What a request for a token may hold of credentials. */
const CREDENTIALS = ['client_id', 'client_secret', 'username', 'password', 'refresh_token'] as const

interface TokenRequest {
  fields: Fields
  request: Request
  /** Where it comes from; undefined where that is not known. */
  address: string | undefined
}

type CheckGuess = ReturnType<typeof createCheckGuess>

/** Checks a secret within the limits on guesses. */
function createCheckGuess(now: () => number) {
  const admit = createGuessLimits(now)
  /** @throws TokenRefusal 429 */
  return async <T>(
    guess: Guess,
    isRight: (isKnown: boolean) => Promise<T | undefined>,
  ): Promise<T | undefined> => {
    const admission = admit(guess)
    if (!admission.admitted)
      throw new TokenRefusal(429, 'too_many_attempts', 'Too many wrong attempts: try again later', {
        'Retry-After': String(admission.retryAfterS),
      })
    try {
      const found = await isRight(admission.isKnown)
      if (found !== undefined) admission.takeBack('right')
      return found
    } catch (error) {
      admission.takeBack('unchecked')
      throw error
    }
  }
}

interface GrantOptions extends TokenEndpointOptions {
  check: CheckGuess
}

async function grantToClient(
  { storage, tokens, now, check }: GrantOptions,
  { fields, address }: TokenRequest,
): Promise<TokenAnswer> {
  const { client_id, client_secret } = parse(GRANTS.client_credentials, fields)
  const guess = { account: hashSecret(`client ${client_id}`), address }
  const account = await check(guess, async () => {
    const found = await selectAccountByClient(storage.db, client_id)
    return isClientSecret(client_secret, found, now()) ? found : undefined
  })
  if (!account)
    throw new TokenRefusal(401, 'invalid_client', 'Client authentication failed', {
      'WWW-Authenticate': 'Basic realm="zeroten"',
    })
  return tokens.issueToClient(account.id)
}

async function grantToUser(
  { storage, tokens, check }: GrantOptions,
  { fields, address }: TokenRequest,
): Promise<TokenAnswer> {
  const { username, password } = parse(GRANTS.password, fields)
  const guess = { account: hashSecret(`user ${emailKey(username)}`), address }
  const account = await check(guess, async isKnown => {
    const found = await selectAccountByEmail(storage.db, emailKey(username))
    const lane = isKnown ? FIRST_LANE : `address ${address ?? ''}`
    return (await isPassword(password, found?.password_hash, lane)) ? found : undefined
  })
  if (!account) throw new TokenRefusal(400, 'invalid_grant', 'The username or the password is wrong')
  return tokens.issueToUser(account.id)
}

async function grantByRefreshToken({ tokens }: GrantOptions, fields: Fields): Promise<TokenAnswer> {
  const { refresh_token } = parse(GRANTS.refresh_token, fields)
  const answer = await tokens.refresh(refresh_token)
  if (!answer) throw new TokenRefusal(400, 'invalid_grant', 'The refresh token is not valid any more')
  return answer
}

function grant(options: GrantOptions, asked: TokenRequest): Promise<TokenAnswer> {
  const { fields, request } = asked
  refuseInQuery(request)
  switch (fields.grant_type) {
    case 'client_credentials':
      return grantToClient(options, { ...asked, fields: { ...fields, ...basicCredentials(fields, request) } })
    case 'password':
      return grantToUser(options, asked)
    case 'refresh_token':
      return grantByRefreshToken(options, fields)
    case undefined:
      throw invalidRequest('grant_type is required')
    default:
      throw new TokenRefusal(400, 'unsupported_grant_type', 'The grant type is not supported')
  }
}

/** `POST /oauth/token`. Credentials come in the body, never in the query, which ends up in logs. */
export function createTokenEndpoint(options: TokenEndpointOptions) {
  const granting = { ...options, check: createCheckGuess(options.now) }
  return async (request: Request, address?: string): Promise<TokenReply> => {
    try {
      const body = await grant(granting, { fields: await bodyFields(request, []), request, address })
      return { status: 200, body, headers: NO_STORE }
    } catch (error) {
      const { status, code, message, headers } = toRefusal(error)
      const body: TokenErrorAnswer = { error: code, error_description: message }
      return { status, body, headers: { ...NO_STORE, ...headers } }
    }
  }
}

/** Whether it is the present secret of a client, or the one before it, which is valid for a while. */
function isClientSecret(secret: string, account: AccountRow | undefined, nowMs: number): boolean {
  const hash = hashSecret(secret)
  // An unknown client costs the comparisons too.
  const isPresent = equalHashes(hash, account?.client_secret_hash ?? hashSecret(''))
  const isFormer = equalHashes(hash, account?.former_secret_hash ?? hashSecret(''))
  return account !== undefined && (isPresent || (isFormer && (account.former_until_ms ?? 0) > nowMs))
}

/** @throws TokenRefusal 400 where credentials stand in the query */
function refuseInQuery({ url }: Request): void {
  const names = new URL(url).searchParams
  const found = CREDENTIALS.find(name => names.has(name))
  if (found)
    throw invalidRequest(
      `${found} must be sent in the body: a query ends up in the logs of every server on its way, so that what it held should be replaced`,
    )
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

function toRefusal(error: unknown): TokenRefusal {
  if (error instanceof TokenRefusal) return error
  // What can't be read is an invalid request, with the status that says why (413, 415).
  if (error instanceof HttpError)
    return new TokenRefusal(error.status, 'invalid_request', error.message, error.headers)
  if (error instanceof ZerotenError && error.code === 'busy')
    return new TokenRefusal(503, 'temporarily_unavailable', 'Try again later', { 'Retry-After': '5' })
  throw error
}
