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
import type { WithLock } from './lock.js'
import { post } from './post.js'
import type { Queue, StoredEvent, Waiting } from './queue.js'
import { afterFailure, afterSuccess, batchLimit } from './retry-state.js'
import type { Evicted, Known, SharedState } from './state.js'
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

export interface Flusher {
  /** Stores an act of `who`, by whom it will be delivered. */
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
  const heldUntilMs = new Map<string, number>()
  let wanted: VerdictRequest | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueMs = Infinity
  let isUrgent = false
  let isRunning = false
  let isStopped = false

  const flush: Flusher['flush'] = (withinMs = 0, urgent = false) => {
    isUrgent ||= urgent
    const atMs = performance.now() + withinMs
    if (isStopped || atMs >= dueMs) return
    dueMs = atMs
    clearTimeout(timer)
    timer = setTimeout(run, withinMs)
  }

  const run = emitter.guard(async () => {
    if (isRunning || isStopped) return
    dueMs = Infinity
    isRunning = true
    try {
      if (!(await options.withLock(cycle))) flush(BUSY_MS)
    } finally {
      isRunning = false
      // A wish that came meanwhile has found us busy.
      if (dueMs < performance.now()) run()
    }
  })

  const isDue = (id: string) => !((heldUntilMs.get(id) as number) > performance.now())

  /** Whose ticket it bears, or who is here: nobody else may bring it. */
  const isDeliverable = (stored: StoredEvent) => stored.event.ticket || stored.who === who()

  const take = async (keys: EventKey[], limit: number): Promise<Waiting[]> => {
    const taken: Waiting[] = []
    let bytes = 0
    const due = keys.filter(({ id }) => isDue(id))
    for (let from = 0; from < due.length; from += MAX_BATCH_EVENTS) {
      const some = due.slice(from, from + MAX_BATCH_EVENTS)
      for (const [index, stored] of (await queue.read(some)).entries()) {
        const key = some[index] as EventKey
        if (stored?.event?.id !== key.id) await queue.bury(key, undefined, 'corrupt')
        else if (isDeliverable(stored)) {
          bytes += key.bytes
          if (taken.length === limit || (taken.length && bytes > BATCH_BYTES)) return taken
          taken.push([key, stored])
        }
      }
    }
    return taken
  }

  /** Decides the second of an act that has none yet. */
  const settle = (waiting: Waiting): Waiting => {
    const [key, { event, who, isUnsettled }] = waiting
    if (!isUnsettled) return waiting
    return [key, { event: { ...event, ...clock.settle(fresh.get(key.id) ?? clock.past(event.at)) }, who }]
  }

  const toBatch = (entries: Waiting[], ask?: VerdictRequest, evicted?: Evicted): Batch => ({
    v: DELIVERY_VERSION,
    id: uuid(),
    events: entries.map(([, { event }]) => (fresh.delete(event.id) ? event : { ...event, tried: true })),
    ...((ask || entries.some(([, { event }]) => !event.ticket)) && { identity: options.claim() }),
    ...(ask && { ask }),
    ...(evicted && { evicted }),
    ...(!clock.isKnown() && { sent_at: Date.now() }),
  })

  const sum = (entries: Waiting[]) => entries.reduce((bytes, [key]) => bytes + key.bytes, 0)

