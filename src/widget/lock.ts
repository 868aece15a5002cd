import type { Store } from './store.js'

const LEASE = 's|lease'
/** Longer than any request of ours: a holder that says nothing for so long is frozen or gone. */
const LEASE_MS = 45_000

interface Lease {
  holder: string
  untilMs: number
}

/**
 * Runs work in one tab of the origin at a time, for one batch. A Web Lock frees itself when its holder crashes; a holder
 * that is frozen keeps it, so a lease beside it says since when, and a stale one is stolen. Where there are no Web Locks,
 * or where they throw (sandboxed frames), the lease alone decides, by compare-and-set.
 *
 * @returns whether the work ran; false where another tab is at it
 */
export type WithLock = (work: () => Promise<void>) => Promise<boolean>

export function createLock(name: string, holder: string, store: Store): WithLock {
  const isLive = (lease: Lease | undefined): boolean => {
    const leftMs = (lease?.untilMs ?? 0) - Date.now()
    // More than a whole lease ahead: the clock was set back meanwhile.
    return leftMs > 0 && leftMs <= LEASE_MS && lease?.holder !== holder
  }

  const run = async (work: () => Promise<void>, isSure: boolean): Promise<boolean> => {
    let isMine = false
    await store.update<Lease | null>(LEASE, old => {
      isMine = isSure || !isLive(old ?? undefined)
      return isMine ? { holder, untilMs: Date.now() + LEASE_MS } : (old ?? null)
    })
    if (!isMine) return false
    try {
      await work()
    } finally {
      await store.update<Lease | null>(LEASE, old => (old?.holder === holder ? null : (old ?? null)))
    }
    return true
  }

  const steal = async (locks: LockManager, work: () => Promise<void>): Promise<boolean> => {
    const [lease] = (await store.getMany([LEASE])) as [Lease | null | undefined]
    if (!lease || isLive(lease)) return false
    return locks.request(name, { steal: true }, () => run(work, true))
  }

  return async work => {
    const locks = navigator.locks
    let started = false
    try {
      const ran = await locks.request(name, { ifAvailable: true }, lock => {
        started = true
        return lock && run(work, true)
      })
      return ran ?? (await steal(locks, work))
    } catch (error) {
      if (started) throw error
      return run(work, false)
    }
  }
}
