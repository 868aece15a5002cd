import { backoff } from '../http/backoff.js'
import { TokenError } from './token-error.js'

export interface RenewalOptions<T> {
  obtain(): Promise<T>
  /** Never goes back. Milliseconds. */
  monotonic: () => number
  /** Uniform in [0, 1). */
  random: () => number
  /** After which a request is given up for dead. */
  maxPendingMs: number
}

/** Asks for tokens: one request at a time however many want one, and no faster than failures allow. */
export interface Renewal<T> {
  /** Rejects with a TokenError, at once where it is too early after a failure. */
  request(): Promise<T>
  /** How long to wait after so many failures, milliseconds. */
  pauseMs(attempt: number): number
}

/** After a failure, and between two renewals that a 401 asked for. */
const MIN_PAUSE_MS = 1_000
export const MAX_PAUSE_MS = 60_000

const withWait = ({ code, status, oauthError }: TokenError, waitMs: number): TokenError =>
  new TokenError({ code, status, oauthError, retryAfterMs: Math.ceil(waitMs) })

export function createRenewal<T>(options: RenewalOptions<T>): Renewal<T> {
  const { obtain, monotonic, random, maxPendingMs } = options
  let pending: { result: Promise<T>; sinceMs: number } | undefined
  let failures = 0
  let failure: { error: TokenError; untilMs: number } | undefined

  const pauseMs = (attempt: number) =>
    Math.max(MIN_PAUSE_MS, backoff(attempt, { baseMs: 2 * MIN_PAUSE_MS, maxMs: MAX_PAUSE_MS, random }))

  async function renew(): Promise<T> {
    try {
      const result = await obtain()
      failures = 0
      failure = undefined
      return result
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      const waitMs = Math.max(error.retryAfterMs ?? 0, pauseMs(++failures))
      failure = { error, untilMs: monotonic() + waitMs }
      throw withWait(error, waitMs)
    }
  }

  function request(): Promise<T> {
    const nowMs = monotonic()
    // A runtime that binds a request to the visitor who caused it (Workers) may never settle one that was cut off.
    if (pending && nowMs - pending.sinceMs < maxPendingMs) return pending.result
    if (failure && nowMs < failure.untilMs)
      return Promise.reject(withWait(failure.error, failure.untilMs - nowMs))
    const mine = { result: renew(), sinceMs: nowMs }
    pending = mine
    const settle = () => {
      if (pending === mine) pending = undefined
    }
    // Also keeps a failure that nobody waits for any more from being an unhandled rejection.
    mine.result.then(settle, settle)
    return mine.result
  }

  return { request, pauseMs }
}
