import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { backoff } from '../../http/backoff.js'
import { assertMigrated } from './database-file.js'
import { createFairReads } from './fair-reads.js'
import { importDriver } from './import-driver.js'
import type { SqlNames } from './migrations/migration.js'
import { migrate, prepareMigrations } from './migrations.js'
import { RetryTransaction, type Storage, type TransactionBody } from './storage.js'
import type { Tables } from './tables.js'

const NAMES: SqlNames = {
  integer: sql`bigint`,
  tableEnd: sql``,
  dropNotNull: (table, column) =>
    sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} drop not null`,
  serialKey: sql`bigint generated always as identity primary key`,
  jsonTexts: json => `(select key, value from json_each_text(${json}::json) where value is not null)`,
  afterChange: (table, columns, statement) => [
    sql.raw(`create function ${table}_changed() returns trigger language plpgsql as $$ begin
      if tg_op <> 'INSERT' then ${statement('old')}; end if;
      if tg_op <> 'DELETE' then ${statement('new')}; end if;
      return null;
    end $$`),
    sql.raw(`create trigger ${table}_changed after insert or delete or update of ${columns.join(', ')} on ${table}
      for each row execute function ${table}_changed()`),
  ],
}

/** PostgreSQL's type id of bigint, which `pg` hands over as text because it may exceed 2^53. Ours never does. */
const BIGINT_OID = 20

const UNIQUE_VIOLATION = '23505'
/** serialization_failure and deadlock_detected: the transaction is to be run again. */
const RUN_AGAIN = new Set(['40001', '40P01'])
/** What a concurrent `create table if not exists` may answer all the same. */
const SCHEMA_RACE = new Set([UNIQUE_VIOLATION, '42P07', '42710'])

const MAX_ATTEMPTS = 10

/** Connections for lists and reports. */
const SCANS = 4

/** A list takes milliseconds; what takes so long is given up. */
const SCAN_TIMEOUT_MS = 10_000

export interface PostgresOptions {
  url: string
  now: () => number
  /** Whether a database without our tables gets them. @default true */
  create?: boolean
  /** Is told of connections that break; the pool replaces them by itself. */
  onConnectionError?: (error: Error) => void
}

/** Connects to PostgreSQL, or to what speaks like it. Several processes may use one database. */
export async function openPostgres({
  url,
  now,
  create = true,
  onConnectionError,
}: PostgresOptions): Promise<Storage> {
  const { default: pg } = await importDriver('pg', () => import('pg'))
  const connect = (more: { max: number; statement_timeout?: number }) => {
    const pool = new pg.Pool({
      connectionString: url,
      connectionTimeoutMillis: 10_000,
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === BIGINT_OID ? Number : pg.types.getTypeParser(oid, format),
      },
      ...more,
    })
    // Without listeners a connection that breaks would end the process: the pool's is for idle ones, a connection's own for
    // when it is in use. Whoever uses it learns of it by the query that fails.
    pool.on('error', error => onConnectionError?.(error))
    pool.on('connect', client => void client.on('error', error => onConnectionError?.(error)))
    const dialect = new PostgresDialect({ pool })
    return { dialect, db: new Kysely<Tables>({ dialect }) }
  }
  const { db } = connect({ max: 10 })
  // Connections of their own, so that long lists take none from writes.
  const scans = connect({ max: SCANS, statement_timeout: SCAN_TIMEOUT_MS })
  const write = <T>(unit: TransactionBody<T>) =>
    runAgain(
      () => db.transaction().execute(unit),
      error => error instanceof RetryTransaction || RUN_AGAIN.has(codeOf(error)),
    )
  const writeExclusively = <T>(unit: TransactionBody<T>) =>
    write(async transaction => {
      // The lock is a row, not an advisory lock, which PostgreSQL's kin lack. A process that dies lets go of it.
      await transaction.selectFrom('schema_lock').select('id').where('id', '=', 1).forUpdate().execute()
      return unit(transaction)
    })

  try {
    if (!create) await assertMigrated(db)
    await runAgain(
      () => prepareMigrations(db, NAMES),
      error => SCHEMA_RACE.has(codeOf(error)),
    )
    await writeExclusively(transaction => migrate(transaction, NAMES, now()))
  } catch (error) {
    await db.destroy()
    await scans.db.destroy()
    throw error
  }

  return {
    db,
    scansFor: createFairReads({ ...scans, slots: SCANS }),
    inspect: read => read(db),
    write,
    writeExclusively,
    locksRows: true,
    isUniqueViolation: error => codeOf(error) === UNIQUE_VIOLATION,
    async close() {
      await db.destroy()
      await scans.db.destroy()
    },
  }
}

async function runAgain<T>(run: () => Promise<T>, mayRunAgain: (error: unknown) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !mayRunAgain(error)) throw error
      await sleep(backoff(attempt, { baseMs: 10, maxMs: 500, random: Math.random }))
    }
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
