import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { ReadPool } from './read-pool.js'

/** What is used of a libsql connection; it is that of better-sqlite3. */
export interface SqliteHandle {
  prepare(sql: string): SqliteStatement
  exec(sql: string): void
  close(): void
  readonly inTransaction: boolean
}

interface SqliteStatement {
  readonly reader: boolean
  all(parameters: readonly unknown[]): unknown[]
  run(parameters: readonly unknown[]): { changes: number }
}

/**
 * Kysely's own SQLite dialect prepares every statement anew and queues for the connection; here prepared statements are
 * kept (a request runs the same few), and nobody queues, since libsql answers at once.
 */
export const createSqliteDialect = (handle: SqliteHandle): Dialect => dialectOf(createConnection(handle))

/** The same over a pool of readers. */
export const createPoolDialect = ({ query }: Pick<ReadPool, 'query'>): Dialect =>
  dialectOf({
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => ({
      rows: (await query(sql, parameters)) as R[],
    }),
    streamQuery: refuseToStream,
  })

function dialectOf(connection: DatabaseConnection): Dialect {
  const refuse = async () => {
    throw new TypeError('transactions are the group commit’s: use storage.write')
  }
  const driver: Driver = {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => undefined,
  }
  return {
    createDriver: () => driver,
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: db => new SqliteIntrospector(db),
  }
}

/** The API's own statements are about fifty; schema statements come once and would only fill the cache. */
const MAX_STATEMENTS = 200

function createConnection(handle: SqliteHandle): DatabaseConnection {
  const statements = new Map<string, { statement: SqliteStatement; reader: boolean }>()

  function prepared(sql: string) {
    const known = statements.get(sql)
    if (known) return known
    const statement = handle.prepare(sql)
    const entry = { statement, reader: statement.reader }
    if (statements.size >= MAX_STATEMENTS) statements.clear()
    statements.set(sql, entry)
    return entry
  }

  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const { statement, reader } = prepared(sql)
      if (reader) return { rows: statement.all(parameters) as R[] }
      return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) }
    },
    streamQuery: refuseToStream,
  }
}

// biome-ignore lint/correctness/useYield: the interface asks for a generator; nothing here streams.
async function* refuseToStream(): AsyncGenerator<never> {
  throw new TypeError('nothing streams from SQLite')
}
