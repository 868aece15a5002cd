import { RetryLaterError } from './retry-later-error.js'

/**
 * When a request's time is over. It ends waits and what has not begun; a call that is under way goes on to its own end,
 * for an event that may have been written is worth more known than cut off.
 */
export interface Deadline {
  /**
   * To be called before anything is written: the visitor was told to come again, and another proxy may be at it.
   *
   * @throws RetryLaterError when the time is over
   */
  check(): void
  /** Resolves with `work`, or with undefined when the time is over first. `work` goes on, watched by nobody. */
  within<T>(work: Promise<T>): Promise<T | undefined>
  /** Waits so long; not at all where the time would be over before. @returns whether it has waited */
  wait(ms: number): Promise<boolean>
  /** To be called when the request is answered. */
  clear(): void
}

/** @param monotonic milliseconds */
export function createDeadline(ms: number, monotonic: () => number): Deadline {
  const endMs = monotonic() + ms
  let isOver = false
  const waiting = new Set<() => void>()
  const timer = setTimeout(() => {
    isOver = true
    for (const expire of waiting) expire()
  }, ms)
  return {
    check() {
      if (isOver) throw new RetryLaterError('upstream', 0)
    },
    within: work =>
      new Promise((resolve, reject) => {
        const expire = () => resolve(undefined)
        if (isOver) expire()
        else waiting.add(expire)
        work.then(resolve, reject)
      }),
    async wait(waitMs) {
      if (monotonic() + waitMs >= endMs) return false
      await new Promise(resolve => setTimeout(resolve, waitMs))
      return true
    },
    clear: () => clearTimeout(timer),
  }
}
