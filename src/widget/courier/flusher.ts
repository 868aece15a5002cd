import {
  type Batch,
  type BatchAnswer,
  DELIVERY_VERSION,
  type DeliveryEvent,
  type IdentityClaim,
  MAX_BATCH_EVENTS,
  type Verdict,
  type VerdictRequest,
} from '../../wire/delivery.js'
import type { Lent, Tools } from '../boot/chunks.js'
import { nowMs } from '../boot/platform.js'
import { OWNERLESS } from '../capture/ownerless.js'
import { uuid } from '../capture/uuid.js'
import { isOwnedBy } from '../identity/identity-hash.js'
import { within } from '../storage/database.js'
import { learn, type State } from '../storage/shared-state.js'
import type { EventKey } from './event-key.js'
import { type Moment, timeLeft } from './event-time.js'
import type { Conclusion } from './lock.js'
import { type Failure, post } from './post-batch.js'
import { markTried, type StoredEvent, type Waiting } from './queue.js'
import { afterFailure, afterSuccess, batchLimit } from './retry-state.js'

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
/** A chunk that has not come by then is for another time: the lock is held meanwhile. */
const LOAD_MS = 5_000
/** So many events are within the bounds of the queue, however large they are. */
const FEW = 8
/** No wait is longer; one that is comes of a clock that was set back meanwhile. */
const MAX_WAIT_MS = 3_600_000

const DAY_MS = 86_400_000
const maxAgeMs = ({ isPageView }: EventKey): number => (isPageView ? 14 : 60) * DAY_MS

export interface Flusher {
  /** Stores an act of whoever was here at that moment. @param whose hash of their identity; default: who is here now */
  add(event: DeliveryEvent, moment: Moment, whose?: string): Promise<void>
  /** Asks for a flush within so many milliseconds; the soonest wish counts. `isUrgent` passes over the backoff. */
  flush(withinMs?: number, isUrgent?: boolean): void
  /** Wants a verdict with the next batch, which may be empty, and asks for a flush as above. */
  ask(request: VerdictRequest, withinMs?: number, isUrgent?: boolean): void
  /** The page is going: sends what this page still holds, beyond its own life. */
  leave(): void
}

export interface FlusherOptions
  extends Pick<Lent, 'queue' | 'state' | 'clock' | 'emitter' | 'withLock' | 'who' | 'load'> {
  url: string
  /** Whether anything may be sent: not without consent, nor after the widget's end. */
  isAllowed(): boolean
  claim(): IdentityClaim
  /** There is a page view that waits to be told whose it is. */
  onOwnerless(): void
  onVerdict(verdict: Verdict): void
}