  const cycle = async () => {
    const before = state.get()
    const keys = await queue.keys()
    const waitMs = before.notBeforeMs - Date.now()
    // More than the longest wait there is: the clock was set back meanwhile.
    if (!isUrgent && waitMs > 0 && waitMs <= 3_600_000) return flush(waitMs)
    isUrgent = false

    const taken = await take(keys, batchLimit(before, MAX_BATCH_EVENTS))
    const ask = wanted
    if (!taken.length && !ask) {
      const nextMs = Math.min(...keys.map(({ id }) => heldUntilMs.get(id) ?? Infinity))
      if (nextMs < Infinity) flush(Math.max(0, nextMs - performance.now()))
      return
    }
    const entries = taken.map(settle)
    const settled = entries.filter((entry, index) => entry !== taken[index])
    if (settled.length) await queue.rewrite(settled)

    const asking = who()
    const { evicted } = state.get()
    const sentMs = performance.now()
    const isLast = document.visibilityState === 'hidden' && sum(entries) < HIDDEN_BYTES
    const answer = await post(options.url, toBatch(entries, ask, evicted), isLast)

    if ('status' in answer) {
      const after = afterFailure(before, answer, entries.length)
      if (after === 'bury') await queue.bury(...(entries[0] as Waiting), `status_${answer.status}`)
      const next = after === 'bury' ? afterSuccess(before, 1) : after
      await state.update(() => next)
      return flush(Math.max(0, next.notBeforeMs - Date.now()))
    }

    clock.learn(answer.now, sentMs)
    await apply(entries, answer, settled)
    const { ticket, verdict } = answer
    const learned: Known = { ...(ticket && { ticket }), ...(verdict && { verdict }) }
    await state.update(current => ({
      ...afterSuccess(before, entries.length),
      evicted: subtract(current.evicted, evicted),
      known: learn(current.known, asking, learned),
    }))
    if (verdict) {
      if (ask === wanted) wanted = undefined
      if (asking === who()) options.onVerdict(verdict)
    }
    // There may be more: at once, since the proxy has just said that it is well.
    flush()
  }

  /** Deletes only what the proxy named. */
  const apply = async (
    entries: Waiting[],
    { results, retry_after_s = 0 }: BatchAnswer,
    settled: Waiting[],
  ) => {
    const gone: EventKey[] = []
    const corrected: Waiting[] = []
    for (const waiting of entries) {
      const [key, stored] = waiting
      const { event } = stored
      const { status, reason = '' } = (results[key.id] ?? {}) as { status?: string; reason?: string }
      if (status === 'done' || status === 'duplicate') {
        gone.push(key)
        emitter.emit('delivered', { id: key.id, type: event.type, status })
      } else if (status === 'rejected') await queue.bury(key, stored, reason)
      else if (reason === 'clock') {
        // Nothing was taken: the device's clock is wrong, and by how much is known from now on.
        const time = clock.settle(clock.past(event.at, !settled.includes(waiting)))
        corrected.push([key, { ...stored, event: { ...event, ...time } }])
      } else {
        const waitMs = Math.max(Math.random() * HOLD_MS, retry_after_s * 1_000)
        heldUntilMs.set(key.id, performance.now() + waitMs)
      }
    }
    await queue.remove(gone)
    if (corrected.length) await queue.rewrite(corrected)
  }

  return {
    add: (event, moment) => {
      fresh.set(event.id, moment)
      return queue.add({ event, who: who(), ...(!moment.isSettled && { isUnsettled: true }) })
    },
    flush,
    ask: request => {
      wanted = request
    },
    leave: emitter.guard(async () => {
      const entries: Waiting[] = []
      let bytes = 0
      for (const waiting of queue.own()) {
        const [key, stored] = waiting
        if (!isDue(key.id) || !isDeliverable(stored)) continue
        bytes += key.bytes
        if (bytes > LEAVE_BYTES || entries.length === MAX_BATCH_EVENTS) break
        entries.push(settle(waiting))
      }
      if (isStopped || !entries.length) return
      // Not awaited: the page may be gone before it is done, and the request must leave first.
      queue.rewrite(entries)
      const answer = await post(options.url, toBatch(entries), true)
      // The page may live on: in the back/forward cache, or because the visitor stayed.
      if ('results' in answer) await apply(entries, answer, [])
    }),
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** How many identities' tickets a shared device keeps. */
const MAX_KNOWN = 5

/** What is known of an identity moves to the end, so that the one that was here longest ago is forgotten first. */
export const learn = (known: [string, Known][], who: string, learned: Known): [string, Known][] => [
  ...known.filter(([other]) => other !== who).slice(1 - MAX_KNOWN),
  [who, { ...known.find(([other]) => other === who)?.[1], ...learned }],
]

/** Evictions that came after the batch was made are told with the next. */
const subtract = (counts: Evicted = {}, told: Evicted = {}): Evicted | undefined => {
  const left = Object.entries(counts).filter(([type, count]) => count > (told[type as keyof Evicted] ?? 0))
  return left.length
    ? Object.fromEntries(left.map(([type, count]) => [type, count - (told[type as keyof Evicted] ?? 0)]))
    : undefined
}
