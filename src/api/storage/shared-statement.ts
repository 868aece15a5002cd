import type { Db } from './storage.js'

/** A statement in two forms: for one unit, and for many units of one transaction at once. */
export interface SharedStatement<P, R> {
  one(db: Db, given: P): Promise<R>
  /** @returns the results in the order of `given` */
  many(db: Db, given: readonly P[]): Promise<R[]>
  /** Whether this result says that something was written. */
  wrote(result: R): boolean
}

/** Runs statements of several units together. */
export interface StatementBatcher {
  run<P, R>(statement: SharedStatement<P, R>, given: P): Promise<R>
}

/** The batchers of those `Db`s that have one. */
const batchers = new WeakMap<Db, StatementBatcher>()

/** From now on shared statements on `db` are run by `batcher`. */
export const attachBatcher = (db: Db, batcher: StatementBatcher): void => void batchers.set(db, batcher)

/**
 * Makes a function of a statement. In a transaction that units share it runs once for all units that call it at the same time;
 * elsewhere it runs by itself.
 */
export const shareStatement =
  <P, R>(statement: SharedStatement<P, R>): ((db: Db, given: P) => Promise<R>) =>
  (db, given) => {
    const batcher = batchers.get(db)
    return batcher ? batcher.run(statement, given) : statement.one(db, given)
  }

interface Entry {
  given: unknown
  resolve(result: unknown): void
  reject(error: unknown): void
}

type AnyStatement = SharedStatement<unknown, unknown>

/** Gathers what is called in one turn of the event loop, and runs each kind of statement once. */
export function createStatementBatcher(db: Db): StatementBatcher {
  let pending = new Map<AnyStatement, Entry[]>()

  async function runTogether(statement: AnyStatement, entries: readonly Entry[]): Promise<void> {
    const [first] = entries
    try {
      const results =
        entries.length === 1
          ? [await statement.one(db, first?.given)]
          : await statement.many(
              db,
              entries.map(({ given }) => given),
            )
      for (const [index, { resolve }] of entries.entries()) resolve(results[index])
    } catch (error) {
      for (const { reject } of entries) reject(error)
    }
  }

  function flush(): void {
    const gathered = pending
    pending = new Map()
    for (const [statement, entries] of gathered) void runTogether(statement, entries)
  }

  return {
    run<P, R>(statement: SharedStatement<P, R>, given: P) {
      return new Promise<R>((resolve, reject) => {
        if (pending.size === 0) setImmediate(flush)
        const key = statement as unknown as AnyStatement
        const entries = pending.get(key) ?? []
        pending.set(key, entries)
        entries.push({ given, resolve: result => resolve(result as R), reject })
      })
    },
  }
}
