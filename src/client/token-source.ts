import { backoff } from '../http/backoff.js'
import { withDeadline } from './deadline.js'
import { TokenError } from './token-error.js'
import type { IssuedToken } from './token-request.js'

interface Token {
  readonly value: string
  /** Grows with every token, so that a 401 is known to be about a token that was replaced meanwhile. */
  readonly version: number
}

export interface TokenSource {
  /** A token that lives. However many ask, one request is in flight. */
  get(signal?: AbortSignal): Promise<Token>
  /** The token to try instead of one that got a 401; undefined where it is too early to ask for another. */
  replace(rejected: Token, signal?: AbortSignal): Promise<Token | undefined>
}

export interface Clock {
  /** Wall time: goes on while the machine sleeps, and may be set. Milliseconds since 1970. */
  now(): number
  /** Never goes back, and may stand still while the machine sleeps. Milliseconds. */
  monotonic(): number
}

export interface TokenSourceOptions {
  obtain(): Promise<IssuedToken>
  clock: Clock
  /** Uniform in [0, 1). */
  random: () => number
  /** How long anyone waits for a token, and after which its request is given up for dead. */
  maxFlightMs: number
}

/** Renewal comes this long before the end, or a tenth of the life, whichever is more; never in the first half. */
const MARGIN_MS = 60_000
const MARGIN_SHARE = 0.1

/** After a failure, and between two renewals that a 401 asked for. */
const MIN_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 60_000

interface Held extends Token {
  lifeMs: number
  wallMs: number
  monotonicMs: number
}

/** Keeps one token, renews it early, and asks for it no faster than failures allow. */
export function createTokenSource({ obtain, clock, random, maxFlightMs }: TokenSourceOptions): TokenSource {
  let held: Held | undefined
  let version = 0
  let flight: { token: Promise<Token>; sinceMs: number } | undefined
  let failures = 0
  let failure: { error: TokenError; untilMs: number } | undefined
  /** When a 401 may next ask for a renewal, and how many did so in a row. */
  let replaceable = { fromMs: 0, streak: 0 }

  const pauseMs = (attempt: number) =>
    Math.max(MIN_PAUSE_MS, backoff(attempt, { baseMs: 2 * MIN_PAUSE_MS, maxMs: MAX_PAUSE_MS, random }))

  /** The larger of the two: a clock that was set back, and one that slept, each miss time that the other has. */
  const ageMs = (token: Held) => Math.max(clock.now() - token.wallMs, clock.monotonic() - token.monotonicMs)

  async function renew(): Promise<Token> {
    try {
      const { accessToken, lifeMs } = await obtain()
      held = {
        value: accessToken,
        version: ++version,
        lifeMs,
        wallMs: clock.now(),
        monotonicMs: clock.monotonic(),
      }
      failures = 0
      failure = undefined
      return held
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      const waitMs = Math.max(error.retryAfterMs ?? 0, pauseMs(++failures))
      failure = { error, untilMs: clock.monotonic() + waitMs }
      throw withWait(error, waitMs)
    }
  }

  function fly(): Promise<Token> {
    const nowMs = clock.monotonic()
    // A runtime that binds a request to the visitor who caused it (Workers) may never settle one that was cut off.
    if (flight && nowMs - flight.sinceMs < maxFlightMs) return flight.token
    if (failure && nowMs < failure.untilMs)
      return Promise.reject(withWait(failure.error, failure.untilMs - nowMs))
    const token = renew()
    const mine = { token, sinceMs: nowMs }
    flight = mine
    const land = () => {
      if (flight === mine) flight = undefined
    }
    // Also keeps a failure that nobody waits for any more from being an unhandled rejection.
    token.then(land, land)
    return token
  }

  /** Who gives up alone leaves the flight to the others. */
  const wait = (signal: AbortSignal | undefined) =>
    withDeadline(fly, {
      timeoutMs: maxFlightMs,
      expire: () => new TokenError({ code: 'token_unavailable' }),
      signal,
    })

  async function get(signal?: AbortSignal): Promise<Token> {
    signal?.throwIfAborted()
    if (!held) return wait(signal)
    const leftMs = held.lifeMs - ageMs(held)
    if (leftMs <= 0) {
      held = undefined
      return wait(signal)
    }
    const marginMs = Math.min(Math.max(MARGIN_MS, held.lifeMs * MARGIN_SHARE), held.lifeMs / 2)
    // The old token still lives: nobody waits for the new one, nor fails with it.
    if (leftMs <= marginMs) fly().catch(() => undefined)
    return held
  }

  async function replace(rejected: Token, signal?: AbortSignal): Promise<Token | undefined> {
    if (held?.version === rejected.version) {
      const nowMs = clock.monotonic()
      if (nowMs < replaceable.fromMs) return undefined
      // A streak ends when the API has been content for as long as the longest pause.
      const streak = nowMs - replaceable.fromMs > MAX_PAUSE_MS ? 1 : replaceable.streak + 1
      replaceable = { fromMs: nowMs + pauseMs(streak), streak }
      held = undefined
    }
    return get(signal)
  }

  return { get, replace }
}

const withWait = ({ code, status, oauthError }: TokenError, waitMs: number): TokenError =>
  new TokenError({ code, status, oauthError, retryAfterMs: Math.ceil(waitMs) })
