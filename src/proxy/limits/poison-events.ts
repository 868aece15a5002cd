import { createBoundedCache } from '../../runtime/bounded-cache.js'

const REMEMBERED = 10_000
const FAILURES = 3

/** Events at which upstream has failed three times: perhaps it is they that are bad, not upstream. */
export interface PoisonEvents {
  has(eventId: string): boolean
  /** It failed once more. */
  add(eventId: string): void
  clear(eventId: string): void
}

export function createPoisonEvents(): PoisonEvents {
  const failures = createBoundedCache<number>(REMEMBERED)
  return {
    has: eventId => (failures.get(eventId) ?? 0) >= FAILURES,
    add: eventId => void failures.set(eventId, (failures.get(eventId) ?? 0) + 1),
    clear: eventId => void failures.delete(eventId),
  }
}
