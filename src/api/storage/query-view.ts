import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type DialectAdapter,
  type Driver,
  Kysely,
  type QueryResult,
} from 'kysely'
import type { Db } from './storage.js'
import type { Tables } from './tables.js'

/** An engine, without a connection. */
export interface Engine {
  dialect: Dialect
  /** One for all views: prepared queries are kept by it. */
  adapter: DialectAdapter
}

type ExecuteQuery = <R>(query: CompiledQuery<R>) => Promise<QueryResult<R>>

/** A `Db` whose queries are run by `executeQuery`. */
export function createQueryView({ dialect, adapter }: Engine, executeQuery: ExecuteQuery): Db {
  const connection: DatabaseConnection = {
    executeQuery: query => executeQuery(query as CompiledQuery<never>),
    streamQuery: refuseToStream,
  }
  return new Kysely<Tables>({
    dialect: {
      createDriver: () => createDriver(connection),
      createAdapter: () => adapter,
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createIntrospector: db => dialect.createIntrospector(db),
    },
  })
}

function createDriver(connection: DatabaseConnection): Driver {
  const refuse = async () => {
    throw new TypeError('transactions are begun by storage.write')
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
  throw new TypeError('nothing is streamed from the database')
}
