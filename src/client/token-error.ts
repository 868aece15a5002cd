import { ClientError } from './client-error.js'

/** Why there is no token. */
export type TokenErrorCode = 'token_refused' | 'token_unavailable' | 'token_malformed'

const REASONS: Record<TokenErrorCode, string> = {
  token_refused: 'refused the credentials',
  token_unavailable: 'could not be reached or failed',
  token_malformed: 'answered with what is not a bearer token',
}

/** What a {@link TokenError} is made of. */
export interface TokenErrorDetails {
  code: TokenErrorCode
  status?: number | undefined
  /** RFC 6749 section 5.2: `invalid_client` and so on. */
  oauthError?: string | undefined
  retryAfterMs?: number | undefined
}

/** There is no token to be had. No request to the API itself was sent. */
export class TokenError extends ClientError {
  override name = 'TokenError'
  declare readonly code: TokenErrorCode
  /** The token endpoint's status, where it answered. */
  readonly status: number | undefined
  readonly oauthError: string | undefined
  /** Before this has passed the token endpoint is not asked again. */
  readonly retryAfterMs: number | undefined

  constructor({ code, status, oauthError, retryAfterMs }: TokenErrorDetails) {
    super(code, `POST /oauth/token ${REASONS[code]}${oauthError ? `: ${oauthError}` : ''}`)
    this.status = status
    this.oauthError = oauthError
    this.retryAfterMs = retryAfterMs
  }
}
