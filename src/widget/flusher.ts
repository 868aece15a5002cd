import {
  type Batch,
  type BatchAnswer,
  DELIVERY_VERSION,
  type DeliveryEvent,
  type IdentityClaim,
  MAX_BATCH_EVENTS,
  type Verdict,
  type VerdictRequest,
} from '../wire/delivery.js'
import type { Clock, Moment } from './clock.js'
import type { Emitter } from './emitter.js'
import type { EventKey } from './event-key.js'
import type { Conclusion, WithLock } from './lock.js'
import { type Failure, post } from './post.js'
import type { Queue, StoredEvent, Waiting } from './queue.js'
import { afterFailure, afterSuccess, batchLimit } from './retry-state.js'
import { learn, type SharedState, type State } from './state.js'
import { uuid } from './uuid.js'

/** The events of one batch; a single event may be larger. */
const BATCH_BYTES = 32_768
/** Browsers allow 64 KiB of keepalive requests at a time: so much for the page's end, */
const LEAVE_BYTES = 40_000
/** and so much for a flush while the page is hidden, which may be the last that it hears. */
const HIDDEN_BYTES = 16_000
/** Another tab holds the lock: look again when its request may be over. */
const BUSY_MS = 1_500
/** The proxy wants an event later: it must not stand in the way of others meanwhile. */
const HOLD_MS = 30_000
/** No wait is longer; one that is comes of a clock that was set back meanwhile. */
const MAX_WAIT_MS = 3_600_000

const DAY_MS = 86_400_000
const maxAgeMs = ({ isPageView }: EventKey): number => (isPageView ? 14 : 60) * DAY_MS

const holdMs = ({ retry_after_s = 0 }: BatchAnswer): number =>
  Math.max(Math.random() * HOLD_MS, retry_after_s * 1_000)

export interface Flusher {
  /** Stores an act of whoever was here at that moment. @param whose hash of their identity; default: who is here now */
  add(event: DeliveryEvent, moment: Moment, whose?: string): Promise<void>
  /** Asks for a flush within so many milliseconds; the soonest wish counts. `isUrgent` passes over the backoff. */
  flush(withinMs?: number, isUrgent?: boolean): void
  /** Wants a verdict with the next batch, which may be empty, and asks for a flush as above. */
  ask(request: VerdictRequest, withinMs?: number, isUrgent?: boolean): void
  /** The page is going: sends what this page still holds, beyond its own life. */
  leave(): void
  stop(): void
}

export interface FlusherOptions {
  url: string
  queue: Queue
  state: SharedState
  clock: Clock
  emitter: Emitter
  withLock: WithLock
  /** Hash of the identity that is here. */
  who(): string
  claim(): IdentityClaim
  onVerdict(verdict: Verdict): void
  /** Moves an event to the dead letters. Rejects where that has to wait. */
  bury(key: EventKey, reason: string): Promise<void>
}

