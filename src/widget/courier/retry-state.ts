import { backoff } from '../../http/backoff.js'
import type { State } from '../storage/shared-state.js'

const BACKOFF = { baseMs: 2_000, maxMs: 300_000, random: Math.random }

/** When the next request may be, and how large. */
export type RetryState = Required<Pick<State, 'attempts' | 'notBeforeMs' | 'suspects'>>

/** After so many events were answered for, or buried: they are no suspects any more. */
export const afterSuccess = ({ suspects = 0 }: State, sent: number): RetryState => ({
  attempts: 0,
  notBeforeMs: 0,
  suspects: suspects - sent,
})

/** After a request without an answer; for what a status may mean beyond that see `failure-policy.ts`. */
export const afterFailure = ({ attempts, suspects = 0 }: State): RetryState => {
  // A count that is corrupt would make every wait none.
  const next = (Number(attempts) || 0) + 1
  return { attempts: next, notBeforeMs: Date.now() + backoff(next, BACKOFF), suspects }
}

/** How many events the next batch may have: half of the suspects, so that the culprit stands alone in few requests. */
export const batchLimit = ({ suspects = 0 }: State, most: number): number =>
  suspects > 0 ? Math.ceil(suspects / 2) : most
