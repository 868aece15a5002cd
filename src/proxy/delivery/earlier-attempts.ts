import { createRecent } from '../recent.js'
import type { Deadline } from './deadline.js'
import { Postponed } from './postponed.js'

const REMEMBERED = 50_000

/**
 * What an earlier attempt at an event may have left upstream: when that can be seen, and whose each record is. For
 * upstreams that do not honour keys.
 */
export interface EarlierAttempts {
  /** To be called when a batch brings an event that was tried before, so that the waits of a batch pass together. */
  see(eventId: string): void
  /** An attempt has just ended, and nobody knows how. */
  failed(eventId: string): void
  /** Resolves when upstream lists what the last attempt may have written. @throws Postponed where that is too long */
  settled(eventId: string, deadline: Deadline): Promise<void>
  /** Notes that a record is of an event. */
  claim(record: string, eventId: string): void
  /** Whether the record may be of this event: no other event is known to have made it. */
  isFree(record: string, eventId: string): boolean
}

/**
 * @param settleMs how long upstream may take to list what it has accepted
 * @param monotonic milliseconds
 */
export function createEarlierAttempts(settleMs: number, monotonic: () => number): EarlierAttempts {
  const endedAtMs = createRecent<number>(REMEMBERED)
  const owners = createRecent<string>(REMEMBERED)
  return {
    // Another process may have made the last attempt, a moment ago.
    see: eventId => void endedAtMs.set(eventId, monotonic()),
    failed: eventId => void endedAtMs.set(eventId, monotonic()),
    async settled(eventId, deadline) {
      const ms = (endedAtMs.get(eventId) ?? monotonic()) + settleMs - monotonic()
      if (ms > 0 && !(await deadline.wait(ms))) throw new Postponed('upstream', ms)
    },
    claim: (record, eventId) => void owners.set(record, eventId),
    isFree: (record, eventId) => (owners.get(record) ?? eventId) === eventId,
  }
}
