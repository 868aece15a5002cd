import { openPostgres, type ReadDb } from './postgres.js'
import { openSqlite } from './sqlite.js'
import type { Storage } from './storage.js'

export interface StorageOptions {
  /** Path of a SQLite file, or a `postgres://` URL. */
  db: string
  /** A replica of PostgreSQL, for what reads many rows. */
  readDb?: ReadDb | undefined
  now: () => number
  /** Whether a database that is missing is made. @default true */
  create?: boolean
  /** Is told how many units a commit carried. */
  onCommit?: (units: number) => void
  /** Is told of connections that break (PostgreSQL). */
  onConnectionError?: (error: Error) => void
}

/** Opens the database that `db` names, with its schema brought up to date. */
export async function openStorage({ db, readDb, ...options }: StorageOptions): Promise<Storage> {
  if (/^postgres(ql)?:\/\//.test(db)) return openPostgres({ url: db, readDb, ...options })
  if (readDb) throw new TypeError('readDb: only PostgreSQL has replicas')
  return openSqlite({ path: db, ...options })
}
