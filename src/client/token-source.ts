import { withDeadline } from './deadline.js'
import { TokenError } from './token-error.js'
import { createRenewal, MAX_PAUSE_MS } from './token-renewal.js'
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

interface Held extends Token {
  lifeMs: number
  wallMs: number
  monotonicMs: number
}

/** Keeps one token, renews it early, and asks for it no faster than failures allow. */
export function createTokenSource({ obtain, clock, random, maxFlightMs }: TokenSourceOptions): TokenSource {
  let held: Held | undefined
  let version = 0
  /** When a 401 may next ask for a renewal, and how many did so in a row. */
  let replaceable = { fromMs: 0, streak: 0 }

  const { request, pauseMs } = createRenewal<Token>({
    async obtain() {
      const { accessToken, lifeMs } = await obtain()
      const [wallMs, monotonicMs] = [clock.now(), clock.monotonic()]
      held = { value: accessToken, version: ++version, lifeMs, wallMs, monotonicMs }
      return held
    },
    monotonic: () => clock.monotonic(),
    random,
    maxPendingMs: maxFlightMs,
  })

  /** The larger of the two: a clock that was set back, and one that slept, each miss time that the other has. */
  const ageMs = (token: Held) => Math.max(clock.now() - token.wallMs, clock.monotonic() - token.monotonicMs)

  /** Who gives up alone leaves the request to the others. */
  const wait = (signal: AbortSignal | undefined) =>
    withDeadline(request, {
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
    if (leftMs <= marginMs) request().catch(() => undefined)
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
