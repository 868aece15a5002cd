import { createBoundedCache } from '../../runtime/bounded-cache.js'
import type { Deadline } from './deadline.js'
import { RetryLaterError } from './retry-later-error.js'

const REMEMBERED = 50_000

/**
 * What an earlier attempt at an event may have left upstream: when that can be seen, and whose each record is. For
 * upstreams that do not honour keys.
 */
export interface EarlierAttempts {
  /** To be called when a batch brings events that were tried before, so that the waits of a batch pass together. */
  see(eventIds: readonly string[]): void
  /** Whether there was one. */
  isKnown(eventId: string): boolean
  /** An attempt has just ended, and nobody knows how. */
  failed(eventId: string): void
  /**
   * Waits until upstream lists what the last attempt may have written.
   *
   * @returns since when it does, milliseconds, monotonic: what was read earlier says nothing of it
   * @throws RetryLaterError where that is too long
   */
  settled(eventId: string, deadline: Deadline): Promise<number>
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
  const endedAtMs = createBoundedCache<number>(REMEMBERED)
  const owners = createBoundedCache<string>(REMEMBERED)
  return {
    // Another process may have made the last attempt, a moment ago.
    see(eventIds) {
      const nowMs = monotonic()
      for (const eventId of eventIds) endedAtMs.set(eventId, nowMs)
    },
    isKnown: eventId => endedAtMs.get(eventId) !== undefined,
    failed: eventId => void endedAtMs.set(eventId, monotonic()),
    async settled(eventId, deadline) {
      const sinceMs = (endedAtMs.get(eventId) ?? monotonic()) + settleMs
      const ms = sinceMs - monotonic()
      // Timers may be early by a part of a millisecond: then what is read would have to be read again.
      if (ms > 0 && !(await deadline.wait(Math.ceil(ms) + 1))) throw new RetryLaterError('upstream', ms)
      return sinceMs
    },
    claim: (record, eventId) => void owners.set(record, eventId),
    isFree: (record, eventId) => (owners.get(record) ?? eventId) === eventId,
  }
}
