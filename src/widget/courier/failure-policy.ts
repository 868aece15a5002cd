/**
 * What the queue needs only where something goes wrong: a refusal, a bound, an event that nobody takes. It comes with
 * `tools.ts`; as long as that chunk can't be had, everything is kept and tried more slowly.
 */
import { parseRetryAfter } from '../../http/retry-after.js'
import { widgetAction } from '../../http/widget-action.js'
import { type BatchAnswer, MAX_BATCH_EVENTS } from '../../wire/delivery.js'
import type { Lent } from '../boot/chunks.js'
import type { State } from '../storage/shared-state.js'
import type { EventKey } from './event-key.js'
import type { Failure } from './post-batch.js'
import type { StoredEvent, Waiting } from './queue.js'
import type { RetryState } from './retry-state.js'

type Parts = Pick<Lent, 'state' | 'queue' | 'emitter'>

/** An event that can't be delivered: refused for good, or too old. */
export interface DeadLetter extends StoredEvent {
  reason: string
  /** When it was given up, device clock. */
  deadMs: number
}

/** Keys of dead letters: `x|{place in the ring}`. */
export const DEAD = 'x|'
/** They lie in a ring: the next one takes the oldest one's place. */
const MAX_DEAD = 20

const MAX_BYTES = 512 * 1_024
/** How many may wait: page views, and the rest. Together they are the 1,000 events that wait at most. */
const MAX_PAGE_VIEWS = 800
const MAX_ANSWERS = 200
/** How many page views go at once when the device's storage is full. */
const SHED = 50

const SLOW_MS = 150_000
/**
 * A 403 is a fault of deployment, until so many came in a row and an empty batch passes: then a firewall takes a text for
 * an attack.
 */
const FORBIDDEN = 6
/** What the proxy could not take now rests for so long at least, and for so much longer at most unless it says how long. */
const PAUSE_MS = 1_500
const HOLD_MS = 30_000
const STUCK_MS = 3_600_000

