import { HttpError } from './http-error.js'

const WINDOW_MS = 60_000

/** What an answer says about the limit. `X-Rate-Limit-Reset` is the UNIX second at which the next minute begins. */
export type RateLimitHeaders = Readonly<Record<string, string>>

/** Counts the requests of each account in each minute, in this process. */
export function createRateLimit(limit: number) {
  let minute = 0
  const counts = new Map<number, number>()

  /** @throws HttpError 429 where the account has had its requests of this minute */
  return (accountId: number, nowMs: number): RateLimitHeaders => {
    const current = Math.floor(nowMs / WINDOW_MS)
    if (current !== minute) {
      minute = current
      counts.clear()
    }
    const count = (counts.get(accountId) ?? 0) + 1
    counts.set(accountId, count)
    const resetMs = (current + 1) * WINDOW_MS
    const headers = {
      'X-Rate-Limit-Limit': String(limit),
      'X-Rate-Limit-Remaining': String(Math.max(0, limit - count)),
      'X-Rate-Limit-Reset': String(resetMs / 1_000),
    }
    if (count <= limit) return headers
    throw new HttpError(429, 'rate_limited', `More than ${limit} requests in this minute`, {
      ...headers,
      'Retry-After': String(Math.ceil((resetMs - nowMs) / 1_000)),
    })
  }
}
