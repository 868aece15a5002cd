import type { DeliveryEvent, VerdictRequest } from '../../wire/delivery.js'
import type { Recorded } from '../capture/record-event.js'
import { adoptRecorded } from './adopt-recorded.js'
import type { Moment } from './event-time.js'
import { HOLD_MS } from './failure-policy.js'
import { flushOnPageHide } from './flush-on-page-hide.js'
import { flushOnce } from './flush-once.js'
import { createFlushTimer } from './flush-timer.js'
import type { FlusherOptions, Flushing } from './flushing.js'

/** Another tab holds the lock: look again when its request may be over. */
const BUSY_MS = 1_500

export interface Flusher {
  /** Stores an event of whoever was here at that moment. @param owner their identity hash; default: of who is here now */
  add(event: DeliveryEvent, moment: Moment, owner?: string): Promise<void>
  /** Asks for a flush within so many milliseconds; the soonest wish counts. `isUrgent` passes over the backoff. */
  flush(withinMs?: number, isUrgent?: boolean): void
  /** Wants a verdict with the next batch, which may be empty, and asks for a flush as above. */
  ask(request: VerdictRequest, withinMs?: number, isUrgent?: boolean): void
  /** Takes over what the core has begun: the event, and what became of its request. */
  adopt(recorded: Recorded): Promise<void>
  /** Forgets how long events were to wait: what held them back may be over. */
  undefer(): void
  /** The page is going: sends what this page still holds, beyond its own life. */
  flushOnPageHide(): void
}

export function createFlusher(options: FlusherOptions): Flusher {
  const { queue, emitter, identityHash } = options
  const run = emitter.guard(async () => {
    try {
      if (options.isAllowed() && !(await options.withLock(() => flushOnce(flushing)))) timer.flush(BUSY_MS)
    } catch (error) {
      // Another tab has stolen the lock from this one, which was frozen; or something is broken that may heal.
      timer.flush(HOLD_MS)
      throw error
    }
  })
  const timer = createFlushTimer(run)
  const flushing: Flushing = { ...options, ...timer, moments: new Map(), deferredUntilMs: new Map() }
  const { moments, deferredUntilMs, flush } = flushing
  return {
    add: (event, moment, owner = identityHash()) => {
      moments.set(event.id, moment)
      return queue.add({ event, owner, isUnsettled: !moment.isKnown })
    },
    flush,
    ask: (request, withinMs, urgent) => {
      flushing.wanted = request
      flush(withinMs, urgent)
    },
    adopt: emitter.guard(recorded => adoptRecorded(flushing, recorded)),
    undefer: () => deferredUntilMs.clear(),
    flushOnPageHide: emitter.guard(() => flushOnPageHide(flushing)),
  }
}