/** Removes what has to go undelivered, and counts it beside dead letters that were forgotten. */
export async function evict(
  { queue, state, emitter }: Parts,
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

/** The proxy has been told of what was evicted; not yet of what was since. */
export async function told({ state }: Parts, evicted: NonNullable<State['evicted']>): Promise<void> {
  await state.update(({ evicted: { page_view = 0, response = 0 } = {} }) => {
    const rest = {
      page_view: page_view - (evicted.page_view ?? 0),
      response: response - (evicted.response ?? 0),
    }
    return { evicted: rest.page_view || rest.response ? rest : undefined }
  })
}

/** By queue: what several acts at once ask for is done once. */
const makingRoom = new WeakMap<object, Promise<void>>()

/** Where the device's storage is full, the oldest page views make room for what is new. */
export function makeRoom(parts: Parts): Promise<void> {
  const { queue } = parts
  const making = makingRoom.get(queue) ?? shed(parts).finally(() => makingRoom.delete(queue))
  makingRoom.set(queue, making)
  return making
}

async function shed(parts: Parts): Promise<void> {
  const pageViews = (await parts.queue.keys()).filter(({ isPageView }) => isPageView)
  // Never all of them: the new one is among them, and where so few are too many, it is not ours that fill the storage.
  await evict(parts, pageViews.slice(0, Math.min(SHED, pageViews.length / 2)))
}

/** Answers before page views, the newest first: where a bound is reached, the oldest page views leave. */
async function keepBounds(parts: Parts): Promise<void> {
  const keys = await parts.queue.keys()
  let pageViews = 0
  let answers = 0
  let bytes = 0
  const over = [...keys]
    .reverse()
    .sort((a, b) => +a.isPageView - +b.isPageView)
    .filter(key => {
      bytes += key.bytes
      return bytes > MAX_BYTES || (key.isPageView ? ++pageViews > MAX_PAGE_VIEWS : ++answers > MAX_ANSWERS)
    })
  await evict(parts, over)
}

/** Moves an event to the dead letters. */
export async function bury(parts: Parts, key: EventKey, why?: string): Promise<void> {
  const { state, queue, emitter } = parts
  const stored = await queue.read(key)
  if (stored === undefined) return
  const reason = why ?? (stored ? 'expired' : 'corrupt')
  let count = 0
  await state.update(({ dead = 0 }) => {
    count = dead
    return { dead: dead + 1 }
  })
  await queue.remove([key], [[DEAD + (count % MAX_DEAD), { ...stored, reason, deadMs: Date.now() }]])
  if (count >= MAX_DEAD) await evict(parts, [], 1)
  emitter.emit('rejected', { id: key.id, reason })
}

/**
 * Does what an answer says of events that it has not taken, or where it brings no verdict though one was wanted.
 *
 * @param wasKnown whether the device's clock was known when they were sent
 * @param held ids that are to wait; takes those that the proxy wants later
 * @param flush asks for a flush, to which this comes back in time
 */
export async function keepRest(
  parts: Parts,
  keys: EventKey[],
  { results, retry_after_s = 0 }: BatchAnswer,
  wasKnown: boolean,
  held: Set<string>,
  flush: () => void,
): Promise<void> {
  await keepBounds(parts)
  const waitMs = PAUSE_MS + Math.max(Math.random() * HOLD_MS, retry_after_s * 1_000)
  // So long that all others have their turn before the same come again.
  const turns = Math.ceil((await parts.queue.keys()).length / MAX_BATCH_EVENTS)
  let isClockWrong = false
  let isStuck = keys.length > 0
  for (const key of keys) {
    const result = results[key.id]
    const reason = result && 'reason' in result ? result.reason : ''
    if (result?.status === 'rejected') await bury(parts, key, reason)
    // By how much it is wrong is known now: the same can come again at once.
    else if (reason === 'clock' && !wasKnown) isClockWrong = true
    else {
      // No ticket becomes another one by waiting; a new page, or another proxy, may know it.
      const isOfTicket = reason.startsWith('ticket')
      isStuck &&= isOfTicket
      held.add(key.id)
      setTimeout(
        () => {
          held.delete(key.id)
          flush()
        },
        isOfTicket ? STUCK_MS : waitMs * Math.max(1, turns),
      )
    }
  }
  // Beside the timer of what else there is to do.
  setTimeout(flush, isClockWrong ? 0 : isStuck ? PAUSE_MS : waitMs)
}

/**
 * After a failed request: keeps the bounds of what waits, and says what the status means for the next request. Call it
 * with the flusher's lock.
 *
 * @param silence what it would mean without a status
 * @param probe sends an empty batch, with all that the page says of its visitor: that may be what is refused
 */
export async function care(
  parts: Parts,
  { status, retryAfter }: Failure,
  taken: Waiting[],
  silence: RetryState,
  probe: () => Promise<BatchAnswer | Failure>,
): Promise<RetryState> {
  await keepBounds(parts)
  const action = widgetAction(status)
  const [first, second] = taken
  const next: RetryState = { attempts: 0, notBeforeMs: 0, suspects: 0 }
  const { attempts, suspects } = silence
  let opening: Promise<boolean> | undefined
  const isOpen = () => {
    opening ??= probe().then(answer => !('status' in answer))
    return opening
  }
  const isOfBatch = async () =>
    action === 'bisect' ||
    (status === 403 && (suspects > 0 || (attempts % FORBIDDEN === 0 && (await isOpen()))))
  if (first && (await isOfBatch())) {
    if (second) return { ...next, suspects: taken.length }
    // Refused alone, it is the culprit only if the way is open otherwise; and if so once more, since the way may just
    // have been mended, or not be the same for each request.
    if (await isOpen()) {
      if (suspects !== 1) return { ...next, suspects: 1 }
      await bury(parts, first[0], `status_${status}`)
      return next
    }
  }
  const waitMs = Math.max(
    parseRetryAfter(retryAfter, Date.now()) ?? 0,
    // A fault of deployment heals by somebody's hand, not by our haste.
    action === 'slow' ? SLOW_MS : 0,
  )
  return { ...silence, notBeforeMs: Math.max(silence.notBeforeMs, Date.now() + waitMs) }
}
