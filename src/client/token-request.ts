import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretPost,
  customFetch,
  genericTokenEndpointRequest,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
} from 'oauth4webapi'
import { parseRetryAfter } from '../http/retry-after.js'
import { isTokenFailure } from '../http/retry-table.js'
import { ClientError } from './client-error.js'
import type { HttpResponse } from './exchange.js'
import { ResponseError } from './response-error.js'
import { TokenError } from './token-error.js'

/** What the API document calls `POST /oauth/token`, section "Authentication". */
export const TOKEN_PATH = '/oauth/token'

export type Grant =
  | { type: 'client_credentials'; clientId: string; clientSecret: string }
  | { type: 'password'; username: string; password: string }
  | { type: 'refresh_token'; refreshToken: string }

export interface IssuedToken {
  accessToken: string
  lifeMs: number
  refreshToken: string | undefined
}

export interface TokenRequestOptions {
  baseUrl: string
  /** Sends the form and reads the whole answer, within the client's bounds. */
  post(form: { headers: Record<string, string>; body: string }): Promise<HttpResponse>
  /** Wall time, milliseconds. */
  now: () => number
}

/** The document's two hours, where the answer does not say. */
const DEFAULT_LIFE_S = 7_200
/** A token that says it lives less is still used that long: an API that says 0 must not be asked without end. */
const MIN_LIFE_S = 10
const MAX_LIFE_S = 86_400

/** RFC 6750 section 2.1, and nothing that could end a header. */
const BEARER = /^[\w.~+/-]{1,4096}=*$/

/** The password and refresh grants of the document name no client. */
const noClientAuthentication: ClientAuth = () => undefined

function parametersOf(grant: Grant): Record<string, string> {
  switch (grant.type) {
    case 'client_credentials':
      return {}
    case 'password':
      return { username: grant.username, password: grant.password }
    case 'refresh_token':
      return { refresh_token: grant.refreshToken }
  }
}

/** RFC 6749 section 5.2. Any other word might be the secret itself, sent back. */
const OAUTH_ERRORS = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
])

/**
 * One request for a token.
 *
 * @throws TokenError only; it holds no word of the answer but RFC 6749's error code
 */
export async function requestToken(
  grant: Grant,
  { baseUrl, post, now }: TokenRequestOptions,
): Promise<IssuedToken> {
  let answer: HttpResponse | undefined
  // oauth4webapi never reads from the network itself: it gets what was read within our bounds.
  const readWhole = async (
    _url: string,
    init: { headers: Record<string, string>; body: URLSearchParams },
  ) => {
    answer = await post({ headers: init.headers, body: init.body.toString() })
    return new Response(answer.text || null, {
      status: answer.status,
      headers: { 'content-type': 'application/json' },
    })
  }
  const server = { issuer: baseUrl, token_endpoint: baseUrl + TOKEN_PATH }
  const [client, authentication] =
    grant.type === 'client_credentials'
      ? [{ client_id: grant.clientId }, ClientSecretPost(grant.clientSecret)]
      : [{ client_id: 'none' }, noClientAuthentication]
  try {
    const response = await genericTokenEndpointRequest(
      server,
      client,
      authentication,
      grant.type,
      parametersOf(grant),
      // parseBaseUrl has decided which http: URLs are allowed.
      { [customFetch]: readWhole, [allowInsecureRequests]: true },
    )
    const token = await processGenericTokenEndpointResponse(server, client, response)
    const life = token.expires_in ?? DEFAULT_LIFE_S
    if (token.token_type !== 'bearer' || !BEARER.test(token.access_token))
      throw new TokenError({ code: 'token_malformed', status: response.status })
    return {
      accessToken: token.access_token,
      lifeMs: Math.min(Math.max(life, MIN_LIFE_S), MAX_LIFE_S) * 1_000,
      refreshToken: token.refresh_token,
    }
  } catch (error) {
    throw toTokenError(error, answer, now())
  }
}

/** Its `cause` would hold the answer, and so perhaps a token: it is not kept. */
function toTokenError(error: unknown, answer: HttpResponse | undefined, nowMs: number): TokenError {
  if (error instanceof TokenError) return error
  const status = answer?.status
  const retryAfterMs = parseRetryAfter(answer?.headers.get('retry-after') ?? null, nowMs)
  if (error instanceof ResponseBodyError && !isTokenFailure(error.status)) {
    const oauthError = OAUTH_ERRORS.has(error.error) ? error.error : undefined
    return new TokenError({ code: 'token_refused', status, oauthError, retryAfterMs })
  }
  if (status === undefined) {
    const code = error instanceof ResponseError ? 'token_malformed' : 'token_unavailable'
    if (error instanceof ClientError) return new TokenError({ code, retryAfterMs })
  } else {
    const code = isTokenFailure(status)
      ? 'token_unavailable'
      : status >= 400
        ? 'token_refused'
        : 'token_malformed'
    return new TokenError({ code, status, retryAfterMs })
  }
  throw error
}
