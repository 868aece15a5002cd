/** What HTTP responses, and their absence, mean for what waits: decisions without effects. */
import { backoff } from '../../http/backoff.js'
import { parseRetryAfter } from '../../http/retry-after.js'
import { widgetAction } from '../../http/widget-action.js'
import { type BatchAnswer, MAX_BATCH_EVENTS } from '../../wire/delivery.js'
import type { State } from '../storage/shared-state.js'
import type { EventKey } from './event-key.js'
import type { Failure } from './post-batch.js'

/** Doubles from two seconds to five minutes. */
const BACKOFF = { baseMs: 2_000, maxMs: 300_000 }
const SLOW_MS = 150_000
/**
 * A 403 is a fault of deployment, until so many came in a row and an empty batch passes: then a firewall takes a text for
 * an attack.
 */
const FORBIDDEN = 6
/** What the proxy could not take now rests for so long at least, and for so much longer at most unless it says how long. */
const PAUSE_MS = 1_500
export const HOLD_MS = 30_000
/** No ticket becomes another one by waiting; a new page, or another proxy, may know it. */
const STUCK_MS = 3_600_000

/** When the next request may be, and how large: the part of {@link State} that failures change. */
export type RetryState = Required<Pick<State, 'attempts' | 'notBeforeMs' | 'suspects'>>

export interface FailurePlan extends RetryState {
  /** Why the only event of the batch can't be delivered. */
  deadLetter?: string
  /** Whether the way is open must be known first: send an empty batch, and ask again with what became of it. */
  probe?: true
}

/** After so many events were answered for, or moved to the dead letters: they are no suspects any more. */
export const afterSuccess = ({ suspects = 0 }: Pick<State, 'suspects'>, sent: number): RetryState => ({
  attempts: 0,
  notBeforeMs: 0,
  suspects: suspects - sent,
})

/** How many events the next batch may have: half of the suspects, so that the culprit stands alone in few requests. */
export const batchLimit = ({ suspects = 0 }: Pick<State, 'suspects'>, most: number): number =>
  suspects > 0 ? Math.ceil(suspects / 2) : most

/**
 * What a failed request means for the next one.
 *
 * @param before the request
 * @param sent how many events it held
 * @param isOpen whether an empty batch has passed since; undefined where none was sent
 * @param random uniform in [0, 1)
 */
export function planAfterFailure(
  { status, retryAfter }: Failure,
  before: Pick<State, 'attempts' | 'suspects'>,
  sent: number,
  isOpen?: boolean,
  nowMs = Date.now(),
  random = Math.random,
): FailurePlan {
  const action = widgetAction(status)
  const { suspects = 0 } = before
  // A count that is corrupt would make every wait none.
  const attempts = (Number(before.attempts) || 0) + 1
  const isOfBatch = action === 'bisect' || (status === 403 && suspects > 0)
  if (sent && (isOfBatch || (status === 403 && attempts % FORBIDDEN === 0))) {
    const next = { attempts: 0, notBeforeMs: 0, suspects: sent }
    if (isOfBatch && sent > 1) return next
    // Refused alone, it is the culprit only if the way is open otherwise; and if so once more, since the way may just
    // have been mended, or not be the same for each request.
    if (isOpen)
      return sent === 1 && suspects === 1 ? { ...next, suspects: 0, deadLetter: `status_${status}` } : next
    if (isOpen === undefined) return { ...next, probe: true }
  }
  const waitMs = Math.max(
    backoff(attempts, { ...BACKOFF, random }),
    parseRetryAfter(retryAfter, nowMs) ?? 0,
    // A fault of deployment heals by somebody's hand, not by our haste.
    action === 'slow' ? SLOW_MS : 0,
  )
  return { attempts, notBeforeMs: nowMs + waitMs, suspects }
}

/** What becomes of each event of a batch. */
export interface ResultsPlan {
  remove: (readonly [key: EventKey, status: 'done' | 'duplicate'])[]
  deadLetter: (readonly [key: EventKey, reason: string])[]
  /** Those that wait so long, milliseconds. */
  deferForMs: (readonly [key: EventKey, ms: number])[]
  /** When to look again for the sake of what is still there. */
  flushInMs: number
}

/**
 * What an HTTP response of the proxy's means for the events that it was about. Only what it names leaves the store.
 *
 * @param wasClockKnown whether the device's clock was known when they were sent
 * @param waiting how many events wait in all
 */
export function applyResults(
  { results, retry_after_s = 0 }: Pick<BatchAnswer, 'results' | 'retry_after_s'>,
  keys: readonly EventKey[],
  wasClockKnown: boolean,
  waiting: number,
  random = Math.random,
): ResultsPlan {
  const waitMs = PAUSE_MS + Math.max(random() * HOLD_MS, retry_after_s * 1_000)
  // So long that all others have their turn before the same come again.
  const turns = Math.max(1, Math.ceil(waiting / MAX_BATCH_EVENTS))
  const plan: ResultsPlan = { remove: [], deadLetter: [], deferForMs: [], flushInMs: waitMs }
  let isClockWrong = false
  let isStuck = keys.length > 0
  for (const key of keys) {
    const result = results[key.id]
    const reason = result && 'reason' in result ? result.reason : ''
    if (result?.status === 'done' || result?.status === 'duplicate') plan.remove.push([key, result.status])
    else if (result?.status === 'rejected') plan.deadLetter.push([key, reason])
    // By how much it is wrong is known now: the same can come again at once.
    else if (reason === 'clock' && !wasClockKnown) isClockWrong = true
    else {
      const isOfTicket = reason.startsWith('ticket')
      isStuck &&= isOfTicket
      plan.deferForMs.push([key, isOfTicket ? STUCK_MS : waitMs * turns])
    }
  }
  plan.flushInMs = isClockWrong ? 0 : isStuck ? PAUSE_MS : waitMs
  return plan
}
