import type { State } from '../storage/shared-state.js'
import { timeLeft } from './event-time.js'
import type { SharedState } from './state-store.js'

/** Longer than any request of ours: a holder that says nothing for so long is frozen or gone. */
const LEASE_MS = 45_000

const isLive = ({ leaseUntilMs }: State) => timeLeft(leaseUntilMs, LEASE_MS)

/** What the work has to say to all tabs when it is done. */
export type Conclusion = (state: State) => Partial<State>

/**
 * Runs work in one tab of the origin at a time, for one batch, and writes its conclusion. A Web Lock frees itself when
 * its holder crashes; a holder that is frozen keeps it, so a lease beside it says until when, and a stale one is stolen.
 * Where there are no Web Locks, or where they throw (sandboxed frames), the lease alone decides, by compare-and-set.
 *
 * @returns whether the work ran; false where another tab is at it
 */
export type WithLock = (work: () => Promise<Conclusion | undefined>) => Promise<boolean>

export function createLock(name: string, state: SharedState): WithLock {
  return async work => {
    let isSeen = false

    const run = async (isHeld: boolean): Promise<boolean> => {
      let isFree = false
      isSeen = true
      await state.update(current => {
        isFree = isHeld || !isLive(current)
        return isFree ? { leaseUntilMs: Date.now() + LEASE_MS } : {}
      })
      // Where storage fails, it is decided anew later, when that does not matter any more.
      const isMine = isFree
      if (isMine) {
        let conclude: Conclusion | undefined
        try {
          conclude = await work()
        } finally {
          await state.update(current => ({ ...conclude?.(current), leaseUntilMs: 0 }))
        }
      }
      return isMine
    }

    try {
      const { locks } = navigator
      return await locks.request(name, { ifAvailable: true }, async lock => {
        if (lock) return run(true)
        isSeen = true
        await state.update()
        return (
          !!state.get().leaseUntilMs &&
          !isLive(state.get()) &&
          locks.request(name, { steal: true }, () => run(true))
        )
      })
    } catch (error) {
      if (isSeen) throw error
      return run(false)
    }
  }
}
