import type { Limiter, Rate } from '../index.js'

/** Makes a limiter of rate-limiter-flexible (a `RateLimiterAbstract`) for one rate; the store is yours. */
export type MakeFlexibleLimiter = (options: { keyPrefix: string; points: number; duration: number }) => {
  consume(key: string, points: number): Promise<unknown>
}

/** A refusal is a RateLimiterRes; of the host's copy of the library, so that `instanceof` would not know it. */
const isRefusal = (thrown: unknown): thrown is { msBeforeNext: number } =>
  typeof thrown === 'object' && thrown !== null && 'msBeforeNext' in thrown && !(thrown instanceof Error)

/**
 * Limits that several proxies share, through rate-limiter-flexible on Redis, PostgreSQL or whatever else it knows.
 *
 * @param onFailure told when the store fails; the request is let through, since losing an answer is worse than
 * answering one too many. Give the limiter an `insuranceLimiter` to count in memory meanwhile.
 * @example
 * const limiter = createFlexibleLimiter(options => new RateLimiterRedis({ storeClient, ...options }))
 */
export function createFlexibleLimiter(
  make: MakeFlexibleLimiter,
  onFailure: (error: unknown) => void = () => undefined,
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
    async take(key, points, rate) {
      try {
        await limiterFor(rate).consume(key, points)
      } catch (refusal) {
        if (isRefusal(refusal)) return { allowed: false, retryAfterMs: refusal.msBeforeNext }
        onFailure(refusal)
      }
      return { allowed: true, retryAfterMs: 0 }
    },
  }
}
