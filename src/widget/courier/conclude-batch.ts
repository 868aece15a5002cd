/** What an HTTP response, or its absence, means for all tabs. */
import { widgetAction } from '../../http/widget-action.js'
import type { BatchAnswer, VerdictRequest } from '../../wire/delivery.js'
import { isOwnedBy } from '../identity/identity-hash.js'
import { hasSameVerdict, isSameSession, learn, type State } from '../storage/shared-state.js'
import { moveToDeadLetters } from './dead-letters.js'
import { afterSuccess, planAfterFailure } from './failure-policy.js'
import type { Flushing, Sender } from './flushing.js'
import type { Conclusion } from './lock.js'
import { type Failure, isFailure } from './post-batch.js'
import type { Waiting } from './queue.js'
import { enforceQuota } from './quota.js'
import { sendBatch } from './send-batch.js'

/** A batch as it was sent, and what the device knew then. */
export interface SentBatch {
  taken: Waiting[]
  before: State
  sender: Sender
  ask?: VerdictRequest | undefined
}

/** Makes the dead letter that a failed request may make. @returns what the failure means for the next request */
export async function concludeFailure(
  flushing: Flushing,
  failure: Failure,
  { taken, before, sender: { claim }, ask = {} }: SentBatch,
): Promise<Conclusion> {
  if (widgetAction(failure.status) !== 'retry') flushing.onProblem(failure.status)
  await enforceQuota(flushing)
  let plan = planAfterFailure(failure, before, taken.length)
  if (plan.probe) {
    // With all that the page says of its visitor: that may be what is refused.
    const { response } = await sendBatch(flushing, [], { claim, ask, keepalive: document.hidden })
    plan = planAfterFailure(failure, before, taken.length, !isFailure(response))
  }
  const { deadLetter, probe: _, ...next } = plan
  if (deadLetter && taken[0]) await moveToDeadLetters(flushing, taken[0][0], deadLetter)
  flushing.flush(next.notBeforeMs - Date.now())
  return () => next
}

/** What the proxy has said of the owner of the batch. */
export function concludeSuccess(
  flushing: Flushing,
  response: BatchAnswer,
  { taken, before, sender: { owner }, ask }: SentBatch,
): Conclusion {
  const { ticket } = response
  const verdict = hasSameVerdict(flushing.state.get(), before, owner) && response.verdict
  if (verdict) {
    if (ask === flushing.wanted) flushing.wanted = undefined
    if (owner === flushing.identityHash()) flushing.emitter.emit('verdict', verdict)
  }
  // A yes that came while their response waited would ask them again.
  const hasAnswered = taken.some(([{ isPageView }, stored]) => !isPageView && isOwnedBy(stored.owner, owner))
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
