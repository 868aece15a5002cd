import { Kysely, sql } from 'kysely'
import { ZerotenError } from '../../http/zeroten-error.js'
import { assertOurs, keepPrivate, prepareFile } from './database-file.js'
import { createFairReads } from './fair-reads.js'
import { createGroupCommit } from './group-commit.js'
import { importDriver } from './import-driver.js'
import type { SqlNames } from './migrations/migration.js'
import { migrate, prepareMigrations } from './migrations.js'
import { createReadPool } from './read-pool.js'
import { createPoolDialect, createSqliteDialect, type SqliteHandle } from './sqlite-dialect.js'
import type { Db, Storage, TransactionBody } from './storage.js'
import type { Tables } from './tables.js'

/** How long a write waits for another process that holds the file, say `zeroten api account add`. */
const BUSY_TIMEOUT_MS = 5_000

const NAMES: SqlNames = {
  integer: sql`integer`,
  tableEnd: sql`strict, without rowid`,
  // An extension of libsql's; SQLite itself would have the whole table copied.
  dropNotNull: (table, column) =>
    sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} to ${sql.ref(column)} text`,
  serialKey: sql`integer primary key`,
  // A number stays as it is written; SQLite would print it in its own way.
  jsonTexts:
    json => `(select key, case type when 'text' then atom when 'true' then 'true' when 'false' then 'false'
    else ${json} -> fullkey end as value from json_each(${json}) where type <> 'null')`,
  afterChange: (table, columns, statement) =>
    (
      [
        ['insert', ['new']],
        ['delete', ['old']],
        [`update of ${columns.join(', ')}`, ['old', 'new']],
      ] as const
    ).map(([change, rows]) =>
      sql.raw(`create trigger ${table}_${change.slice(0, 6)} after ${change} on ${table}
        begin ${rows.map(row => `${statement(row)};`).join(' ')} end`),
    ),
}

export interface SqliteOptions {
  /** Path of the file; made where it is missing. */
  path: string
  now: () => number
  /** Whether a file that is missing is made. @default true */
  create?: boolean
  onCommit?: (units: number) => void
}

/**
 * Opens a SQLite file with two connections, one that writes in group commits and one that reads single records, and more in
 * processes of their own for what reads many.
 */
export async function openSqlite({ path, now, onCommit, create = true }: SqliteOptions): Promise<Storage> {
  if (path === ':memory:') throw new TypeError('db: name a file; ":memory:" would be empty for every reader')
  const isNew = prepareFile(path, create)
  const { default: Database } = await importDriver('libsql', () => import('libsql'))
  const open = (): SqliteHandle => new Database(path, { timeout: BUSY_TIMEOUT_MS })
  const writer = open()
  if (!isNew && !create) await assertOurs(writer)
  await switchToWal(writer)
  // FULL: a commit that was acknowledged survives a loss of power, not only of the process.
  // SECURE_DELETE: what is deleted or replaced is overwritten, and stays in no free page.
  writer.exec('pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on')
  const reader = open()
  reader.exec('pragma query_only = on')

  const writing = new Kysely<Tables>({ dialect: createSqliteDialect(writer) })
  const reading = new Kysely<Tables>({ dialect: createSqliteDialect(reader) })
  const commits = createGroupCommit(writer, onCommit)
  const write = <T>(unit: TransactionBody<T>) => commits.run(() => unit(writing))

  await write(async db => {
    await prepareMigrations(db, NAMES)
    await migrate(db, NAMES, now())
  })
  keepPrivate(path)

  const pool = createReadPool({ path, busyTimeoutMs: BUSY_TIMEOUT_MS })
  const dialect = createPoolDialect(pool)
  const scans = new Kysely<Tables>({ dialect })
  const engine = { dialect, adapter: scans.getExecutor().adapter }
  const scansFor = createFairReads({ db: scans, engine, slots: pool.readers })

  return {
    db: reading,
    scansFor,
    // Opened anew, since an open connection answers from memory, also of a file that is damaged or gone.
    inspect: read => inspectWith(new Database(path, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true }), read),
    write,
    // Whoever writes to a SQLite file is alone anyway.
    writeExclusively: write,
    locksRows: false,
    purge: () => emptyLog(writer),
    isUniqueViolation: error => /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(codeOf(error)),
    async close() {
      await commits.idle()
      await pool.close()
      reader.close()
      // Whoever copies the file of an API that has ended has everything. SQLite does this by itself where connections end
      // at once; the driver's live on as long as their statements.
      try {
        writer.exec('pragma wal_checkpoint(truncate)')
      } catch {
        // A full disk, say: it is safe in the log, beside the file.
      }
      writer.close()
    },
  }
}

async function inspectWith(handle: SqliteHandle, read: (db: Db) => Promise<void>): Promise<void> {
  try {
    await read(new Kysely<Tables>({ dialect: createSqliteDialect(handle) }))
  } finally {
    handle.close()
  }
}

/** How long one attempt at emptying the log may hold up this process. */
const LOG_WAIT_MS = 20

/**
 * Folds the write-ahead log into the file and cuts it to nothing: it may have a copy of what was deleted. Waits for whoever
 * reads at the moment.
 */
async function emptyLog(handle: SqliteHandle): Promise<void> {
  const untilMs = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    if (!handle.inTransaction && isLogEmptied(handle)) return
    if (performance.now() > untilMs)
      throw new ZerotenError('log_not_emptied', 'the write-ahead log is being read: try again')
    await new Promise(resolve => setTimeout(resolve, LOG_WAIT_MS))
  }
}

function isLogEmptied(handle: SqliteHandle): boolean {
  handle.exec(`pragma busy_timeout = ${LOG_WAIT_MS}`)
  try {
    const [row] = handle.prepare('pragma wal_checkpoint(truncate)').all([]) as { busy: number }[]
    return row?.busy === 0
  } finally {
    handle.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/** SQLite does not wait for the lock that this takes, as it does for others: two processes may open a new file at once. */
async function switchToWal(handle: SqliteHandle): Promise<void> {
  const untilMs = performance.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      handle.exec('pragma journal_mode = wal')
      return
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY') || performance.now() > untilMs) throw error
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