export function createFlusher(options: FlusherOptions): Flusher {
  const { queue, state, clock, emitter, who } = options
  /** When this page's own acts were: of no others can we say that they were not tried by a page that had to go. */
  const moments = new Map<string, Moment>()
  /** Ids of what the proxy wants later. */
  const held = new Set<string>()
  let wanted: VerdictRequest | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueMs = Infinity
  let isUrgent = false
  let running = Promise.resolve()

  const flush = (withinMs = 0, urgent = false) => {
    isUrgent ||= urgent
    const atMs = nowMs() + withinMs
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
      if (options.isAllowed() && !(await options.withLock(cycle))) flush(BUSY_MS)
    } catch (error) {
      // Another tab has stolen the lock from this one, which was frozen; or something is broken that may heal.
      flush(HOLD_MS)
      throw error
    }
  })

  const tools = async <T>(work: (tools: Tools) => Promise<T>) =>
    work(await within(LOAD_MS, options.load('tools')))

  /** Ready to go, and its ticket or the one who is here says whose it is: nobody else may bring it. */
  const isDue = ({ event, who: whose }: StoredEvent, here: string) =>
    !held.has(event.id) && (event.ticket || isOwnedBy(whose, here))

  const take = async (
    keys: EventKey[],
    here: string,
    maxEvents: number,
    maxBytes: number,
  ): Promise<Waiting[]> => {
    const taken: Waiting[] = []
    const unfit: EventKey[] = []
    let bytes = 0
    for (const key of keys) {
      if (taken.length && (taken.length === maxEvents || bytes + key.bytes > maxBytes)) break
      const stored = await queue.read(key)
      // What this page has seen happen is as old as the page at most, whatever a clock says that was set meanwhile.
      const isTooOld = !moments.has(key.id) && Date.now() - key.timeMs > maxAgeMs(key)
      if (stored?.who === OWNERLESS) options.onOwnerless()
      if (stored === null || isTooOld) unfit.push(key)
      else if (stored && isDue(stored, here)) {
        bytes += key.bytes
        taken.push([key, stored])
      }
    }
    // Where the chunk that buries can't be had, they are passed over.
    if (unfit[0])
      await tools(async ({ bury }) => {
        for (const key of unfit) await bury(options, key)
      }).catch(() => undefined)
    return taken
  }

  /** Decides the second of each act that has none yet, sends the batch, and does what the answer says of each event. */
  const send = async (
    taken: Waiting[],
    claim: IdentityClaim,
    { ask, keepalive, isLeaving }: { ask?: VerdictRequest | undefined; keepalive: boolean; isLeaving?: true },
  ): Promise<BatchAnswer | Failure> => {
    const isKnown = clock.isKnown()
    const events: DeliveryEvent[] = []
    const isStored = queue.rewrite(
      taken.map(([key, stored]) => {
        const { id, at, tried } = stored.event
        const time = stored.isUnsettled && clock.settle(moments.get(id) ?? clock.past(at), tried)
        // A time by a clock that nobody has checked is decided anew, should the proxy say that it is wrong.
        const settled = { ...stored, event: { ...stored.event, ...time }, isUnsettled: !!time && !isKnown }
        const marked = markTried(settled)
        // A page that goes has no time to look whether another tab was faster.
        events.push((isLeaving || !moments.has(id) ? marked : settled).event)
        return [key, marked]
      }),
    )
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
    const sentMs = nowMs()
    const { originMs } = clock.moment()
    const answer = await post(options.url, batch, keepalive)
    if ('status' in answer) return answer

    clock.learn(answer.now, sentMs, originMs)
    if (evicted) await tools(({ told }) => told(options, evicted)).catch(() => undefined)
    const gone: EventKey[] = []
    const rest: EventKey[] = []
    for (const [key, { event }] of taken) {
      const status = answer.results[key.id]?.status
      // Only what the proxy names is deleted.
      if (status === 'done' || status === 'duplicate') {
        gone.push(key)
        // Should it come to light again, since the database was away, this page is none that knows all of its tries.
        moments.delete(key.id)
        emitter.emit('delivered', { id: key.id, type: event.type, status })
      } else rest.push(key)
    }
    await queue.remove(gone)
    if (rest[0] || (ask && !answer.verdict))
      await tools(({ keepRest }) => keepRest(options, rest, answer, isKnown, held, flush)).catch(() =>
        // Beside the timer of what else there is to do.
        setTimeout(flush, HOLD_MS),
      )
    // There may be more: at once, since the proxy has just said that it is well.
    if (gone[0] || answer.verdict) flush()
    return answer
  }

  const cycle = async (): Promise<Conclusion | undefined> => {
    const before = state.get()
    let ask: typeof wanted
    let keys: EventKey[]
    // What is wanted anew while we look comes with an act that we may not have seen.
    do {
      ask = wanted
      keys = await queue.keys()
    } while (ask !== wanted)
    const waitMs = timeLeft(before.notBeforeMs, MAX_WAIT_MS)
    if (!isUrgent && waitMs) {
      flush(waitMs)
      return undefined
    }
    isUrgent = false

    // Who is here is asked once: whoever comes while we read and write gets nothing of it, and gives no ticket for it.
    let asking = who()
    let claim = options.claim()
    const { hidden } = document
    const takeOf = (here: string) =>
      take(keys, here, batchLimit(before, MAX_BATCH_EVENTS), hidden ? HIDDEN_BYTES : BATCH_BYTES)
    let taken = await takeOf(asking)
    if (!taken[0] && !ask) {
      // What nobody in particular did, before it was said who is here, is brought by the device alone.
      asking = ''
      claim = { anonymous_id: claim.anonymous_id }
      taken = await takeOf(asking)
      if (!taken[0]) return undefined
    }
    const answer = await send(taken, claim, { ask, keepalive: hidden })

    if ('status' in answer) {
      let next = afterFailure(before)
      // Who answers at all can also give what knows the meaning of it.
      if (answer.status || keys.length > FEW)
        await tools(({ care }) =>
          care(options, answer, taken, next, () => send([], claim, { ask: ask ?? {}, keepalive: hidden })),
        ).then(
          better => {
            next = better
          },
          () => undefined,
        )
      flush(next.notBeforeMs - Date.now())
      return () => next
    }
    const { ticket } = answer
    // Of whoever has left in the meantime nothing is learned.
    const isSame = ({ session }: State) => session === before.session
    // Whoever has answered in the meantime has used up what is said now.
    const untilOf = ({ known }: State) => known[asking]?.verdict?.until
    const isFresh = (now: State) => isSame(now) && untilOf(now) === untilOf(before)
    const verdict = isFresh(state.get()) && answer.verdict
    if (verdict) {
      if (ask === wanted) wanted = undefined
      if (asking === who()) options.onVerdict(verdict)
    }
    // A yes that came while their answer waited would ask them again.
    const hasAnswered = taken.some(([{ isPageView }, { who }]) => !isPageView && isOwnedBy(who, asking))
    return now => ({
      ...afterSuccess(before, taken.length),
      ...(isSame(now) &&
        learn(now, asking, {
          ...(ticket && { ticket }),
          ...(hasAnswered && { verdict: undefined }),
          ...(verdict && isFresh(now) && { verdict }),
        })),
    })
  }

  return {
    add: (event, moment, whose = who()) => {
      moments.set(event.id, moment)
      return queue.add({ event, who: whose, isUnsettled: !moment.isKnown })
    },
    flush,
    ask: (request, withinMs, urgent) => {
      wanted = request
      flush(withinMs, urgent)
    },
    leave: emitter.guard(async () => {
      let bytes = 0
      const batch = queue
        .own()
        .filter(([key, stored]) => {
          if (!isDue(stored, who()) || bytes + key.bytes > LEAVE_BYTES) return false
          bytes += key.bytes
          return true
        })
        .slice(0, MAX_BATCH_EVENTS)
      // The page may live on, in the back/forward cache or because the visitor stayed: then the answer counts.
      if (batch[0]) await send(batch, options.claim(), { keepalive: true, isLeaving: true })
    }),
  }
}
