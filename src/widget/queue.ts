import type { DeliveryEvent } from '../wire/delivery.js'
import type { Emitter } from './emitter.js'
import { type EventKey, formatEventKey, parseEventKey } from './event-key.js'
import type { SharedState } from './state.js'
import type { Entry, Store } from './store.js'

const MAX_BYTES = 512 * 1_024
/** How many may wait: page views, and the rest. Together they are the 1,000 events that wait at most. */
const MAX_PAGE_VIEWS = 800
const MAX_ANSWERS = 200
/** How many page views go at once when the device's storage is full. */
const SHED = 50

/** An event as it waits in the store. */
export interface StoredEvent {
  event: DeliveryEvent
  /** Hash of the identity of its moment: who must be here again for it, as long as it has no ticket. */
  who: string
  /** True until `event.at` is decided by a clock that the proxy has checked. */
  isUnsettled?: boolean | undefined
  /** Marked before the first attempt, so that no tab and no later page takes the next one for the first. */
  isTried?: true
}

export type Waiting = readonly [key: EventKey, stored: StoredEvent]

export interface Queue {
  /** Resolves when the event is stored (durably, where IndexedDB works). */
  add(stored: StoredEvent): Promise<void>
  /** The waiting events in their order of delivery, after the bounds have been kept. Call it with the flusher's lock. */
  keys(): Promise<EventKey[]>
  /** Null for what is no record of ours; undefined for what is gone meanwhile, or can't be read just now. */
  read(key: EventKey): Promise<StoredEvent | null | undefined>
  rewrite(entries: Waiting[]): Promise<void>
  /** In one transaction with what takes their place. */
  remove(keys: EventKey[], instead?: Entry[]): Promise<void>
  /** Removes what has to go undelivered, and counts it beside dead letters that were forgotten. */
  evict(keys: EventKey[], deadLetters?: number): Promise<void>
  /** This page's own events that still wait, answers first: all that `pagehide` has time to look at. */
  own(): Waiting[]
  /** Writes this page's events anew, after another tab deleted the database. */
  restore(): Promise<void>
}

export function createQueue(store: Store, state: SharedState, emitter: Emitter): Queue {
  const own = new Map<string, StoredEvent>()

  const waiting = async () => (await store.keys()).flatMap(key => parseEventKey(key) ?? [])

  /** The oldest page views make room for what is new. */
  const makeRoom = async () => evict((await waiting()).filter(({ isPageView }) => isPageView).slice(0, SHED))

  const put = (entries: Entry[]) => store.write(entries, [], makeRoom)

  const read = async ({ key, id }: EventKey) => {
    const stored = (await store.get(key)) as StoredEvent | null | undefined
    return stored === undefined || stored?.event?.id === id ? stored : null
  }

  const remove = (keys: EventKey[], instead: Entry[] = []) => {
    for (const { key } of keys) own.delete(key)
    return store.write(
      instead,
      keys.map(({ key }) => key),
    )
  }

  const evict = async (keys: EventKey[], deadLetters = 0) => {
    const pageViews = keys.filter(({ isPageView }) => isPageView).length
    const answers = keys.length - pageViews + deadLetters
    if (!(pageViews || answers)) return
    // Counted first: should the page go in between, one too many is told, and none goes in silence.
    await state.update(({ evicted: { page_view = 0, response = 0 } = {} }) => ({
      evicted: { page_view: page_view + pageViews, response: response + answers },
    }))
    emitter.emit('evicted', { pageViews, answers })
    await remove(keys)
  }

  return {
    add: async stored => {
      const { event } = stored
      const key = formatEventKey(event, Date.now())
      // First, so that a page that goes before it is stored can still send it.
      own.set(key, stored)
      await put([[key, stored]])
      emitter.emit('queued', { id: event.id, type: event.type })
    },
    keys: async () => {
      // What is added while we read is not among what we read, and still waits.
      const known = [...own.keys()]
      const all = await waiting()
      const stays = new Set<string>()
      const over: EventKey[] = []
      let pageViews = 0
      let answers = 0
      let bytes = 0
      // Answers before page views, the newest first: where a bound is reached, the oldest page views leave.
      for (const key of [...all].reverse().sort((a, b) => +a.isPageView - +b.isPageView)) {
        const { isPageView } = key
        bytes += key.bytes
        if (bytes > MAX_BYTES || (isPageView ? ++pageViews > MAX_PAGE_VIEWS : ++answers > MAX_ANSWERS)) {
          over.push(key)
        } else stays.add(key.key)
      }
      await evict(over)
      // Another tab has delivered them.
      for (const key of known) if (!stays.has(key)) own.delete(key)
      return all.filter(({ key }) => stays.has(key))
    },
    read,
    rewrite: entries => {
      for (const [{ key }, stored] of entries) own.has(key) && own.set(key, stored)
      return put(entries.map(([{ key }, stored]) => [key, stored]))
    },
    remove,
    evict,
    own: () => [...own].sort().map(([key, stored]) => [parseEventKey(key) as EventKey, stored]),
    restore: () => put([...own]),
  }
}
