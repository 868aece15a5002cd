import { ApiError, type Client, TokenError } from '../client/index.js'
import type { Breaker } from './limits/breaker.js'

/** One thing that delivery needs, looked at now. */
export interface ReadinessCheck {
  name: 'running' | 'breaker' | 'token' | 'upstream' | 'clock'
  ok: boolean
  /** A sentence for the operator; no secret and nothing of a visitor's is in it. */
  detail: string
}

/** Whether the proxy could deliver now, and what of it was looked at: up to the first that is not as it should be. */
export interface Readiness {
  ready: boolean
  checks: readonly ReadinessCheck[]
}

/** How far the API's clock and ours may be apart: a network and a whole second of `Date` explain no more. */
const MAX_SKEW_MS = 60_000

/** Compares our clock with the API's, by the `Date` of its latest HTTP response. */
export interface ClockSkew {
  note(date: string | null): void
  /** Milliseconds that ours is ahead; undefined where the API has not said. */
  readonly ms: number | undefined
}

/** @param now milliseconds */
export function createClockSkew(now: () => number): ClockSkew {
  let latest: { date: string; atMs: number } | undefined
  return {
    // Read at each request, and parsed when somebody asks.
    note(date) {
      if (date !== null) latest = { date, atMs: now() }
    },
    get ms() {
      const theirsMs = latest ? Date.parse(latest.date) : Number.NaN
      return latest && Number.isFinite(theirsMs) ? latest.atMs - theirsMs : undefined
    },
  }
}

export interface ReadinessOptions {
  client: Client
  breaker: Breaker
  skew: ClockSkew
  isClosed(): boolean
}

const check = (name: ReadinessCheck['name'], ok: boolean, detail: string): ReadinessCheck => ({
  name,
  ok,
  detail,
})

function explainTokenFailure(error: unknown): string {
  if (!(error instanceof TokenError)) return 'no token could be obtained'
  return error.code === 'token_refused'
    ? `${error.message}: see client id and client secret`
    : `${error.message}: see the address of the API`
}

async function obtainToken({ client }: ReadinessOptions): Promise<ReadinessCheck> {
  try {
    await client.ready()
    return check('token', true, 'the API gives a token')
  } catch (error) {
    return check('token', false, explainTokenFailure(error))
  }
}

async function read({ client }: ReadinessOptions): Promise<ReadinessCheck> {
  try {
    await client.endUsers.list({ per_page: 1 }).page()
    return check('upstream', true, 'the API answers')
  } catch (error) {
    // It answers, and we are to wait.
    if (error instanceof ApiError && error.status === 429)
      return check('upstream', true, 'the API answers, and asks to wait')
    const reason = error instanceof Error ? error.message : 'it failed'
    return check('upstream', false, `the API can't be read: ${reason}`)
  }
}

function compareClocks({ skew: { ms } }: ReadinessOptions): ReadinessCheck {
  if (ms === undefined) return check('clock', true, 'the API does not say what time it is')
  const seconds = Math.round(Math.abs(ms) / 1_000)
  return Math.abs(ms) > MAX_SKEW_MS
    ? check('clock', false, `the clock here is ${seconds} s ${ms > 0 ? 'ahead of' : 'behind'} the API's`)
    : check('clock', true, "the clock here and the API's agree")
}

function lookAtBreaker({ breaker: { waitMs } }: ReadinessOptions): ReadinessCheck {
  return waitMs > 0
    ? check(
        'breaker',
        false,
        `the API is left alone for ${Math.ceil(waitMs / 1_000)} s more, after failures or since it asked for it`,
      )
    : check('breaker', true, 'the API is not given up')
}

const checkRunning = ({ isClosed }: ReadinessOptions): ReadinessCheck =>
  check('running', !isClosed(), isClosed() ? 'the proxy is shutting down' : 'the proxy runs')

/** In their order: the first that fails is the last that is looked at. */
const STEPS = [checkRunning, lookAtBreaker, obtainToken, read, compareClocks]

async function look(options: ReadinessOptions): Promise<Readiness> {
  const checks: ReadinessCheck[] = []
  for (const step of STEPS) {
    const result = await step(options)
    checks.push(result)
    if (!result.ok) return { ready: false, checks }
  }
  return { ready: true, checks }
}

/** Looks at all that delivery needs, without writing anything upstream. Never rejects. */
export function createReadiness(options: ReadinessOptions) {
  let looking: Promise<Readiness> | undefined
  /** However many ask, one look is under way. */
  return (): Promise<Readiness> => {
    looking ??= look(options).finally(() => {
      looking = undefined
    })
    return looking
  }
}
