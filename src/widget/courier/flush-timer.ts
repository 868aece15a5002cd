import { nowMs } from '../boot/platform.js'
export interface FlushTimer {
  /** Asks for a flush within so many milliseconds; the soonest wish counts. `isUrgent` passes over the backoff. */
  flush(withinMs?: number, isUrgent?: boolean): void
  /** Whether somebody was in a hurry since this was asked last. */
  takeUrgency(): boolean
}

/** Flushes one after the other; a wish that comes due while one is under way waits for its turn. */
export function createFlushTimer(run: () => Promise<unknown>): FlushTimer {
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueMs = Infinity
  let isUrgent = false
  let running: Promise<unknown> = Promise.resolve()
  return {
    flush(withinMs = 0, urgent = false) {
      isUrgent ||= urgent
      const atMs = nowMs() + withinMs
      if (atMs >= dueMs) return
      dueMs = atMs
      clearTimeout(timer)
      timer = setTimeout(() => {
        running = running.then(() => {
          dueMs = Infinity
          return run()
        })
      }, withinMs)
    },
    takeUrgency() {
      const wasUrgent = isUrgent
      isUrgent = false
      return wasUrgent
    },
  }
}