export function createFlusher(options: FlusherOptions): Flusher {
  const { queue, state, clock, emitter, who } = options
  /** When this page's own acts were: of no others can we say that they were not tried by a page that had to go. */
  const moments = new Map<string, Moment>()
  /** What is wanted later. */
  const held = new Set<string>()
  let wanted: VerdictRequest | undefined
  /** Refused when it was sent alone. It is the culprit only if the way is open otherwise: an empty batch tells. */
  let accused: [key: EventKey, reason: string] | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueMs = Infinity
  let isUrgent = false
  let isStopped = false
  let running = Promise.resolve()

  const flush = (withinMs = 0, urgent = false) => {
    isUrgent ||= urgent
    const atMs = performance.now() + withinMs
    if (atMs >= dueMs) return
    dueMs = atMs
    clearTimeout(timer)
    // A wish that comes due while we are busy waits for its turn.
    timer = setTimeout(() => {
      running = running.then(run)
    }, withinMs)
  }

  const run = emitter.guard(async () => {
    dueMs = Infinity
    try {
      if (!isStopped && !(await options.withLock(cycle))) flush(BUSY_MS)
    } catch (error) {
      // Another tab has stolen the lock from this one, which was frozen; or something is broken that may heal.
      flush(HOLD_MS)
      throw error
    }
  })

  const hold = (id: string, waitMs: number) => {
    held.add(id)
    setTimeout(() => {
      held.delete(id)
      flush()
    }, waitMs)
  }

  /** What can't be buried now, since the chunk that does it can't be had, must not come again and again. */
  const bury = (key: EventKey, reason: string) =>
    options.bury(key, reason).catch(() => hold(key.id, MAX_WAIT_MS))

  /** Ready to go, and its ticket or the one who is here says whose it is: nobody else may bring it. */
  const isDue = ({ event, who: whose }: StoredEvent, here: string) =>
    !held.has(event.id) && (event.ticket || whose === here)

  const take = async (
    keys: EventKey[],
    here: string,
    maxEvents: number,
    maxBytes: number,
  ): Promise<Waiting[]> => {
    const taken: Waiting[] = []
    let bytes = 0
    for (const key of keys) {
      if (taken.length && (taken.length === maxEvents || bytes + key.bytes > maxBytes)) break
      const stored = await queue.read(key)
      if (stored === null) await bury(key, 'corrupt')
      else if (stored && Date.now() - key.timeMs > maxAgeMs(key)) await bury(key, 'expired')
      else if (stored && isDue(stored, here)) {
        bytes += key.bytes
        taken.push([key, stored])
      }
    }
    return taken
  }

  /** Decides the second of each act that has none yet, sends the batch, and does what the answer says of each event. */
  const send = async (
    taken: Waiting[],
    claim: IdentityClaim,
    { ask, keepalive, isLeaving }: { ask?: VerdictRequest | undefined; keepalive: boolean; isLeaving?: true },
  ): Promise<BatchAnswer | Failure> => {
    const isKnown = clock.isKnown()
    const changed: Waiting[] = []
    const events = taken.map(([key, stored]) => {
      const { isUnsettled, isTried } = stored
      const { id, at } = stored.event
      const time = isUnsettled && clock.settle(moments.get(id) ?? clock.past(at), isTried)
      const event = { ...stored.event, ...time }
      // A time by a clock that nobody has checked is decided anew, should the proxy say that it is wrong.
      if (isUnsettled || !isTried)
        changed.push([key, { ...stored, event, isUnsettled: isUnsettled && !isKnown, isTried: true }])
      // A page that goes has no time to look whether another tab was faster.
      return isLeaving || isTried || !moments.has(id) ? { ...event, tried: true as const } : event
    })
    const isStored = queue.rewrite(changed)
    // The page may be gone before that is done: then the request must leave first.
    if (!keepalive) await isStored

    const { evicted } = state.get()
    const batch: Batch = {
      v: DELIVERY_VERSION,
      id: uuid(),
      events,
      // What is undefined does not travel.
      identity: ask || events.some(({ ticket }) => !ticket) ? claim : undefined,
      ask,
      evicted,
      sent_at: isKnown ? undefined : Date.now(),
    }
    const sentMs = performance.now()
    const answer = await post(options.url, batch, keepalive)
    if ('status' in answer) return answer

    clock.learn(answer.now, sentMs)
    const gone: EventKey[] = []
    const waitMs = holdMs(answer)
    for (const [key, { event }] of taken) {
      const { status, reason = '' } = (answer.results[key.id] ?? {}) as { status?: string; reason?: string }
      // Only what the proxy names is deleted.
      if (status === 'done' || status === 'duplicate') {
        gone.push(key)
        emitter.emit('delivered', { id: key.id, type: event.type, status })
      } else if (status === 'rejected') await bury(key, reason)
      // Nothing was taken, since the device's clock is wrong. By how much is known now: it can come again at once.
      else if (reason !== 'clock' || isKnown) hold(key.id, waitMs)
    }
    await queue.remove(gone)
    // Under the lock nothing is evicted but by this tab, before it sends.
    if (evicted) await state.update(() => ({ evicted: undefined }))
    return answer
  }

  const cycle = async (): Promise<Conclusion | undefined> => {
    const before = state.get()
    const keys = await queue.keys()
    const waitMs = before.notBeforeMs - Date.now()
    if (!isUrgent && waitMs > 0 && waitMs <= MAX_WAIT_MS) {
      flush(waitMs)
      return undefined
    }
    isUrgent = false

    // Who is here is asked once: whoever comes while we read and write gets nothing of it, and gives no ticket for it.
    const asking = who()
    const claim = options.claim()
    const ask = wanted
    const { hidden } = document
    // Beside one that is accused goes nothing that could be refused for its own sake.
    const taken = accused
      ? []
      : await take(keys, asking, batchLimit(before, MAX_BATCH_EVENTS), hidden ? HIDDEN_BYTES : BATCH_BYTES)
    if (!taken.length && !ask && !accused) return undefined
    const answer = await send(taken, claim, { ask, keepalive: hidden })

    if ('status' in answer) {
      const next = afterFailure(before, answer, taken.length)
      const [first] = taken
      if (accused) held.delete(accused[0].id)
      accused = undefined
      if (first && !taken[1] && !next.attempts) {
        accused = [first[0], `status_${answer.status}`]
        held.add(first[0].id)
      }
      flush(next.notBeforeMs - Date.now())
      return () => next
    }
    if (accused) await bury(...accused)
    accused = undefined
    const { ticket } = answer
    // A yes from before the visitor answered, in the meantime, is used up.
    const wasYes = ({ known }: State) => known[asking]?.verdict?.survey
    const verdict = wasYes(before) && wasYes(state.get()) === false ? undefined : answer.verdict
    if (verdict) {
      if (ask === wanted) wanted = undefined
      if (asking === who()) options.onVerdict(verdict)
    }
    // There may be more: at once, since the proxy has just said that it is well. Where it could not decide, or take
    // anything, it is not.
    const isStuck = taken.length ? taken.every(([{ id }]) => held.has(id)) : ask && !verdict
    flush(isStuck ? BUSY_MS + holdMs(answer) : 0)
    return now => ({
      ...afterSuccess(before, taken.length),
      ...learn(now, asking, {
        ...(ticket && { ticket }),
        // An answer may have used it up since it was given.
        ...(verdict && !(wasYes(before) && wasYes(now) === false) && { verdict }),
      }),
    })
  }

  return {
    add: (event, moment, whose = who()) => {
      moments.set(event.id, moment)
      return queue.add({ event, who: whose, isUnsettled: !moment.isSettled })
    },
    flush,
    ask: (request, withinMs, urgent) => {
      wanted = request
      flush(withinMs, urgent)
    },
    leave: emitter.guard(async () => {
      const entries: Waiting[] = []
      let bytes = 0
      for (const waiting of queue.own()) {
        bytes += waiting[0].bytes
        if (bytes <= LEAVE_BYTES && isDue(waiting[1], who())) entries.push(waiting)
      }
      // The page may live on, in the back/forward cache or because the visitor stayed: then the answer counts.
      if (entries.length) {
        const batch = entries.slice(0, MAX_BATCH_EVENTS)
        await send(batch, options.claim(), { keepalive: true, isLeaving: true })
      }
    }),
    stop: () => {
      isStopped = true
    },
  }
}
