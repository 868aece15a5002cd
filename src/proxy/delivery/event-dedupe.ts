import { createBoundedCache } from '../../runtime/bounded-cache.js'
import type { EventResult } from '../../wire/delivery.js'

const REMEMBERED = 50_000

/**
 * Takes each event once: a copy that comes while the first is on its way shares its result, a later one is a duplicate.
 * Whoever brings it: somebody may have logged in meanwhile.
 */
export interface EventDedupe {
  run(eventId: string, work: () => Promise<EventResult>): Promise<EventResult>
}

export function createEventDedupe(): EventDedupe {
  const finished = createBoundedCache<true>(REMEMBERED)
  const underWay = new Map<string, Promise<EventResult>>()
  async function runAndRemember(key: string, work: () => Promise<EventResult>): Promise<EventResult> {
    try {
      const result = await work()
      if (result.status === 'done' || result.status === 'duplicate') finished.set(key, true)
      return result
    } finally {
      underWay.delete(key)
    }
  }
  return {
    run(eventId, work) {
      const key = eventId.toLowerCase()
      if (finished.get(key)) return Promise.resolve({ status: 'duplicate' })
      const known = underWay.get(key)
      if (known) return known
      const mine = runAndRemember(key, work)
      underWay.set(key, mine)
      return mine
    },
  }
}
