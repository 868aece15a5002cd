import { backoff } from '../http/backoff.js'
import {
  type Batch,
  type BatchAnswer,
  DELIVERY_VERSION,
  type DeliveryEvent,
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  type Verdict,
  type VerdictRequest,
} from '../wire/delivery.js'
import type { Clock, Moment } from './clock.js'
import type { Emitter } from './emitter.js'
import type { EventKey } from './event-key.js'
import type { IdentityStore } from './identity.js'
import type { WithLock } from './lock.js'
import { post } from './post.js'
import type { Queue, StoredEvent } from './queue.js'
import { afterFailure, afterSuccess, batchLimit, type Failure, type RetryState } from './retry-state.js'
import type { Store } from './store.js'
import { uuid } from './uuid.js'

const RETRY = 's|retry'
const SOFT_MAX_BYTES = 32_768
/** Room for the batch around its events. */
const ENVELOPE_BYTES = 4_096
/** Browsers allow 64 KiB of keepalive requests at a time: so much for the page's end, */
const KEEPALIVE_BYTES = 48 * 1_024 - ENVELOPE_BYTES
/** and so much for a flush while the page is hidden, which may be the last that it hears. */
const HIDDEN_BYTES = 12 * 1_024
/** Another tab holds the lock: look again when its request may be over. */
const BUSY_MS = 1_500
const EVENT_BACKOFF = { baseMs: 5_000, maxMs: 300_000, random: Math.random }

export interface Flusher {
  /** Stores an event; it is on its way when a flush is asked for. */
  add(event: DeliveryEvent, moment: Moment): Promise<void>
  /** Asks for a flush within so many milliseconds; the soonest wish counts. `isUrgent` passes over the backoff. */
  flush(withinMs: number, isUrgent?: boolean): void
  /** Wants a verdict with the next batch, which may be empty. */
  ask(request: VerdictRequest): void
  /** The page is going: sends what this page still holds, beyond its own life. */
  leave(): void
  /** What was held back for another identity may go now. */
  identityChanged(): void
  stop(): void
}

export interface FlusherOptions {
  url: string
  store: Store
  queue: Queue
  identity: IdentityStore
  clock: Clock
  emitter: Emitter
  withLock: WithLock
  onVerdict(verdict: Verdict): void
}

type Entry = [key: EventKey, stored: StoredEvent]

const sumBytes = (entries: Entry[]): number => entries.reduce((sum, [{ bytes }]) => sum + bytes, 0)

