import type { DeliveryEvent } from '../wire/delivery.js'
import type { Emitter } from './emitter.js'
import { type EventKey, formatEventKey, parseEventKey } from './event-key.js'
import type { Store } from './store.js'

const MAX_EVENTS = 1_000
const MAX_BYTES = 512 * 1_024
const MAX_PAGE_VIEWS = 800
const MAX_ANSWERS = 200
const DAY_MS = 86_400_000
const MAX_PAGE_VIEW_AGE_MS = 14 * DAY_MS
const MAX_ANSWER_AGE_MS = 60 * DAY_MS
const MAX_DEAD = 20
const MAX_DEAD_AGE_MS = 7 * DAY_MS
/** How many page views go at once when the device's storage is full. */
const SHED = 50

const MAX_PUT_MS = 10_000

const DEAD = 'x|'
const EVICTED = 's|evicted'

/** An event as it waits in the store. */
export interface StoredEvent {
  event: DeliveryEvent
  /** Hash of the identity of its moment: who must be here again for it, as long as it has no ticket. */
  who: string
  /** True until `event.at` is decided, which happens before the first attempt. */
  unsettled?: boolean
}

/** An event that can't be delivered: refused for good, or too old. */
export interface DeadLetter extends StoredEvent {
  reason: string
}

export type Evicted = Partial<Record<DeliveryEvent['type'], number>>

export interface Queue {
  /** Resolves when the event is stored (durably, where IndexedDB works). */
  add(stored: StoredEvent, timeMs: number): Promise<void>
  /** The waiting events in their order of delivery, after the bounds have been kept. Call it with the flusher's lock. */
  keep(): Promise<EventKey[]>
  read(keys: EventKey[]): Promise<(StoredEvent | undefined)[]>
  write(entries: [EventKey, StoredEvent][]): Promise<void>
  remove(keys: EventKey[]): Promise<void>
  /** Moves an event to the dead letters. */
  bury(key: EventKey, stored: StoredEvent | undefined, reason: string): Promise<void>
  /** What had to go since the proxy was told last. */
  evicted(): Promise<Evicted | undefined>
  /** The proxy has been told. */
  forgetEvicted(told: Evicted): Promise<void>
  /** This page's own events that still wait, answers first: all that `pagehide` has time to look at. */
  mirror(): [EventKey, StoredEvent][]
  /** Writes this page's events anew, after another tab deleted the database. */
  restore(): Promise<void>
}

const typeOf = ({ priority }: EventKey): DeliveryEvent['type'] => (priority === 2 ? 'page_view' : 'response')

export function createQueue(store: Store, emitter: Emitter): Queue {
  const own = new Map<string, StoredEvent>()

  /** Another tab delivered them. A key that is missing because its put is still under way is a young one. */
  const forgetGone = (keys: EventKey[]) => {
    const present = new Set(keys.map(({ key }) => key))
    for (const key of own.keys()) {
      if (!present.has(key) && Date.now() - (parseEventKey(key)?.timeMs ?? 0) > MAX_PUT_MS) own.delete(key)
    }
  }

  const put = async (entries: [string, unknown][]) => {
    try {
      await store.setMany(entries)
    } catch {
      // Storage is full: the oldest page views make room for what is new.
      const keys = (await waiting()).filter(key => key.priority === 2).slice(0, SHED)
      await evict(keys)
      await store.setMany(entries).catch(() => store.remember(entries))
    }
  }

  const waiting = async (): Promise<EventKey[]> =>
    (await store.keys()).map(parseEventKey).filter(key => key !== undefined)

  const remove = (keys: EventKey[]) => {
    for (const { key } of keys) own.delete(key)
    return store.delMany(keys.map(({ key }) => key))
  }

  const countEvicted = async (type: DeliveryEvent['type'], count: number) => {
    await store.update<Evicted>(EVICTED, old => ({ ...old, [type]: (old?.[type] ?? 0) + count }))
    emitter.emit('evicted', { type, count })
  }

  const evict = async (keys: EventKey[]) => {
    if (!keys.length) return
    await remove(keys)
    for (const type of ['page_view', 'response'] as const) {
      const count = keys.filter(key => typeOf(key) === type).length
      if (count) await countEvicted(type, count)
    }
  }

  const bury = async (key: EventKey, stored: StoredEvent | undefined, reason: string) => {
    const type = stored?.event?.type ?? typeOf(key)
    const dead = (await store.keys()).filter(name => name.startsWith(DEAD))
    const tooOld = `${DEAD}${Date.now() - MAX_DEAD_AGE_MS}`
    const leaving = dead.filter((name, index) => name < tooOld || index <= dead.length - MAX_DEAD)
    if (leaving.length) {
      await store.delMany(leaving)
      await countEvicted(type, leaving.length)
    }
    if (stored) await put([[`${DEAD}${Date.now()}|${key.id}`, { ...stored, reason }]])
    await remove([key])
    emitter.emit('rejected', { id: key.id, type, reason })
  }

  return {
    add: async (stored, timeMs) => {
      const key = formatEventKey(stored.event, timeMs)
      own.set(key, stored)
      await put([[key, stored]])
      emitter.emit('queued', { id: stored.event.id, type: stored.event.type })
    },
    keep: async () => {
      const keys = await waiting()
      const nowMs = Date.now()
      const stays = new Set<EventKey>()
      const leaves: EventKey[] = []
      const expired: EventKey[] = []
      const counts = { 1: 0, 2: 0 } as Record<number, number>
      let bytes = 0
      // Newest first within a kind, answers before page views: what is left when a bound is reached is the oldest.
      for (const key of [...keys].reverse().sort((a, b) => a.priority - b.priority)) {
        const isAnswer = key.priority === 1
        const ageMs = nowMs - key.timeMs
        if (ageMs > (isAnswer ? MAX_ANSWER_AGE_MS : MAX_PAGE_VIEW_AGE_MS)) expired.push(key)
        else if (
          (counts[key.priority] as number) >= (isAnswer ? MAX_ANSWERS : MAX_PAGE_VIEWS) ||
          stays.size >= MAX_EVENTS ||
          bytes + key.bytes > MAX_BYTES
        )
          leaves.push(key)
        else {
          stays.add(key)
          counts[key.priority] = (counts[key.priority] as number) + 1
          bytes += key.bytes
        }
      }
      await evict(leaves)
      const records = await store.getMany(expired.map(({ key }) => key))
      for (const [index, key] of expired.entries()) await bury(key, records[index] as StoredEvent, 'expired')
      forgetGone(keys)
      return keys.filter(key => stays.has(key))
    },
    read: keys => store.getMany(keys.map(({ key }) => key)) as Promise<(StoredEvent | undefined)[]>,
    write: entries => {
      for (const [{ key }, stored] of entries) if (own.has(key)) own.set(key, stored)
      return put(entries.map(([{ key }, stored]) => [key, stored]))
    },
    remove,
    bury,
    evicted: async () => (await store.getMany([EVICTED]))[0] as Evicted | undefined,
    forgetEvicted: told =>
      store.update<Evicted>(EVICTED, (old = {}) =>
        Object.fromEntries(
          Object.entries(old)
            .map(([type, count]) => [type, count - (told[type as keyof Evicted] ?? 0)] as const)
            .filter(([, count]) => count > 0),
        ),
      ),
    mirror: () => [...own].sort().map(([key, stored]) => [parseEventKey(key) as EventKey, stored]),
    restore: () => put([...own]),
  }
}
