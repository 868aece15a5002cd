import { backoff } from '../http/backoff.js'
import { parseRetryAfter } from '../http/retry-after.js'
import { widgetAction } from '../http/retry-table.js'
import type { Failure } from './post.js'
import type { State } from './state.js'

const BACKOFF = { baseMs: 2_000, maxMs: 300_000, random: Math.random }
const SLOW_MS = 150_000

type RetryState = Pick<State, 'attempts' | 'notBeforeMs' | 'suspects'>

/** After so many events were answered for, or buried: they are no suspects any more. */
export const afterSuccess = ({ suspects }: State, sent: number): RetryState => ({
  attempts: 0,
  notBeforeMs: 0,
  suspects: suspects - sent,
})

/**
 * What a failed request means for the next one.
 *
 * @param sent how many events the batch had
 * @returns without `attempts` where it was the events' fault: one that was sent alone is the culprit, and to be buried
 */
export function afterFailure(state: State, { status, retryAfter }: Failure, sent: number): RetryState {
  const action = widgetAction(status)
  if (sent && action === 'bisect') return { ...afterSuccess(state, 1), ...(sent > 1 && { suspects: sent }) }
  const attempts = state.attempts + 1
  const waitMs = Math.max(
    backoff(attempts, BACKOFF),
    parseRetryAfter(retryAfter, Date.now()) ?? 0,
    // A fault of deployment heals by somebody's hand, not by our haste.
    action === 'retry' ? 0 : SLOW_MS,
  )
  return { attempts, notBeforeMs: Date.now() + waitMs, suspects: state.suspects }
}

/** How many events the next batch may have: half of the suspects, so that the culprit stands alone in few requests. */
export const batchLimit = ({ suspects }: State, most: number): number =>
  suspects > 0 ? Math.ceil(suspects / 2) : most
