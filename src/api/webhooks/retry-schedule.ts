const S = 1_000
const MIN = 60 * S
const H = 60 * MIN

/** The wait after the first failure, after the second, and so on; 3 days and 7 hours together. */
export const RETRY_SCHEDULE_MS: readonly number[] = [
  S,
  5 * S,
  30 * S,
  2 * MIN,
  10 * MIN,
  30 * MIN,
  H,
  2 * H,
  4 * H,
  ...Array.from({ length: 9 }, () => 8 * H),
]

/** So many failures hold up what comes after, to keep its order; then the others pass. */
export const ORDERED_FAILURES = 5

/** A receiver may ask for a longer wait, up to this. */
const MAX_ASKED_MS = H

/** At most so much of a wait is added to it, so that webhooks which failed together do not come back together. */
const JITTER = 0.2

/**
 * @param failures of this message so far, the last included
 * @param random uniform in [0, 1)
 * @returns milliseconds; undefined where it has been tried for long enough
 */
export function retryWaitMs(
  { failures, askedMs = 0 }: { failures: number; askedMs?: number | undefined },
  random: () => number,
  schedule = RETRY_SCHEDULE_MS,
): number | undefined {
  const waitMs = schedule[failures - 1]
  if (waitMs === undefined) return undefined
  return Math.max(Math.min(askedMs, MAX_ASKED_MS), Math.round(waitMs * (1 + JITTER * random())))
}
