import type { BatchAnswer, IdentityClaim, VerdictRequest } from '../../wire/delivery.js'
import { nowMs } from '../boot/platform.js'
import type { PageClaim } from '../capture/record-event.js'
import type { Clock } from './event-time.js'
import type { FlushTimer } from './flush-timer.js'
import type { WithLock } from './lock.js'
import type { Problem } from './problem-teller.js'
import type { Waiting } from './queue.js'
import type { QuotaParts } from './quota.js'
import { applyResponse, type DeliveryParts } from './send-batch.js'

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

/** A flusher at work: what it was given, what it remembers, and what is wanted of it next. */
export interface Flushing extends FlusherOptions, DeliveryParts, FlushTimer {
  /** What the page asks of the verdict; absent where none is wanted. */
  wanted?: VerdictRequest | undefined
}

/** Whose events a batch brings, and what it says of them. */
export interface Sender {
  /** Identity hash. */
  owner: string
  claim: IdentityClaim
}

/** Milliseconds for which the proxy wants to hear nothing of an event. */
export const deferredMs = ({ deferredUntilMs }: Pick<Flushing, 'deferredUntilMs'>, id: string): number =>
  Math.max(0, (deferredUntilMs.get(id) ?? 0) - nowMs())

/** Does what an HTTP response of the proxy's says of each event, of the verdict, and of who is here. */
export async function applyToQueue(
  flushing: Flushing,
  taken: Waiting[],
  response: BatchAnswer,
  sent: Parameters<typeof applyResponse>[3],
  { token }: PageClaim,
): Promise<void> {
  const { flushInMs, needsVerdict } = await applyResponse(flushing, taken, response, sent)
  if (needsVerdict) flushing.wanted ??= flushing.request()
  flushing.flush(flushInMs)
  if (response.identity_problem) flushing.onProblem(response.identity_problem, token)
}
