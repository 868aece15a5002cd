import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs'
import { sql } from 'kysely'
import { ZerotenError } from '../../http/zeroten-error.js'
import type { SqliteHandle } from './sqlite-dialect.js'
import type { Db } from './storage.js'

/** What SQLite keeps beside the file, with the file's own rights where it makes them. */
const BESIDE = ['', '-wal', '-shm']

const OWNER_ONLY = 0o600

/**
 * Makes the file where it is missing, for its owner alone.
 *
 * @returns whether the file was made
 * @throws ZerotenError `database_missing` where there is none and none is to be made, `database_not_opened` where the path leads
 * to something else
 */
export function prepareFile(path: string, create: boolean): boolean {
  if (existsSync(path)) {
    if (statSync(path).isFile()) return false
    throw new ZerotenError('database_not_opened', `the database can't be opened: ${path} is no file`)
  }
  if (!create) throw missing(`there is no database ${path}`)
  closeSync(openSync(path, 'a', OWNER_ONLY))
  return true
}

/**
 * Sees to it that nobody but its owner can read the database, which holds what people wrote. Only once it is known to be ours: a
 * path that was mistyped leads to what others need.
 */
export function keepPrivate(path: string): void {
  for (const file of BESIDE.map(suffix => path + suffix)) tighten(file)
}

function tighten(file: string): void {
  if (!existsSync(file)) return
  const mode = statSync(file).mode & 0o777
  if ((mode & ~OWNER_ONLY) === 0) return
  try {
    chmodSync(file, mode & OWNER_ONLY)
  } catch {
    // Another user's file: whoever made it readable answers for it.
  }
}

const missing = (what: string) =>
  new ZerotenError('database_missing', `${what}; zeroten api makes one, see --db and ZEROTEN_DB`)

const NOT_OURS = 'this is no database of zeroten api'

/** @throws ZerotenError `database_missing` where the file is another program's, or empty */
export async function assertOurs(handle: SqliteHandle): Promise<void> {
  const table = handle.prepare("select name from sqlite_master where name = 'schema_migrations'").all([])
  if (table.length > 0) return
  handle.close()
  throw missing(NOT_OURS)
}

/** @throws ZerotenError `database_missing` where a PostgreSQL database has none of our tables */
export async function assertMigrated(db: Db): Promise<void> {
  const { rows } = await sql<{
    found: string | null
  }>`select to_regclass('schema_migrations') as found`.execute(db)
  if (rows[0]?.found == null) throw missing(NOT_OURS)
}
