import { Kysely, PostgresDialect, sql } from 'kysely'
import { assertMigrated } from './database-file.js'
import { createFairReads } from './fair-reads.js'
import { noteTime } from './heartbeat.js'
import type { SqlNames } from './migrations/migration.js'
import { migrate, prepareMigrations } from './migrations.js'
import { createPostgresPool, type PostgresPool } from './postgres-pool.js'
import { createReplicaReads, type RunRead } from './postgres-replica.js'
import { codeOf, createOwnTransactions, pauseAfter, repeatRead, runScan } from './postgres-transactions.js'
import { createQueryView, type Engine } from './query-view.js'
import { createSharedTransactions } from './shared-transactions.js'
import type { Db, Storage, TransactionBody } from './storage.js'
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

const UNIQUE_VIOLATION = '23505'
/** What a concurrent `create table if not exists` may answer all the same. */
const SCHEMA_RACE = new Set([UNIQUE_VIOLATION, '42P07', '42710'])

const MAX_SCHEMA_ATTEMPTS = 10

/** Connections for what is looked up, for units of their own, and for units that share transactions. */
const CONNECTIONS = 10

/** Connections for lists and reports. */
const SCANS = 4

/** A list takes milliseconds; what takes so long is given up. */
const SCAN_TIMEOUT_MS = 10_000

/** A replica, for what reads many rows. */
export interface ReadDb {
  url: string
  /** The primary is asked where the replica is further behind. */
  maxLagMs: number
}

export interface PostgresOptions {
  url: string
  readDb?: ReadDb | undefined
  now: () => number
  /** Whether a database without our tables gets them. @default true */
  create?: boolean
  /** Is told how many units a commit carried. */
  onCommit?: (units: number) => void
  /** Is told of connections that break; the pool replaces them by itself. */
  onConnectionError?: (error: Error) => void
}

/** Connects to PostgreSQL, or to what speaks like it. Several processes may use one database. */
export async function openPostgres(options: PostgresOptions): Promise<Storage> {
  const { url, readDb, now, create = true, onCommit, onConnectionError } = options
  const pool = await createPostgresPool({ url, max: CONNECTIONS, pipeline: true, onConnectionError })
  // Connections of their own, so that long lists take none from writes.
  const scanPool = await createPostgresPool({ url, max: SCANS, pipeline: true, onConnectionError })
  const dialect = new PostgresDialect({ pool })
  const direct = new Kysely<Tables>({ dialect })
  const engine: Engine = { dialect, adapter: direct.getExecutor().adapter }
  const db = createQueryView(engine, query => repeatRead(() => direct.executeQuery(query)))
  const scanOf =
    (from: PostgresPool): RunRead =>
    query =>
      repeatRead(() => runScan(from, query, SCAN_TIMEOUT_MS))
  const runAlone = createOwnTransactions(pool, engine)
  const runShared = createSharedTransactions({ pool, engine, runAlone, onCommit })
  const writeExclusively = <T>(unit: TransactionBody<T>) =>
    runAlone(async transaction => {
      // The lock is a row, not an advisory lock, which PostgreSQL's kin lack. A process that dies lets go of it.
      await transaction.selectFrom('schema_lock').select('id').where('id', '=', 1).forUpdate().execute()
      return unit(transaction)
    })
  const replica = readDb === undefined ? undefined : await openReplica(readDb)
  const scans = createQueryView(engine, replica ? replica.reads.run : scanOf(scanPool))

  async function openReplica({ url, maxLagMs }: ReadDb) {
    const replicaPool = await createPostgresPool({ url, max: SCANS, pipeline: true, onConnectionError })
    const onReplica: RunRead = query => runScan(replicaPool, query, SCAN_TIMEOUT_MS)
    const reads = createReplicaReads({
      onPrimary: scanOf(scanPool),
      onReplica,
      replica: createQueryView(engine, onReplica),
      beat: () => runAlone(transaction => noteTime(transaction, now()), { isRepeatable: true }),
      now,
      maxLagMs,
    })
    return { pool: replicaPool, reads }
  }
  async function close(): Promise<void> {
    await replica?.reads.stop()
    await replica?.pool.end()
    await direct.destroy()
    await scanPool.end()
  }

  try {
    if (!create) await assertMigrated(direct)
    await prepareSchema(direct)
    await writeExclusively(transaction => migrate(transaction, NAMES, now()))
  } catch (error) {
    await close()
    throw error
  }

  return {
    db,
    scansFor: createFairReads({ db: scans, engine, slots: SCANS }),
    inspect: read => read(direct),
    write: (unit, options = {}) =>
      options.subject === undefined ? runAlone(unit, options) : runShared(unit, options.subject, options),
    writeExclusively,
    locksRows: true,
    purge: async () => undefined,
    isUniqueViolation: error => codeOf(error) === UNIQUE_VIOLATION,
    close,
  }
}

/** Makes the tables of the migrations, beside another process that may do so at the same moment. */
async function prepareSchema(db: Db): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await prepareMigrations(db, NAMES)
    } catch (error) {
      if (attempt === MAX_SCHEMA_ATTEMPTS || !SCHEMA_RACE.has(codeOf(error))) throw error
      await pauseAfter(attempt)
    }
  }
}
