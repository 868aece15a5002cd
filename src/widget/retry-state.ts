import { backoff } from '../http/backoff.js'
import { parseRetryAfter } from '../http/retry-after.js'
import { widgetAction } from '../http/retry-table.js'

const BASE_MS = 2_000
const MAX_MS = 300_000

/** Kept in the store, so that reloads and tabs share it. */
export interface RetryState {
  /** Failures in a row. */
  attempts: number
  /** Device clock. */
  notBeforeMs: number
  /** How many events at the head of the queue hold the one that something before the proxy refuses. */
  suspects?: number
}

/** What came of a request: its status (0: no answer of ours) and its Retry-After. */
export interface Failure {
  status: number
  retryAfter: string | null
}

/**
 * What a failed request means for the next one.
 *
 * @param sent how many events the batch had
 * @returns the state, or 'bury' where the one event that was sent alone is the culprit
 */
export function afterFailure(state: RetryState, failure: Failure, sent: number): RetryState | 'bury' {
  const action = widgetAction(failure.status)
  if ((action === 'halve' || action === 'bisect') && sent > 0) {
    return sent === 1 ? 'bury' : { attempts: 0, notBeforeMs: 0, suspects: sent }
  }
  const attempts = state.attempts + 1
  const wait = backoff(attempts, { baseMs: BASE_MS, maxMs: MAX_MS, random: Math.random })
  const asked = parseRetryAfter(failure.retryAfter, Date.now()) ?? 0
  // A fault of deployment heals by somebody's hand, not by our haste.
  const least = action === 'slow' ? MAX_MS / 2 : 0
  return { ...state, attempts, notBeforeMs: Date.now() + Math.max(wait, asked, least) }
}

/** After a batch that was answered: those who passed are no suspects any more. */
export function afterSuccess({ suspects = 0 }: RetryState, sent: number): RetryState {
  const left = suspects - sent
  return { attempts: 0, notBeforeMs: 0, ...(left > 0 && { suspects: left }) }
}

/** How many events the next batch may have: half of the suspects, so that the culprit stands alone in few requests. */
export const batchLimit = ({ suspects }: RetryState, most: number): number =>
  suspects ? Math.min(most, Math.ceil(suspects / 2)) : most
