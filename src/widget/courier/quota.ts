/** The bounds of what may wait, and what leaves where they are reached: counted, and told. */
import type { Emitter } from '../boot/emitter.js'
import type { State } from '../storage/shared-state.js'
import type { EventKey } from './event-key.js'
import type { Queue } from './queue.js'
import type { SharedState } from './state-store.js'

export interface QuotaParts {
  state: SharedState
  queue: Queue
  emitter: Emitter
}

const MAX_BYTES = 512 * 1_024
/** How many may wait: page views, and the rest. Together they are the 1,000 events that wait at most. */
const MAX_PAGE_VIEWS = 800
const MAX_RESPONSES = 200
/** How many page views leave at once where the device's storage is full. */
const MAKE_ROOM = 50

/** Removes what has to go undelivered, and counts it beside dead letters that were forgotten. */
export async function evict(
  { queue, state, emitter }: QuotaParts,
  keys: EventKey[],
  deadLetters = 0,
): Promise<void> {
  const pageViews = keys.filter(({ isPageView }) => isPageView).length
  const answers = keys.length - pageViews + deadLetters
  if (!(pageViews || answers)) return
  // Counted first: should the page go in between, one too many is told, and none goes in silence.
  await state.update(({ evicted: { page_view = 0, response = 0 } = {} }) => ({
    evicted: { page_view: page_view + pageViews, response: response + answers },
  }))
  emitter.emit('evicted', { pageViews, answers })
  await queue.remove(keys)
}

/** The proxy has been told of these evictions; not yet of those since. */
export async function acknowledgeEvictions(
  { state }: QuotaParts,
  evicted: NonNullable<State['evicted']>,
): Promise<void> {
  await state.update(({ evicted: { page_view = 0, response = 0 } = {} }) => {
    const rest = {
      page_view: page_view - (evicted.page_view ?? 0),
      response: response - (evicted.response ?? 0),
    }
    return { evicted: rest.page_view || rest.response ? rest : undefined }
  })
}

/** By queue: what several events at once ask for is done once. */
const makingRoom = new WeakMap<object, Promise<void>>()

/** Where the device's storage is full, the oldest page views make room for what is new. */
export function makeRoom(parts: QuotaParts): Promise<void> {
  const { queue } = parts
  const making = makingRoom.get(queue) ?? evictOldest(parts).finally(() => makingRoom.delete(queue))
  makingRoom.set(queue, making)
  return making
}

async function evictOldest(parts: QuotaParts): Promise<void> {
  const pageViews = (await parts.queue.keys()).filter(({ isPageView }) => isPageView)
  // Never all of them: the new one is among them, and where so few are too many, it is not ours that fill the storage.
  await evict(parts, pageViews.slice(0, Math.min(MAKE_ROOM, pageViews.length / 2)))
}

/** Responses before page views, the newest first: where a bound is reached, the oldest page views leave. */
export async function enforceQuota(parts: QuotaParts): Promise<void> {
  const keys = await parts.queue.keys()
  let pageViews = 0
  let responses = 0
  let bytes = 0
  const over = [...keys]
    .reverse()
    .sort((a, b) => +a.isPageView - +b.isPageView)
    .filter(key => {
      bytes += key.bytes
      return (
        bytes > MAX_BYTES || (key.isPageView ? ++pageViews > MAX_PAGE_VIEWS : ++responses > MAX_RESPONSES)
      )
    })
  await evict(parts, over)
}
