import { type Dialect, type DialectAdapter, Kysely } from 'kysely'
import { createQueryDriver, type ExecuteQuery } from './query-driver.js'
import type { Db } from './storage.js'
import type { Tables } from './tables.js'

/** An engine, without a connection. */
export interface Engine {
  dialect: Dialect
  /** One for all views: prepared queries are kept by it. */
  adapter: DialectAdapter
}

/** A `Db` whose queries are run by `executeQuery`. */
export function createQueryView({ dialect, adapter }: Engine, executeQuery: ExecuteQuery): Db {
  return new Kysely<Tables>({
    dialect: {
      createDriver: () => createQueryDriver(executeQuery),
      createAdapter: () => adapter,
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createIntrospector: db => dialect.createIntrospector(db),
    },
  })
}
