/** What `X-Rate-Limit-*` of an answer told. */
export interface RateLimit {
  limit: number | undefined
  remaining: number | undefined
  /** When the limit is whole again, wall time in milliseconds since 1970; at most an hour ahead. */
  resetAtMs: number | undefined
}

const parseCount = (value: string | null): number | undefined =>
  value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined

/** A number from here on is a time of the clock, not a wait: it would be thirty years. */
const FIRST_TIME_MS = 1e12
const MAX_WAIT_MS = 3_600_000

const resetAt = (resetMs: number, nowMs: number): number =>
  Math.min(Math.max(resetMs >= FIRST_TIME_MS ? resetMs : nowMs + resetMs, nowMs), nowMs + MAX_WAIT_MS)

/**
 * @param nowMs wall time: a reset is given in seconds from now, or as a unix time
 * @returns undefined where the answer says nothing of a limit
 */
export function parseRateLimit(
  headers: { get(name: string): string | null },
  nowMs: number,
): RateLimit | undefined {
  const limit = parseCount(headers.get('x-rate-limit-limit'))
  const remaining = parseCount(headers.get('x-rate-limit-remaining'))
  const resetS = parseCount(headers.get('x-rate-limit-reset'))
  if (limit === undefined && remaining === undefined && resetS === undefined) return undefined
  return {
    limit,
    remaining,
    resetAtMs: resetS === undefined ? undefined : resetAt(resetS * 1_000, nowMs),
  }
}
