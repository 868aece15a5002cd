import { createSemaphore } from '../../runtime/semaphore.js'
import { createQueryView, type Engine } from './query-view.js'
import type { Db } from './storage.js'

/** Reads that wait beyond this many are refused: they would be given up before their turn. */
const MAX_WAITING = 1_000

export interface FairReadsOptions {
  /** Runs the reads. */
  db: Db
  engine: Engine
  /** Reads that `db` runs at the same time. */
  slots: number
}

/**
 * Shares the slots of `db` between accounts: they take turns, and one account leaves a slot to the others, so that the slow
 * lists of one account hold up nobody else's.
 *
 * @returns the view of `db` for one account
 */
export function createFairReads({ db, engine, slots }: FairReadsOptions): (accountId: number) => Db {
  const takeTurn = createSemaphore({
    maxRunning: slots,
    maxWaiting: MAX_WAITING,
    maxRunningPerLane: Math.max(1, slots - 1),
  })
  return accountId =>
    createQueryView(engine, query => takeTurn(() => db.executeQuery(query), String(accountId)))
}
