import { type CompiledQuery, type DatabaseConnection, type Dialect, type Driver, Kysely } from 'kysely'
import { createSemaphore } from '../../runtime/semaphore.js'
import type { Db } from './storage.js'
import type { Tables } from './tables.js'

/** Reads that wait beyond this many are refused: they would be given up before their turn. */
const MAX_WAITING = 1_000

export interface FairReadsOptions {
  /** Runs the reads. */
  db: Db
  /** What `db` was made of. */
  dialect: Dialect
  /** Reads that `db` runs at the same time. */
  slots: number
}

/**
 * Shares the slots of `db` between accounts: they take turns, and one account leaves a slot to the others, so that the slow
 * lists of one account hold up nobody else's.
 *
 * @returns the view of `db` for one account
 */
export function createFairReads({ db, dialect, slots }: FairReadsOptions): (accountId: number) => Db {
  const takeTurn = createSemaphore({
    maxRunning: slots,
    maxWaiting: MAX_WAITING,
    maxRunningPerLane: Math.max(1, slots - 1),
  })
  // Prepared queries are kept by the adapter.
  const { adapter } = db.getExecutor()
  return accountId => {
    const lane = String(accountId)
    const connection: DatabaseConnection = {
      executeQuery: <R>(query: CompiledQuery) =>
        takeTurn(() => db.executeQuery<R>(query as CompiledQuery<R>), lane),
      streamQuery: refuseToStream,
    }
    return new Kysely<Tables>({
      dialect: {
        createDriver: () => createReadDriver(connection),
        createAdapter: () => adapter,
        createQueryCompiler: () => dialect.createQueryCompiler(),
        createIntrospector: of => dialect.createIntrospector(of),
      },
    })
  }
}

function createReadDriver(connection: DatabaseConnection): Driver {
  const refuse = async () => {
    throw new TypeError('lists and reports need no transaction')
  }
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => undefined,
  }
}

// biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams.
async function* refuseToStream(): AsyncGenerator<never> {
  throw new TypeError('nothing streams from the readers')
}
