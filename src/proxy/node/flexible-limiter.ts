import { createHash } from 'node:crypto'
import { withTimeout } from '../../runtime/with-timeout.js'
import type { Limiter, Rate, Taken } from '../index.js'

/** Makes a limiter of rate-limiter-flexible (a `RateLimiterAbstract`) for one rate; the store is yours. */
export type MakeFlexibleLimiter = (options: { keyPrefix: string; points: number; duration: number }) => {
  consume(key: string, points: number): Promise<unknown>
}

/** What a limiter does where its store fails. */
export interface FlexibleLimiterOptions {
  /** Told when the store fails or is late; the request was let through. */
  onFailure?: (error: unknown) => void
  /** How long a store may take. @default 500 */
  timeoutMs?: number
}

/** A refusal is a RateLimiterRes; of the host's copy of the library, so that `instanceof` would not know it. */
const isRefusal = (thrown: unknown): thrown is { msBeforeNext: number } =>
  typeof thrown === 'object' && thrown !== null && 'msBeforeNext' in thrown && !(thrown instanceof Error)

/** A key may be an e-mail, which is no business of the store's, and longer than a column. */
const digest = (key: string): string => createHash('sha256').update(key).digest('base64url')

/**
 * Limits that several proxies share, through rate-limiter-flexible on Redis, PostgreSQL or whatever else it knows. Where the
 * store fails, or takes too long, a request is let through: to lose an answer is worse than to take one too many. Give
 * the limiter an `insuranceLimiter` to count in memory meanwhile.
 *
 * Keys arrive there hashed. On PostgreSQL make the table beforehand and say `tableCreated: true`: what the library throws
 * while it makes one of its own, nobody can catch.
 *
 * @example
 * ```ts
 * // create table zeroten_limits (key varchar(255) primary key, points integer not null default 0, expire bigint)
 * const limiter = createFlexibleLimiter(
 *   rate => new RateLimiterPostgres({ storeClient: pool, tableName: 'zeroten_limits', tableCreated: true, ...rate }),
 *   { onFailure: error => console.error('limits are off', error) },
 * )
 * ```
 */
export function createFlexibleLimiter(
  make: MakeFlexibleLimiter,
  { onFailure = () => undefined, timeoutMs = 500 }: FlexibleLimiterOptions = {},
): Limiter {
  /** One for each rate: there are half a dozen. */
  const limiters = new Map<string, ReturnType<MakeFlexibleLimiter>>()
  function limiterFor({ points, windowS }: Rate) {
    const name = `${points}-${windowS}`
    const limiter = limiters.get(name) ?? make({ keyPrefix: `zeroten-${name}`, points, duration: windowS })
    limiters.set(name, limiter)
    return limiter
  }
  return {
    async take(key, points, rate): Promise<Taken> {
      try {
        const consumed = limiterFor(rate).consume(digest(key), points)
        await withTimeout(
          consumed,
          timeoutMs,
          () => new Error(`the limiter's store took more than ${timeoutMs} ms`),
        )
      } catch (refusal) {
        if (isRefusal(refusal)) return { allowed: false, retryAfterMs: refusal.msBeforeNext }
        onFailure(refusal)
      }
      return { allowed: true, retryAfterMs: 0 }
    },
  }
}