export function createFlusher(options: FlusherOptions): Flusher {
  const { url, store, queue, identity, clock, emitter, withLock, onVerdict } = options
  /** Acts of this page that were never sent: only of these can we say that they were not tried. */
  const fresh = new Map<string, Moment>()
  /** Events that the proxy wants later: they must not stand in the way of others. */
  const held = new Map<string, { attempts: number; untilMs: number }>()
  let wanted: VerdictRequest | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueMs = Number.POSITIVE_INFINITY
  let urgent = false
  let running = false
  let stopped = false

  const flush = (withinMs: number, isUrgent = false) => {
    urgent ||= isUrgent
    const atMs = performance.now() + withinMs
    if (stopped || atMs >= dueMs) return
    dueMs = atMs
    clearTimeout(timer)
    timer = setTimeout(run, withinMs)
  }

  const run = emitter.guard(async () => {
    dueMs = Number.POSITIVE_INFINITY
    if (running || stopped) return
    running = true
    try {
      if (!(await withLock(cycle))) flush(BUSY_MS)
    } finally {
      running = false
    }
  })

  /** Ready to go: has a ticket, or its own identity is the one that is here; and is not held back. */
  const isDue = ({ event, who }: StoredEvent) => event.ticket !== undefined || who === identity.who()

  const isHeld = (id: string) => (held.get(id)?.untilMs ?? 0) > performance.now()

  const take = async (keys: EventKey[], limit: number): Promise<Entry[]> => {
    const taken: Entry[] = []
    let bytes = 0
    const candidates = keys.filter(({ id }) => !isHeld(id))
    for (let from = 0; from < candidates.length && taken.length < limit; from += MAX_BATCH_EVENTS) {
      const some = candidates.slice(from, from + MAX_BATCH_EVENTS)
      for (const [index, stored] of (await queue.read(some)).entries()) {
        const key = some[index] as EventKey
        if (stored?.event?.id !== key.id) await queue.bury(key, undefined, 'corrupt')
        else if (key.bytes > MAX_BATCH_BYTES - ENVELOPE_BYTES) await queue.bury(key, stored, 'too_large')
        else if (!isDue(stored)) held.set(key.id, { attempts: 0, untilMs: Number.POSITIVE_INFINITY })
        else if (taken.length < limit && (!taken.length || bytes + key.bytes <= SOFT_MAX_BYTES)) {
          taken.push([key, stored])
          bytes += key.bytes
        } else return taken
      }
    }
    return taken
  }

  /** Decides the second of each act that has none yet, and stores it before the first attempt. */
  const settle = (entry: Entry): Entry => {
    const [key, stored] = entry
    if (!stored.unsettled) return entry
    const { unsettled: _, ...rest } = stored
    return [
      key,
      {
        ...rest,
        event: { ...stored.event, ...clock.settle(fresh.get(key.id) ?? clock.past(stored.event.at)) },
      },
    ]
  }

  const toWire = (event: DeliveryEvent): DeliveryEvent =>
    fresh.delete(event.id) ? event : { ...event, tried: true }

  const createBatch = (entries: Entry[], ask: VerdictRequest | undefined): Batch => ({
    v: DELIVERY_VERSION,
    id: uuid(),
    events: entries.map(([, { event }]) => toWire(event)),
    ...((ask || entries.some(([, { event }]) => !event.ticket)) && { identity: identity.claim() }),
    ...(ask && { ask }),
    ...(!clock.isKnown() && { sent_at: Date.now() }),
  })

  const cycle = async () => {
    const isUrgent = urgent
    urgent = false
    const keys = await queue.keep()
    const [stored] = (await store.getMany([RETRY])) as [RetryState | undefined]
    const state = stored ?? { attempts: 0, notBeforeMs: 0 }
    const waitMs = state.notBeforeMs - Date.now()
    // More than the longest wait there is: the clock was set back meanwhile.
    if (!isUrgent && waitMs > 0 && waitMs <= 3_600_000) return flush(waitMs)
    await identity.load()

    const taken = await take(keys, batchLimit(state, MAX_BATCH_EVENTS))
    const ask = wanted
    if (!taken.length && !ask) return flushHeld()
    const entries = taken.map(settle)
    const changed = entries.filter((entry, index) => entry !== taken[index])
    if (changed.length) await queue.write(changed)

    const who = identity.who()
    const evicted = await queue.evicted()
    const batch = createBatch(entries, ask)
    if (evicted) batch.evicted = evicted
    const sentMs = performance.now()
    const answer = await post(
      url,
      batch,
      document.visibilityState === 'hidden' && sumBytes(entries) < HIDDEN_BYTES,
    )
    if ('status' in answer) return fail(answer, state, entries)

    clock.learn(answer.now, sentMs, performance.now())
    await store.update<RetryState>(RETRY, () => afterSuccess(state, entries.length))
    await apply(entries, answer, changed)
    if (evicted) await queue.forgetEvicted(evicted)
    if (answer.ticket || answer.verdict) {
      await identity.learn(who, {
        ...(answer.ticket && { ticket: answer.ticket }),
        ...(answer.verdict && { verdict: answer.verdict }),
      })
    }
    if (answer.verdict && ask === wanted) wanted = undefined
    if (answer.verdict && who === identity.who()) onVerdict(answer.verdict)
    // There may be more: at once, since the proxy has just said that it is well.
    flush(0)
  }

  const fail = async (failure: Failure, state: RetryState, entries: Entry[]) => {
    const next = afterFailure(state, failure, entries.length)
    if (next === 'bury') {
      const [key, stored] = entries[0] as Entry
      await queue.bury(key, stored, `status_${failure.status}`)
    }
    await store.update<RetryState>(RETRY, () => (next === 'bury' ? { attempts: 0, notBeforeMs: 0 } : next))
    flush(next === 'bury' ? 0 : Math.max(0, next.notBeforeMs - Date.now()))
  }

  /** Deletes only what the proxy named. */
  const apply = async (entries: Entry[], { results, retry_after_s }: BatchAnswer, justSettled: Entry[]) => {
    const gone: EventKey[] = []
    const corrected: Entry[] = []
    for (const entry of entries) {
      const [key, stored] = entry
      const { status, reason } = (results[key.id] ?? { status: 'retry' }) as {
        status: string
        reason?: string
      }
      const { id, type } = stored.event
      if (status === 'done' || status === 'duplicate') {
        gone.push(key)
        emitter.emit('delivered', { id, type, status })
      } else if (status === 'rejected') await queue.bury(key, stored, reason ?? status)
      else if (reason === 'clock') {
        // Nothing was taken of this batch: the device's clock is wrong, and by how much is known from now on.
        const moment = { ...clock.past(stored.event.at), settled: !justSettled.includes(entry) }
        corrected.push([key, { ...stored, event: { ...stored.event, ...clock.settle(moment) } }])
      } else {
        const attempts = (held.get(id)?.attempts ?? 0) + 1
        const waitMs = Math.max(backoff(attempts, EVENT_BACKOFF), (retry_after_s ?? 0) * 1_000)
        held.set(id, { attempts, untilMs: performance.now() + waitMs })
      }
    }
    for (const { id } of gone) held.delete(id)
    await queue.remove(gone)
    if (corrected.length) await queue.write(corrected)
  }

  const flushHeld = () => {
    const soonest = Math.min(...[...held.values()].map(({ untilMs }) => untilMs))
    if (Number.isFinite(soonest)) flush(Math.max(0, soonest - performance.now()))
  }

  return {
    add: (event, moment) => {
      fresh.set(event.id, moment)
      return queue.add(
        { event, who: identity.who(), ...(!moment.settled && { unsettled: true }) },
        moment.atMs,
      )
    },
    flush,
    ask: request => {
      wanted = request
    },
    leave: emitter.guard(async () => {
      const entries: Entry[] = []
      let bytes = 0
      for (const [key, stored] of queue.mirror()) {
        bytes += key.bytes
        if (entries.length === MAX_BATCH_EVENTS || bytes > KEEPALIVE_BYTES) break
        if (isDue(stored) && !isHeld(key.id)) entries.push(settle([key, stored]))
      }
      if (!entries.length || stopped) return
      // Not awaited: the page may be gone before it is done, and the request must leave first.
      queue.write(entries)
      const answer = await post(url, createBatch(entries, undefined), true)
      // The page may live on: in the back/forward cache, or because the visitor stayed.
      if ('results' in answer) await apply(entries, answer, [])
    }),
    identityChanged: () => {
      for (const [id, { attempts }] of held) if (!attempts) held.delete(id)
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
