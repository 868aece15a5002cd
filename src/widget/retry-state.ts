import { backoff } from '../http/backoff.js'
import { parseRetryAfter } from '../http/retry-after.js'
import { widgetAction } from '../http/retry-table.js'
import type { Failure } from './post.js'
import type { State } from './state.js'

const BACKOFF = { baseMs: 2_000, maxMs: 300_000, random: Math.random }
const SLOW_MS = 150_000

type RetryState = Pick<State, 'attempts' | 'notBeforeMs'> & Partial<Pick<State, 'suspects'>>

/**
 * What a failed request means for the next one.
 *
 * @param sent how many events the batch had
 * @returns undefined where the one event that was sent alone is the culprit
 */
export function afterFailure(
  { attempts }: State,
  { status, retryAfter }: Failure,
  sent: number,
): RetryState | undefined {
  const action = widgetAction(status)
  if (sent && (action === 'halve' || action === 'bisect')) {
    return sent > 1 ? { attempts: 0, notBeforeMs: 0, suspects: sent } : undefined
  }
  const waitMs = Math.max(
    backoff(attempts + 1, BACKOFF),
    parseRetryAfter(retryAfter, Date.now()) ?? 0,
    // A fault of deployment heals by somebody's hand, not by our haste.
    action === 'retry' ? 0 : SLOW_MS,
  )
  return { attempts: attempts + 1, notBeforeMs: Date.now() + waitMs }
}

/** After so many events were answered for: they are no suspects any more. */
export const afterSuccess = ({ suspects }: State, sent: number): RetryState => ({
  attempts: 0,
  notBeforeMs: 0,
  suspects: Math.max(0, suspects - sent),
})

/** How many events the next batch may have: half of the suspects, so that the culprit stands alone in few requests. */
export const batchLimit = ({ suspects }: State, most: number): number =>
  suspects ? Math.ceil(suspects / 2) : most
