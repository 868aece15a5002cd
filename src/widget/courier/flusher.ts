import { widgetAction } from '../../http/widget-action.js'
import {
  type BatchAnswer,
  type DeliveryEvent,
  type IdentityClaim,
  MAX_BATCH_EVENTS,
  type VerdictRequest,
} from '../../wire/delivery.js'
import { nowMs } from '../boot/platform.js'
import { isOwnerless } from '../capture/ownerless.js'
import type { PageClaim, Recorded } from '../capture/record-event.js'
import { isOwnedBy } from '../identity/identity-hash.js'
import { hasSameVerdict, isSameSession, learn, type State } from '../storage/shared-state.js'
import { moveToDeadLetters } from './dead-letters.js'
import { parseEventKey } from './event-key.js'
import { type Clock, type Moment, timeLeft } from './event-time.js'
import { afterSuccess, batchLimit, HOLD_MS, planAfterFailure } from './failure-policy.js'
import { createFlushTimer } from './flush-timer.js'
import type { Conclusion, WithLock } from './lock.js'
import { type Failure, isDone, isFailure } from './post-batch.js'
import type { Problem } from './problem-teller.js'
import { markTried, type Waiting } from './queue.js'
import { enforceQuota, type QuotaParts } from './quota.js'
import { isOwned, selectBatch } from './select-batch.js'
import { applyResponse, type DeliveryParts, sendBatch } from './send-batch.js'

/** The events of one batch; a single event may be larger. */
const BATCH_BYTES = 32_768
/** Browsers allow 64 KiB of keepalive requests at a time: so much for the page's end, */
const LEAVE_BYTES = 40_000
/** and so much for a flush while the page is hidden, which may be the last that it hears. */
const HIDDEN_BYTES = 16_000
/** Another tab holds the lock: look again when its request may be over. */
const BUSY_MS = 1_500
/** No wait is longer; one that is comes of a clock that was set back meanwhile. */
const MAX_WAIT_MS = 3_600_000

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

export interface FlusherOptions extends QuotaParts {
  clock: Clock
  withLock: WithLock
  url: string
  /** Whether anything may be sent: not without consent, nor after the widget's end. */
  isAllowed(): boolean
  identityHash(): string
  claim(): IdentityClaim
  /** What the page asks of the verdict. */
  request(): VerdictRequest
  /** There is something that the site has to mend. @param token the identity token that it is about */
  onProblem(problem: Problem, token?: string): void
  /** There is a page view that waits to be told whose it is. */
  onOwnerless(): void
}

/** Whose events a batch brings, and what it says of them. */
interface Sender {
  owner: string
  claim: IdentityClaim
}

type Apply = (
  taken: Waiting[],
  response: BatchAnswer,
  sent: Parameters<typeof applyResponse>[3],
  claim: PageClaim,
) => Promise<void>

