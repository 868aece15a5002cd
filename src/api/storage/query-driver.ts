import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'

export type ExecuteQuery = <R>(query: CompiledQuery<R>) => Promise<QueryResult<R>>

/** A driver with one connection, whose queries are run by `executeQuery` and never wait for each other. */
export function createQueryDriver(executeQuery: ExecuteQuery): Driver {
  const connection: DatabaseConnection = {
    executeQuery: query => executeQuery(query as CompiledQuery<never>),
    streamQuery: refuseToStream,
  }
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
