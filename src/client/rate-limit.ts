/** What `X-Rate-Limit-*` of an answer told. */
export interface RateLimit {
  limit: number | undefined
  remaining: number | undefined
  /** Milliseconds until the limit is whole again. */
  resetMs: number | undefined
}

const parseCount = (value: string | null): number | undefined =>
  value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined

/** Seconds above this are a time of the clock, not a wait. */
const FIRST_UNIX_TIME_S = 1_000_000_000
const MAX_RESET_MS = 3_600_000

/**
 * @param nowMs wall time, for a reset that is given as a unix time
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
  const waitMs = resetS === undefined ? undefined : resetS * 1_000 - (resetS >= FIRST_UNIX_TIME_S ? nowMs : 0)
  return {
    limit,
    remaining,
    resetMs: waitMs === undefined ? undefined : Math.min(Math.max(waitMs, 0), MAX_RESET_MS),
  }
}
