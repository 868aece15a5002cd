import { createBoundedCache } from '../../runtime/bounded-cache.js'
import type { KnownEndUser } from './known-end-user.js'

export const MAX_CACHED_END_USERS = 10_000
const CACHED_MS = 600_000

/** End users for ten minutes, by their subject's key. */
export interface EndUserCache {
  get(key: string): KnownEndUser | undefined
  /** What our own writes change does not make the rest any younger: an entry keeps its end. */
  set(key: string, known: KnownEndUser): void
  change(key: string, change: (known: KnownEndUser) => Partial<KnownEndUser>): void
  delete(key: string): void
}

/** @param monotonic milliseconds */
export function createEndUserCache(monotonic: () => number): EndUserCache {
  const entries = createBoundedCache<{ known: KnownEndUser; untilMs: number }>(MAX_CACHED_END_USERS)
  const live = (key: string) => {
    const entry = entries.get(key)
    return entry && monotonic() < entry.untilMs ? entry : undefined
  }
  return {
    get: key => live(key)?.known,
    set(key, known) {
      const entry = live(key)
      if (entry) entry.known = known
      else entries.set(key, { known, untilMs: monotonic() + CACHED_MS })
    },
    change(key, change) {
      const entry = live(key)
      if (entry) entry.known = { ...entry.known, ...change(entry.known) }
    },
    delete: key => entries.delete(key),
  }
}
