import { DAY_MS, EVENT_LIFE_DAYS } from '../../domain/retention.js'
import { OWNERLESS } from '../capture/ownerless.js'
import { isOwnedBy } from '../identity/identity-hash.js'
import { type EventKey, OWN_MS } from './event-key.js'
import { timeLeft } from './event-time.js'
import type { Queue, StoredEvent, Waiting } from './queue.js'

/** What is older is not sent any more. */
const MAX_AGE_MS = { pageView: 14 * DAY_MS, other: EVENT_LIFE_DAYS * DAY_MS }

export interface Selection {
  taken: Waiting[]
  /** No records of ours, or too old: for the dead letters. */
  unfit: EventKey[]
  /** When the next of those comes due that must wait now, milliseconds from now. */
  nextMs: number
}

export interface SelectOptions {
  queue: Pick<Queue, 'read' | 'isOwn'>
  /** Whether this page has seen it happen: then it is as old as the page at most, whatever a clock says. */
  isWitnessed(id: string): boolean
  /** Milliseconds for which the proxy wants to hear nothing of an event. */
  deferredMs(id: string): number
  /** There is a page view that waits to be told whose it is. */
  onOwnerless(): void
  /** Identity hash of whoever's events may go without a ticket. */
  owner: string
  maxEvents: number
  maxBytes: number
}

/** Ready to go, and its ticket or whoever is here says whose it is: nobody else may bring it. */
export const isOwned = (stored: StoredEvent, here: string): boolean =>
  !!stored.event.ticket || isOwnedBy(stored.owner, here)

/** The events of the next batch, in their order; a single event may be larger than `maxBytes`. */
export async function selectBatch(keys: readonly EventKey[], options: SelectOptions): Promise<Selection> {
  const { queue, maxEvents, maxBytes } = options
  const selection: Selection = { taken: [], unfit: [], nextMs: Infinity }
  const { taken } = selection
  let bytes = 0
  for (const key of keys) {
    if (taken.length && (taken.length === maxEvents || bytes + key.bytes > maxBytes)) break
    const waitMs = Math.max(
      options.deferredMs(key.id),
      queue.isOwn(key) ? 0 : timeLeft(key.timeMs + OWN_MS, OWN_MS),
    )
    if (waitMs) {
      selection.nextMs = Math.min(selection.nextMs, waitMs)
      continue
    }
    const stored = await queue.read(key)
    if (stored?.owner === OWNERLESS) options.onOwnerless()
    const maxAgeMs = key.isPageView ? MAX_AGE_MS.pageView : MAX_AGE_MS.other
    const isTooOld = !options.isWitnessed(key.id) && Date.now() - key.timeMs > maxAgeMs
    if (stored === null || isTooOld) selection.unfit.push(key)
    else if (stored && isOwned(stored, options.owner)) {
      bytes += key.bytes
      taken.push([key, stored])
    }
  }
  return selection
}
