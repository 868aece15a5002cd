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

const holdMs = ({ retry_after_s = 0 }: BatchAnswer): number =>
  Math.max(Math.random() * HOLD_MS, retry_after_s * 1_000)

export interface Flusher {
  /** Stores an act of whoever is here. */
  add(event: DeliveryEvent, moment: Moment): Promise<void>
  /** Asks for a flush within so many milliseconds; the soonest wish counts. `isUrgent` passes over the backoff. */
  flush(withinMs?: number, isUrgent?: boolean): void
  /** Wants a verdict with the next batch, which may be empty. */
  ask(request: VerdictRequest): void
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
}

export function createFlusher(options: FlusherOptions): Flusher {
  const { queue, state, clock, emitter, who } = options
  /** Acts of this page that were never sent: only of these can we say that they were not tried. */
  const fresh = new Map<string, Moment>()
  /** What the proxy wants later. */
  const held = new Set<string>()
  let wanted: VerdictRequest | undefined
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
    if (!isStopped && !(await options.withLock(cycle))) flush(BUSY_MS)
  })

  /** Ready to go, and its ticket or the one who is here says whose it is: nobody else may bring it. */
  const isDue = ({ event, who: whose }: StoredEvent) =>
    !held.has(event.id) && (event.ticket || whose === who())

  const take = async (keys: EventKey[], maxEvents: number, maxBytes: number): Promise<Waiting[]> => {
    const taken: Waiting[] = []
    let bytes = 0
    for (const key of keys) {
      if (taken.length && (taken.length === maxEvents || bytes + key.bytes > maxBytes)) break
      const stored = await queue.read(key)
      if (!stored) await queue.bury(key, 'corrupt')
      else if (isDue(stored)) {
        bytes += key.bytes
        taken.push([key, stored])
      }
    }
    return taken
  }

  /** Decides the second of each act that has none yet, sends the batch, and does what the answer says of each event. */
  const send = async (
    taken: Waiting[],
    ask?: VerdictRequest,
    keepalive = false,
  ): Promise<BatchAnswer | Failure> => {
    const entries = taken.map((waiting): Waiting => {
      const [key, { event, who: whose, isUnsettled }] = waiting
      if (!isUnsettled) return waiting
      const time = clock.settle(fresh.get(event.id) ?? clock.past(event.at))
      return [key, { event: { ...event, ...time }, who: whose }]
    })
    const isStored = queue.rewrite(entries.filter((entry, index) => entry !== taken[index]))
    // The page may be gone before that is done: then the request must leave first.
    if (!keepalive) await isStored

    const { evicted } = state.get()
    const batch: Batch = {
      v: DELIVERY_VERSION,
      id: uuid(),
      events: entries.map(([, { event }]) => (fresh.delete(event.id) ? event : { ...event, tried: true })),
      // What is undefined does not travel.
      identity: ask || entries.some(([, { event }]) => !event.ticket) ? options.claim() : undefined,
      ask,
      evicted,
      sent_at: clock.isKnown() ? undefined : Date.now(),
    }
    const sentMs = performance.now()
    const answer = await post(options.url, batch, keepalive)
    if ('status' in answer) return answer

    clock.learn(answer.now, sentMs)
    const gone: EventKey[] = []
    const waitMs = holdMs(answer)
    for (const waiting of taken) {
      const [key, { event, isUnsettled }] = waiting
      const { status, reason = '' } = (answer.results[key.id] ?? {}) as { status?: string; reason?: string }
      // Only what the proxy names is deleted.
      if (status === 'done' || status === 'duplicate') {
        gone.push(key)
        emitter.emit('delivered', { id: key.id, type: event.type, status })
      } else if (status === 'rejected') await queue.bury(key, reason)
      // Nothing was taken: the device's clock is wrong. By how much is known now, so the time is decided once more.
      else if (reason === 'clock' && isUnsettled) await queue.rewrite([waiting])
      else {
        held.add(key.id)
        setTimeout(() => {
          held.delete(key.id)
          flush()
        }, waitMs)
      }
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

    const { hidden } = document
    const taken = await take(keys, batchLimit(before, MAX_BATCH_EVENTS), hidden ? HIDDEN_BYTES : BATCH_BYTES)
    const ask = wanted
    if (!taken.length && !ask) return undefined
    const asking = who()
    const answer = await send(taken, ask, hidden)

    if ('status' in answer) {
      const next = afterFailure(before, answer, taken.length)
      const [first] = taken
      if (first && !taken[1] && !next.attempts) await queue.bury(first[0], `status_${answer.status}`)
      flush(next.notBeforeMs - Date.now())
      return () => next
    }
    const { ticket } = answer
    // A yes from before the visitor answered, in the meantime, is used up.
    const wasYes = ({ known }: State) => known[asking]?.verdict?.survey
    const verdict = wasYes(before) && wasYes(state.get()) === false ? undefined : answer.verdict
    if (verdict) {
      if (ask === wanted) wanted = undefined
      if (asking === who()) options.onVerdict(verdict)
    }
    // There may be more: at once, since the proxy has just said that it is well. Where it could not decide, it is not.
    flush(ask && !verdict ? BUSY_MS + holdMs(answer) : 0)
    return now => ({
      ...afterSuccess(before, taken.length),
      ...learn(now, asking, { ...(ticket && { ticket }), ...(verdict && { verdict }) }),
    })
  }

  return {
    add: (event, moment) => {
      fresh.set(event.id, moment)
      return queue.add({ event, who: who(), isUnsettled: !moment.isSettled })
    },
    flush,
    ask: request => {
      wanted = request
    },
    leave: emitter.guard(async () => {
      const entries: Waiting[] = []
      let bytes = 0
      for (const waiting of queue.own()) {
        bytes += waiting[0].bytes
        if (bytes <= LEAVE_BYTES && isDue(waiting[1])) entries.push(waiting)
      }
      // The page may live on, in the back/forward cache or because the visitor stayed: then the answer counts.
      if (entries.length) await send(entries.slice(0, MAX_BATCH_EVENTS), undefined, true)
    }),
    stop: () => {
      isStopped = true
    },
  }
}
