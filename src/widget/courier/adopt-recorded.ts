import { isOwnerless } from '../capture/ownerless.js'
import type { Recorded } from '../capture/record-event.js'
import { concludeFailure, concludeSuccess } from './conclude-batch.js'
import { parseEventKey } from './event-key.js'
import { applyToQueue, type Flushing } from './flushing.js'
import { isDone, isFailure } from './post-batch.js'
import { markTried, type Waiting } from './queue.js'

/** Takes over the event into the queue, unless it is delivered. @returns it, as the batch that the core has sent */
async function adoptEvent({ queue, moments }: Flushing, recorded: Recorded): Promise<Waiting[]> {
  const { key = '', stored, isStored, moment, sent } = recorded
  const response = sent?.response
  const eventKey = parseEventKey(key)
  if (!stored || !eventKey) return []
  if (response && !isFailure(response) && isDone(response, eventKey.id)) {
    // The core could not write down what came of it.
    if (!isStored) await queue.remove([eventKey])
    return []
  }
  const marked = sent ? markTried(stored) : stored
  moments.set(eventKey.id, moment)
  await queue.adopt(key, marked, isStored && !sent)
  return [[eventKey, marked]]
}

/** Goes on with what the core has begun: the event, and what became of its request. */
export async function adoptRecorded(flushing: Flushing, recorded: Recorded): Promise<void> {
  const { state, clock } = flushing
  const { stored, isStored, before, claim, owner, sent } = recorded
  const request = { ...recorded.request, opted_out: before.isOptedOut, session_page_views: before.views }
  const { response } = sent ?? {}
  if (sent && response && !isFailure(response))
    clock.learn(response.now, sent.sentMs, sent.originMs, sent.heard)
  const taken = await adoptEvent(flushing, recorded)
  if (stored && !(sent && isStored)) await state.update(({ views = 0 }) => ({ views: views + 1 }))
  const sender = { owner, claim: { ...claim, anonymous_id: before.anonymousId } }
  if (!response) {
    if (isOwnerless(before, recorded)) return flushing.onOwnerless()
    flushing.wanted = request
    flushing.flush()
  } else if (isFailure(response)) {
    flushing.wanted = request
    await state.update(await concludeFailure(flushing, response, { taken, before, sender }))
  } else {
    if (!response.verdict) flushing.wanted ??= request
    if (!isStored) await state.update(concludeSuccess(flushing, response, { taken, before, sender }))
    await applyToQueue(flushing, taken, response, { wasClockKnown: false, isAsked: true, owner }, claim)
  }
}
