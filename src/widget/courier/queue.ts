import type { DeliveryEvent } from '../../wire/delivery.js'
import type { Emitter } from '../boot/emitter.js'
import { encode } from '../boot/platform.js'
import { type EventKey, formatEventKey, parseEventKey } from './event-key.js'
import type { Entry, Store } from './store.js'

/** An event as it waits in the store. */
export interface StoredEvent {
  event: DeliveryEvent
  /** Hash of the identity of its moment: who must be here again for it, as long as it has no ticket. Or `OWNERLESS`. */
  owner: string
  /** True until `event.at` is decided by a clock that the proxy has checked. */
  isUnsettled?: boolean | undefined
}

/**
 * As it lies in the store: earlier releases called the owner `who`, and their events may wait for 60 days. A ticket that is
 * corrupt is none.
 */
export const readOwner = (stored: StoredEvent & { who?: string }): StoredEvent => {
  const { who, event, ...rest } = stored
  const { ticket } = event
  return {
    ...rest,
    event: typeof ticket === 'string' ? event : { ...event, ticket: undefined },
    owner: rest.owner ?? who,
  }
}

/** Marked before the first attempt, so that no tab and no later page takes the next one for the first. */
export const markTried = (stored: StoredEvent): StoredEvent => ({
  ...stored,
  event: { ...stored.event, tried: true },
})

export type Waiting = readonly [key: EventKey, stored: StoredEvent]

export interface Queue {
  /** Resolves when the event is stored (durably, where IndexedDB works). */
  add(stored: StoredEvent): Promise<void>
  /** The waiting events in their order of delivery. */
  keys(): Promise<EventKey[]>
  /** Null for what is no record of ours; undefined for what is gone meanwhile, or can't be read just now. */
  read(key: EventKey): Promise<StoredEvent | null | undefined>
  rewrite(entries: Waiting[]): Promise<void>
  /** In one transaction with what takes their place. */
  remove(keys: EventKey[], instead?: Entry[]): Promise<void>
  /** Takes over an event that the core has put. @param isStored false where memory alone has it, or the store must have it anew */
  adopt(key: string, stored: StoredEvent, isStored: boolean): Promise<void>
  /** Whether the event was put, or taken over, by this page. */
  isOwn(key: EventKey): boolean
  /** This page's own events that still wait, responses first: all that `pagehide` has time to look at. */
  own(): Waiting[]
  /** Writes this page's events anew, after another tab deleted the database. */
  restore(): Promise<void>
}

/** Whether it is the record of that event, and can travel. */
export const isSound = (stored: Partial<StoredEvent> | null | undefined, id: unknown): boolean => {
  try {
    return typeof id === 'string' && stored?.event?.id === id && !!encode(stored.event)
  } catch {
    // A circle, or a number that JSON has none for.
    return false
  }
}

/** @param makeRoom called where the device's storage is full */
export function createQueue(store: Store, emitter: Emitter, makeRoom: () => Promise<void>): Queue {
  const own = new Map<string, StoredEvent>()

  const put = (entries: Entry[]) => store.write(entries, [], makeRoom)

  return {
    add: async stored => {
      const { event } = stored
      const key = formatEventKey(event, Date.now())
      // First, so that a page that goes before it is stored can still send it.
      own.set(key, stored)
      await put([[key, stored]])
      emitter.emit('queued', { id: event.id, type: event.type })
    },
    adopt: async (key, stored, isStored) => {
      own.set(key, stored)
      if (!isStored) await put([[key, stored]])
    },
    isOwn: ({ key }) => own.has(key),
    keys: async () => {
      // What is added while we read is not among what we read, and still waits.
      const before = [...own.keys()]
      const keys = new Set((await store.keys()) ?? before.sort())
      // Another tab has delivered them.
      for (const key of before) if (!keys.has(key)) own.delete(key)
      return [...keys].flatMap(key => parseEventKey(key) ?? [])
    },
    read: async ({ key, id }) => {
      const stored = (await store.get(key)) as StoredEvent | null | undefined
      if (stored === undefined) return undefined
      return stored && isSound(stored, id) ? readOwner(stored) : null
    },
    rewrite: entries => {
      for (const [{ key }, stored] of entries) own.has(key) && own.set(key, stored)
      return put(entries.map(([{ key }, stored]) => [key, stored]))
    },
    remove: (keys, instead = []) => {
      for (const { key } of keys) own.delete(key)
      return store.write(
        instead,
        keys.map(({ key }) => key),
      )
    },
    own: () => [...own].sort().map(([key, stored]) => [parseEventKey(key) as EventKey, stored]),
    // Other tabs may have tried, or delivered, what this one has not looked at since.
    restore: () => put([...own].map(([key, stored]) => [key, markTried(stored)])),
  }
}
