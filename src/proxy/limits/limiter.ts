import { createBoundedCache } from '../../runtime/bounded-cache.js'

/** So many points in so long a window. */
export interface Rate {
  points: number
  windowS: number
}

/** Whether a request is within its limit. */
export interface Taken {
  allowed: boolean
  /** Where it was not allowed: when it will be, milliseconds. */
  retryAfterMs: number
}

/**
 * Counts points by key. The one in memory is the default; `./proxy/node` adapts rate-limiter-flexible, for several
 * proxies that share their limits.
 */
export interface Limiter {
  /** Takes all the points or none. A limiter that fails should allow. */
  take(key: string, points: number, rate: Rate): Promise<Taken> | Taken
}

/** A client that rotates through addresses pushes out old keys; memory stays what it is. */
const MAX_KEYS = 50_000

/**
 * The generic cell rate algorithm: one number a key, the time at which the bucket will be empty again.
 *
 * @param monotonic milliseconds
 */
export function createMemoryLimiter(monotonic: () => number): Limiter {
  // An object is changed where it is; a number would be a new entry each time.
  const buckets = createBoundedCache<{ emptyAtMs: number }>(MAX_KEYS)
  return {
    take(key, points, { points: size, windowS }) {
      const windowMs = windowS * 1_000
      const nowMs = monotonic()
      const bucket = buckets.get(key)
      const filledToMs = Math.max(bucket?.emptyAtMs ?? 0, nowMs) + (points * windowMs) / size
      const excessMs = filledToMs - nowMs - windowMs
      // A rounding error is no excess.
      if (excessMs > 0.001) return { allowed: false, retryAfterMs: Math.min(excessMs, windowMs) }
      if (bucket) bucket.emptyAtMs = filledToMs
      else buckets.set(key, { emptyAtMs: filledToMs })
      return { allowed: true, retryAfterMs: 0 }
    },
  }
}
