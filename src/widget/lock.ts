import type { SharedState, State } from './state.js'

/** Longer than any request of ours: a holder that says nothing for so long is frozen or gone. */
const LEASE_MS = 45_000

const isLive = ({ lease }: State): boolean => {
  const leftMs = (lease?.untilMs ?? 0) - Date.now()
  // More than a whole lease ahead: the clock was set back meanwhile.
  return leftMs > 0 && leftMs <= LEASE_MS
}

/**
 * Runs work in one tab of the origin at a time, for one batch. A Web Lock frees itself when its holder crashes; a holder
 * that is frozen keeps it, so a lease beside it says since when, and a stale one is stolen. Where there are no Web Locks,
 * or where they throw (sandboxed frames), the lease alone decides, by compare-and-set.
 *
 * @returns whether the work ran; false where another tab is at it
 */
export type WithLock = (work: () => Promise<void>) => Promise<boolean>

export function createLock(name: string, holder: string, state: SharedState): WithLock {
  return async work => {
    const run = async (isSure: boolean): Promise<boolean> => {
      let isMine = isSure
      await state.update(current => {
        isMine ||= !isLive(current)
        return isMine ? { lease: { holder, untilMs: Date.now() + LEASE_MS } } : {}
      })
      if (!isMine) return false
      try {
        await work()
      } finally {
        await state.update(({ lease }) => (lease?.holder === holder ? { lease: undefined } : {}))
      }
      return true
    }

    let hasLocks = false
    try {
      const { locks } = navigator
      return await locks.request(name, { ifAvailable: true }, async lock => {
        hasLocks = true
        if (lock) return run(true)
        await state.update()
        return (
          state.get().lease !== undefined &&
          !isLive(state.get()) &&
          locks.request(name, { steal: true }, () => run(true))
        )
      })
    } catch (error) {
      if (hasLocks) throw error
      return run(false)
    }
  }
}