export function createFlusher(options: FlusherOptions): Flusher {
  const { queue, state, clock, emitter, identityHash } = options
  const parts: DeliveryParts = { ...options, moments: new Map(), deferredUntilMs: new Map() }
  const { moments, deferredUntilMs } = parts
  let wanted: VerdictRequest | undefined

  const run = emitter.guard(async () => {
    try {
      if (options.isAllowed() && !(await options.withLock(flushOnce))) flush(BUSY_MS)
    } catch (error) {
      // Another tab has stolen the lock from this one, which was frozen; or something is broken that may heal.
      flush(HOLD_MS)
      throw error
    }
  })
  const { flush, takeUrgency } = createFlushTimer(run)

  const deferredMs = (id: string) => Math.max(0, (deferredUntilMs.get(id) ?? 0) - nowMs())

  /** All that waits; what is wanted anew while we look comes with an event that we may not have seen. */
  const lookAtQueue = async () => {
    for (;;) {
      const ask = wanted
      const keys = await queue.keys()
      if (ask === wanted) return { ask, keys }
    }
  }

  /** Who is here is asked once: whoever comes while we read and write gets nothing of it, and gives no ticket for it. */
  const select = async (before: State) => {
    const { ask, keys } = await lookAtQueue()
    let sender: Sender = { owner: identityHash(), claim: options.claim() }
    const selectOf = async () => {
      const { taken, unfit, nextMs } = await selectBatch(keys, {
        queue,
        isWitnessed: id => moments.has(id),
        onOwnerless: options.onOwnerless,
        deferredMs,
        owner: sender.owner,
        maxEvents: batchLimit(before, MAX_BATCH_EVENTS),
        maxBytes: document.hidden ? HIDDEN_BYTES : BATCH_BYTES,
      })
      for (const key of unfit) await moveToDeadLetters(parts, key)
      flush(nextMs)
      return taken
    }
    let taken = await selectOf()
    if (!taken[0] && !ask) {
      // What nobody in particular did, before it was said who is here, is brought by the device alone.
      sender = { owner: '', claim: { anonymous_id: sender.claim.anonymous_id } }
      taken = await selectOf()
    }
    return { ask, sender, taken }
  }

  /** What a failed request means for all tabs; a dead letter that it makes is made. */
  const planFor = async (
    failure: Failure,
    taken: Waiting[],
    before: State,
    { claim }: Sender,
    ask: VerdictRequest = {},
  ) => {
    if (widgetAction(failure.status) !== 'retry') options.onProblem(failure.status)
    await enforceQuota(parts)
    let plan = planAfterFailure(failure, before, taken.length)
    if (plan.probe) {
      // With all that the page says of its visitor: that may be what is refused.
      const { response } = await sendBatch(parts, [], { claim, ask, keepalive: document.hidden })
      plan = planAfterFailure(failure, before, taken.length, !isFailure(response))
    }
    const { deadLetter, probe: _, ...next } = plan
    if (deadLetter && taken[0]) await moveToDeadLetters(parts, taken[0][0], deadLetter)
    flush(next.notBeforeMs - Date.now())
    return () => next
  }

  /** What the proxy has said of whoever is here. */
  const learnFrom = (
    response: BatchAnswer,
    taken: Waiting[],
    before: State,
    { owner }: Sender,
    ask: VerdictRequest | undefined,
  ): Conclusion => {
    const { ticket } = response
    const verdict = hasSameVerdict(state.get(), before, owner) && response.verdict
    if (verdict) {
      if (ask === wanted) wanted = undefined
      if (owner === identityHash()) emitter.emit('verdict', verdict)
    }
    // A yes that came while their response waited would ask them again.
    const hasAnswered = taken.some(
      ([{ isPageView }, stored]) => !isPageView && isOwnedBy(stored.owner, owner),
    )
    return now => ({
      ...afterSuccess(before, taken.length),
      ...(isSameSession(now, before) &&
        learn(now, owner, {
          ...(ticket && { ticket }),
          ...(hasAnswered && { verdict: undefined }),
          ...(verdict && hasSameVerdict(now, before, owner) && { verdict }),
        })),
    })
  }

  const apply: Apply = async (taken, response, sent, { token }) => {
    const { flushInMs, needsVerdict } = await applyResponse(parts, taken, response, sent)
    if (needsVerdict) wanted ??= options.request()
    flush(flushInMs)
    if (response.identity_problem) options.onProblem(response.identity_problem, token)
  }

  const flushOnce = async (): Promise<Conclusion | undefined> => {
    const before = state.get()
    const waitMs = timeLeft(before.notBeforeMs, MAX_WAIT_MS)
    if (!takeUrgency() && waitMs) {
      flush(waitMs)
      return undefined
    }
    const { ask, sender, taken } = await select(before)
    if (!taken[0] && !ask) return undefined
    const sent = await sendBatch(parts, taken, { claim: sender.claim, ask, keepalive: document.hidden })
    const { response } = sent
    if (isFailure(response)) return planFor(response, taken, before, sender, ask)
    await apply(taken, response, { ...sent, isAsked: !!ask, owner: sender.owner }, sender.claim)
    return learnFrom(response, taken, before, sender, ask)
  }

  const adopt = async (recorded: Recorded) => {
    const { key, stored, isStored, moment, before, claim, owner, sent } = recorded
    const request = { ...recorded.request, opted_out: before.isOptedOut, session_page_views: before.views }
    const { response } = sent ?? {}
    if (sent && response && !isFailure(response))
      clock.learn(response.now, sent.sentMs, sent.originMs, sent.heard)
    const eventKey = parseEventKey(key ?? '')
    const isOpen = stored && eventKey && !(response && !isFailure(response) && isDone(response, eventKey.id))
    const taken: Waiting[] = isOpen ? [[eventKey, sent ? markTried(stored) : stored]] : []
    for (const [{ key, id }, marked] of taken) {
      moments.set(id, moment)
      await queue.adopt(key, marked, isStored && !sent)
    }
    if (stored && !(sent && isStored)) await state.update(({ views = 0 }) => ({ views: views + 1 }))
    if (response && isFailure(response)) {
      const sender = { owner, claim: { ...claim, anonymous_id: before.anonymousId } }
      wanted = request
      await state.update(await planFor(response, taken, before, sender))
    } else if (response) {
      if (!response.verdict) wanted ??= request
      if (!isStored) {
        // The core could not write down what came of it.
        if (eventKey && !isOpen) await queue.remove([eventKey])
        await state.update(learnFrom(response, taken, before, { owner, claim: options.claim() }, undefined))
      }
      await apply(taken, response, { wasClockKnown: false, isAsked: true, owner }, claim)
    } else if (isOwnerless(before, recorded)) options.onOwnerless()
    else {
      wanted = request
      flush()
    }
  }

  return {
    add: (event, moment, owner = identityHash()) => {
      moments.set(event.id, moment)
      return queue.add({ event, owner, isUnsettled: !moment.isKnown })
    },
    flush,
    ask: (request, withinMs, urgent) => {
      wanted = request
      flush(withinMs, urgent)
    },
    adopt: emitter.guard(adopt),
    undefer: () => deferredUntilMs.clear(),
    flushOnPageHide: emitter.guard(async () => {
      let bytes = 0
      const taken = queue
        .own()
        .filter(([key, stored]) => {
          const isDue = !deferredMs(key.id) && isOwned(stored, identityHash())
          if (!isDue || bytes + key.bytes > LEAVE_BYTES) return false
          bytes += key.bytes
          return true
        })
        .slice(0, MAX_BATCH_EVENTS)
      if (!taken[0]) return
      const sent = await sendBatch(parts, taken, { claim: options.claim(), keepalive: true, isLeaving: true })
      // The page may live on, in the back/forward cache or because the visitor stayed: then the response counts.
      if (!isFailure(sent.response))
        await applyResponse(parts, taken, sent.response, { ...sent, isAsked: false, owner: identityHash() })
    }),
  }
}
