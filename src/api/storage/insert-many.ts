import { CompiledQuery, PostgresAdapter, sql } from 'kysely'
import type { Db, Storage } from './storage.js'
import type { Tables } from './tables.js'

export interface InsertManyOptions {
  /** Leaves out rows whose key is taken. @default false */
  ignoreConflicts?: boolean
}

/** Rows of one statement on SQLite, which takes 32,766 parameters. */
const MAX_ROWS = 100

/** Room for the indexes' pages, in KiB, where SQLite's 2 MB would have them read again and again. */
const CACHE_KIB = 131_072

/** Prepares the database for {@link insertMany} by the million. */
export async function prepareForMany(storage: Storage): Promise<void> {
  await storage.write(async db => {
    if (!(db.getExecutor().adapter instanceof PostgresAdapter))
      await sql`pragma cache_size = ${sql.lit(-CACHE_KIB)}`.execute(db)
  })
}

/**
 * Ends what {@link prepareForMany} began. PostgreSQL plans by what it knows of a table, and learns of many new rows only after
 * a while.
 */
export async function finishMany(storage: Storage): Promise<void> {
  await storage.write(async db => {
    if (db.getExecutor().adapter instanceof PostgresAdapter) await sql`analyze`.execute(db)
  })
}

/**
 * Inserts many rows with few statements. PostgreSQL takes them as one JSON parameter; SQLite takes JSON apart more slowly
 * than it binds values, and gets them in statements whose text is always the same.
 *
 * @returns how many were inserted
 */
export async function insertMany<T extends keyof Tables & string>(
  db: Db,
  table: T,
  rows: readonly Tables[T][],
  { ignoreConflicts = false }: InsertManyOptions = {},
): Promise<number> {
  const [first] = rows
  if (!first) return 0
  const names = Object.keys(first) as (keyof Tables[T] & string)[]
  const end = ignoreConflicts ? ' on conflict do nothing' : ''
  if (db.getExecutor().adapter instanceof PostgresAdapter) {
    const columns = sql.join(names.map(name => sql.ref(name)))
    const { numAffectedRows = 0n } = await sql`insert into ${sql.table(table)} (${columns})
      select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)
      ${sql.raw(end)}`.execute(db)
    return Number(numAffectedRows)
  }
  const one = `(${names.map(() => '?').join(',')})`
  let inserted = 0n
  for (let at = 0; at < rows.length; at += MAX_ROWS) {
    const some = rows.slice(at, at + MAX_ROWS)
    const text = `insert into ${table} (${names.join(',')}) values ${some.map(() => one).join(',')}${end}`
    const values = some.flatMap(row => names.map(name => row[name]))
    const { numAffectedRows = 0n } = await db.executeQuery(CompiledQuery.raw(text, values))
    inserted += numAffectedRows
  }
  return Number(inserted)
}
