import {
  type Batch,
  type BatchAnswer,
  DELIVERY_VERSION,
  type DeliveryEvent,
  type IdentityClaim,
  type VerdictRequest,
} from '../../wire/delivery.js'
import { nowMs } from '../boot/platform.js'
import { uuid } from '../capture/uuid.js'
import { moveToDeadLetters } from './dead-letters.js'
import type { EventKey } from './event-key.js'
import type { Clock, Moment } from './event-time.js'
import { applyResults } from './failure-policy.js'
import { healTickets } from './heal-tickets.js'
import { type Failure, isDone, isFailure, post } from './post-batch.js'
import { markTried, type Waiting } from './queue.js'
import { acknowledgeEvictions, enforceQuota, type QuotaParts } from './quota.js'

/** What delivers, and what it remembers of this page. */
export interface DeliveryParts extends QuotaParts {
  clock: Clock
  url: string
  /**
   * When this page's own events were, by id: of no others can we say that they were not tried by a page that had to go.
   */
  moments: Map<string, Moment>
  /** Until when the proxy wants to hear nothing of an event, by id; monotonic milliseconds. */
  deferredUntilMs: Map<string, number>
}

export interface SendOptions {
  claim: IdentityClaim
  ask?: VerdictRequest | undefined
  keepalive: boolean
  isLeaving?: true
}

export interface Sent {
  response: BatchAnswer | Failure
  /** Whether the device's clock was known when it was sent. */
  wasClockKnown: boolean
}

/** Decides the second of each event that has none yet, and marks all as tried. @returns what is to be sent, and what stored */
function prepareEvents({ clock, moments }: DeliveryParts, taken: Waiting[], isLeaving: boolean) {
  const isKnown = clock.isKnown()
  const events: DeliveryEvent[] = []
  const rewritten = taken.map(([key, stored]): Waiting => {
    const { id, at, tried } = stored.event
    const time = stored.isUnsettled && clock.settle(moments.get(id) ?? clock.past(at), tried)
    // A time by a clock that nobody has checked is decided anew, should the proxy say that it is wrong.
    const settled = { ...stored, event: { ...stored.event, ...time }, isUnsettled: !!time && !isKnown }
    const marked = markTried(settled)
    // A page that goes has no time to look whether another tab was faster.
    events.push((isLeaving || !moments.has(id) ? marked : settled).event)
    return [key, marked]
  })
  return { events, rewritten }
}

export async function sendBatch(parts: DeliveryParts, taken: Waiting[], options: SendOptions): Promise<Sent> {
  const { clock, queue, state } = parts
  const { ask, keepalive } = options
  const wasClockKnown = clock.isKnown()
  const { events, rewritten } = prepareEvents(parts, taken, !!options.isLeaving)
  const isStored = queue.rewrite(rewritten)
  // The page may be gone before that is done: then the request must leave first.
  if (!keepalive) await isStored

  const { evicted } = state.get()
  const batch: Batch = {
    v: DELIVERY_VERSION,
    id: uuid(),
    events,
    // What is undefined does not travel.
    identity: ask || events.some(({ ticket }) => !ticket) ? options.claim : undefined,
    ask,
    evicted,
    sent_at: wasClockKnown ? undefined : Date.now(),
  }
  const sentMs = nowMs()
  const { originMs } = clock.moment()
  const response = await post(parts.url, batch, keepalive)
  if (!isFailure(response)) {
    clock.learn(response.now, sentMs, originMs)
    if (evicted) await acknowledgeEvictions(parts, evicted)
  }
  return { response, wasClockKnown }
}

export interface Applied {
  /** When to flush again, milliseconds; Infinity where nothing of this batch asks for it. */
  flushInMs: number
  /** Whether a verdict must be asked for, so that a response gets a ticket that can be opened. */
  needsVerdict: boolean
}

/** Does what the proxy says of each event of a batch. */
export async function applyResponse(
  parts: DeliveryParts,
  taken: Waiting[],
  response: BatchAnswer,
  { wasClockKnown, isAsked, owner }: { wasClockKnown: boolean; isAsked: boolean; owner: string },
): Promise<Applied> {
  const { queue, emitter, moments, deferredUntilMs } = parts
  const keys = taken.map(([key]) => key)
  const isIncomplete = (isAsked && !response.verdict) || keys.some(({ id }) => !isDone(response, id))
  const waiting = isIncomplete ? (await queue.keys()).length : 0
  const plan = applyResults(response, keys, wasClockKnown, waiting)
  for (const [{ id }, status] of plan.remove) {
    // Should it come to light again, since the database was away, this page is none that knows all of its tries.
    moments.delete(id)
    const type = taken.find(([key]) => key.id === id)?.[1].event.type
    if (type) emitter.emit('delivered', { id, type, status })
  }
  await queue.remove(plan.remove.map(([key]) => key))
  for (const [key, reason] of plan.deadLetter) await moveToDeadLetters(parts, key, reason)
  const healed = healTickets(taken, response, owner)
  const needsVerdict = healed.needsVerdict && !isAsked
  await queue.rewrite(healed.events)
  const isHealed = (key: EventKey) =>
    healed.events.some(([{ id }]) => id === key.id) || (needsVerdict && !key.isPageView)
  for (const [key, ms] of plan.deferForMs) if (!isHealed(key)) deferredUntilMs.set(key.id, nowMs() + ms)
  if (isIncomplete) await enforceQuota(parts)
  // There may be more: at once, since the proxy has just said that it is well.
  const isAtOnce = plan.remove[0] || response.verdict || healed.events[0] || needsVerdict
  return { flushInMs: isAtOnce ? 0 : isIncomplete ? plan.flushInMs : Infinity, needsVerdict }
}
