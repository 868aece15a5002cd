import { openPostgres } from './postgres.js'
import { openSqlite } from './sqlite.js'
import type { Storage } from './storage.js'

export interface StorageOptions {
  /** Path of a SQLite file, or a `postgres://` URL. */
  db: string
  now: () => number
  /** Whether a database that is missing is made. @default true */
  create?: boolean
  /** Is told how many units a commit carried. */
  onCommit?: (units: number) => void
  /** Is told of connections that break (PostgreSQL). */
  onConnectionError?: (error: Error) => void
}

/** Opens the database that `db` names, with its schema brought up to date. */
export function openStorage({ db, ...options }: StorageOptions): Promise<Storage> {
  return /^postgres(ql)?:\/\//.test(db)
    ? openPostgres({ url: db, ...options })
    : openSqlite({ path: db, ...options })
}
