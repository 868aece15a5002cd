import {
  type CompiledQuery,
  type Dialect,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { createQueryDriver, type ExecuteQuery } from './query-driver.js'
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
export const createSqliteDialect = (handle: SqliteHandle): Dialect => dialectOf(createExecute(handle))

/** The same over a pool of readers. */
export const createPoolDialect = ({ query }: Pick<ReadPool, 'query'>): Dialect =>
  dialectOf(async <R>({ sql, parameters }: CompiledQuery<R>) => ({
    rows: (await query(sql, parameters)) as R[],
  }))

function dialectOf(executeQuery: ExecuteQuery): Dialect {
  const driver = createQueryDriver(executeQuery)
  return {
    createDriver: () => driver,
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: db => new SqliteIntrospector(db),
  }
}

/** The API's own statements are about fifty; schema statements come once and would only fill the cache. */
const MAX_STATEMENTS = 200

function createExecute(handle: SqliteHandle): ExecuteQuery {
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

  return async <R>({ sql, parameters }: CompiledQuery<R>): Promise<QueryResult<R>> => {
    const { statement, reader } = prepared(sql)
    if (reader) return { rows: statement.all(parameters) as R[] }
    return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) }
  }
}
