import { LRUCache } from 'lru-cache'
import type { EventResult } from '../../wire/delivery.js'

const REMEMBERED = 50_000

/** Takes each event once: a copy that comes while the first is on its way shares its result, a later one is a duplicate. */
export interface Once {
  run(subject: string, eventId: string, work: () => Promise<EventResult>): Promise<EventResult>
}

export function createOnce(): Once {
  const finished = new LRUCache<string, true>({ max: REMEMBERED })
  const underWay = new Map<string, Promise<EventResult>>()
  return {
    run(subject, eventId, work) {
      const key = `${eventId.toLowerCase()} ${subject}`
      if (finished.has(key)) return Promise.resolve({ status: 'duplicate' })
      const known = underWay.get(key)
      if (known) return known
      const mine = work()
        .then(result => {
          if (result.status === 'done' || result.status === 'duplicate') finished.set(key, true)
          return result
        })
        .finally(() => underWay.delete(key))
      underWay.set(key, mine)
      return mine
    },
  }
}
