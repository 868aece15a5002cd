import type { ErrorList } from '../wire/v1.js'
import { ClientError, type RequestLine } from './client-error.js'
import type { RateLimit } from './rate-limit.js'

const CODES: Record<number, string> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  429: 'rate_limited',
}

/** What an {@link ApiError} is made of. */
export interface ApiErrorDetails {
  status: number
  errors: ErrorList['errors']
  retryAfterMs: number | undefined
  rateLimit: RateLimit | undefined
  requestId: string | undefined
}

/**
 * The API refused. `code` is one of `unauthorized`, `forbidden`, `not_found`, `conflict`, `too_large`, `rate_limited`,
 * `server_error` (500 and above) and `bad_request` (any other).
 */
export class ApiError extends ClientError {
  override name = 'ApiError'
  /** The HTTP status; where the API answered 200 with an error list, the status that its first error stands for. */
  readonly status: number
  /** How long the API asks to wait. */
  readonly retryAfterMs: number | undefined
  /** What the answer told of the rate limit. */
  readonly rateLimit: RateLimit | undefined
  /** `X-Request-Id` of the answer. */
  readonly requestId: string | undefined
  readonly #errors: ErrorList['errors']

  constructor({ method, path }: RequestLine, details: ApiErrorDetails) {
    const { status } = details
    super(
      CODES[status] ?? (status >= 500 ? 'server_error' : 'bad_request'),
      `${method} ${path} was answered with ${status}`,
    )
    this.status = status
    this.retryAfterMs = details.retryAfterMs
    this.rateLimit = details.rateLimit
    this.requestId = details.requestId
    this.#errors = details.errors
  }

  /**
   * The API's own words; empty where its answer held none. They may repeat what was sent and belong in no log, so that
   * this is neither enumerable nor named `errors`, which Node's inspect and pino print in any case.
   */
  get apiErrors(): ErrorList['errors'] {
    return this.#errors
  }
}
