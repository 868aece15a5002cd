import { backoff } from '../http/backoff.js'
import { clientRetries } from '../http/retry-table.js'
import { IDEMPOTENCY_KEY, IDEMPOTENCY_RETENTION } from '../wire/v1.js'
import { ApiError } from './api-error.js'
import type { RequestLine } from './client-error.js'
import { wait } from './deadline.js'
import type { EncodedBody } from './encode.js'
import type { Exchange, HttpResponse } from './exchange.js'
import { NetworkError } from './network-error.js'
import { ShapeError } from './parse-record.js'
import { parseResponse } from './parse-response.js'
import { parseRateLimit, type RateLimit } from './rate-limit.js'
import { ResponseError } from './response-error.js'
import { TimeoutError } from './timeout-error.js'
import { TokenError } from './token-error.js'
import type { Clock, TokenSource } from './token-source.js'

interface Call extends RequestLine {
  query?: string
  body?: EncodedBody | undefined
  idempotencyKey?: string | undefined
  beforeSend?: (() => void) | undefined
  signal?: AbortSignal | undefined
}

export interface SenderOptions {
  baseUrl: string
  tokens: TokenSource
  exchange: Exchange
  clock: Clock
  /** Uniform in [0, 1). */
  random: () => number
  retries: number
}

export interface Sender {
  /** The JSON of the answer as `parse` reads it; undefined where a write was answered without a body. */
  send<T>(call: Call, parse: (json: unknown) => T): Promise<T | undefined>
  /** See {@link Client.idempotencyRetentionS}. */
  readonly idempotencyRetentionS: number | undefined
  readonly rateLimit: RateLimit | undefined
}

const FIRST_WAIT_MS = 500
const LAST_WAIT_MS = 10_000

/** What `Idempotency-Key` may hold here; a key that a header cannot carry would fail late, in the transport. */
const KEY = /^[\x21-\x7e]{1,255}$/

/** What was learned from the API's HTTP responses. */
interface Learned {
  retentionS: number | undefined
  rateLimit: RateLimit | undefined
}

function learn(
  { retentionS, rateLimit }: Learned,
  { method, idempotencyKey }: Call,
  { status, headers }: HttpResponse,
  nowMs: number,
): Learned {
  const told = headers.get(IDEMPOTENCY_RETENTION)
  const isTold = told !== null && /^\d{1,9}$/.test(told)
  // Only what the API itself did: a gateway's 502 has no say in whether keys are honoured.
  const isIgnored = !isTold && method === 'POST' && Boolean(idempotencyKey) && status < 300
  return {
    retentionS: isTold ? Number(told) : isIgnored ? 0 : retentionS,
    rateLimit: parseRateLimit(headers, nowMs) ?? rateLimit,
  }
}

/** For how long the API asks to wait, milliseconds; undefined where the request must not be repeated. */
function askedWaitMs(error: unknown, isSafe: boolean, nowMs: number): number | undefined {
  if (error instanceof ApiError) {
    if (!clientRetries(error.status, isSafe)) return undefined
    const untilResetMs = Math.max(0, (error.rateLimit?.resetAtMs ?? 0) - nowMs)
    return error.retryAfterMs ?? (error.status === 429 ? untilResetMs : 0)
  }
  // Nothing was sent to the API, so nothing can be done twice.
  if (error instanceof TokenError)
    return error.code === 'token_unavailable' ? (error.retryAfterMs ?? 0) : undefined
  const isCutOff = error instanceof NetworkError || error instanceof TimeoutError
  return isCutOff && clientRetries(0, isSafe) ? 0 : undefined
}

const toRequest = (
  { method, path, query = '', body, idempotencyKey, signal }: Call,
  baseUrl: string,
  token: string,
): Parameters<Exchange>[0] => ({
  method,
  path,
  url: baseUrl + path + query,
  headers: {
    accept: 'application/json',
    authorization: `Bearer ${token}`,
    ...(body && { 'content-type': body.type }),
    ...(idempotencyKey !== undefined && { [IDEMPOTENCY_KEY]: idempotencyKey }),
  },
  body: body?.text,
  signal,
})

export function createSender(options: SenderOptions): Sender {
  const { baseUrl, tokens, exchange, clock, random, retries } = options
  let learned: Learned = { retentionS: undefined, rateLimit: undefined }

  async function ask(call: Call, token: string): Promise<unknown> {
    call.beforeSend?.()
    const response = await exchange(toRequest(call, baseUrl, token))
    learned = learn(learned, call, response, clock.now())
    return parseResponse(response, call, clock.now())
  }

  async function attempt(call: Call): Promise<unknown> {
    const token = await tokens.get(call.signal)
    try {
      return await ask(call, token.value)
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error
      // Refused before anything was done, so even a POST may go again.
      const replacement = await tokens.replace(token, call.signal)
      if (!replacement) throw error
      return await ask(call, replacement.value)
    }
  }

  /** How long to wait before the request is repeated; undefined where it must not be. */
  function waitMs(error: unknown, failures: number, call: Call): number | undefined {
    if (failures > retries) return undefined
    const jitterMs = backoff(failures, { baseMs: FIRST_WAIT_MS, maxMs: LAST_WAIT_MS, random })
    const isKeyed = call.idempotencyKey !== undefined && (learned.retentionS ?? 0) > 0
    const askedMs = askedWaitMs(error, call.method !== 'POST' || isKeyed, clock.now())
    return askedMs === undefined || askedMs > LAST_WAIT_MS ? undefined : Math.max(jitterMs, askedMs)
  }

  async function send<T>(call: Call, parse: (json: unknown) => T): Promise<T | undefined> {
    if (call.idempotencyKey !== undefined && !KEY.test(call.idempotencyKey))
      throw new TypeError('idempotencyKey must be 1 to 255 visible ASCII characters, such as a UUID')
    for (let failures = 0; ; ) {
      try {
        const json = await attempt(call)
        if (json === undefined && call.method !== 'GET') return undefined
        return parse(json)
      } catch (error) {
        if (error instanceof ShapeError) throw new ResponseError(call, 'answer_malformed', error.field)
        // The attempt whose answer was lost deleted it.
        if (call.method === 'DELETE' && failures > 0 && error instanceof ApiError && error.status === 404)
          return undefined
        const ms = waitMs(error, ++failures, call)
        if (ms === undefined) throw error
        await wait(ms, call.signal)
      }
    }
  }

  return {
    send,
    get idempotencyRetentionS() {
      return learned.retentionS
    },
    get rateLimit() {
      return learned.rateLimit
    },
  }
}
