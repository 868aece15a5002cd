import type { Kysely } from 'kysely'
import type { Tables } from './tables.js'

export type Db = Kysely<Tables>

/**
 * Statements that belong together. It may run again when the database asks for that, so it must have no effect outside
 * of `db`; and it must wait for nothing but `db`, since on SQLite others wait behind it.
 */
export type TransactionBody<T> = (db: Db) => Promise<T>

export interface WriteOptions {
  /**
   * Names all that the unit reads in order to write, an end user say: it may then share a transaction with units of other
   * subjects. Without a subject it has a transaction of its own. SQLite runs units one after the other anyway.
   */
  subject?: string | undefined
  /**
   * Whether to run it twice has the same effect as to run it once, as where it looks for its idempotency key first. Where
   * the connection breaks during the commit, such a unit is run again to learn the outcome; any other rejects.
   */
  isRepeatable?: boolean
}

/** One database, whatever its engine. */
export interface Storage {
  /** For reads of a record or a few by their key, without a transaction. Sees everything that was acknowledged. */
  readonly db: Db
  /**
   * For an account's reads that may go through many rows: lists, summaries, reports, exports. On SQLite they run in processes
   * of their own, so that they hold up no write; on both engines one that takes longer than ten seconds is given up. Accounts
   * take turns. Rejects with ZerotenError `busy` where too many are waiting.
   */
  scansFor(accountId: number): Db
  /** Reads as a process would that has just been started: past what a connection has in memory. */
  inspect(read: (db: Db) => Promise<void>): Promise<void>
  /** Runs `unit` in a transaction and resolves when it is durable. A unit that throws leaves nothing behind. */
  write<T>(unit: TransactionBody<T>, options?: WriteOptions): Promise<T>
  /** Like `write`, and no other process is in an exclusive unit at the same time. */
  writeExclusively<T>(unit: TransactionBody<T>): Promise<T>
  /** Whether `select … for update` exists and is needed: not where writers are alone. */
  readonly locksRows: boolean
  /** Whether `error` is about a value that must be unique. The unit that met it can't go on. */
  isUniqueViolation(error: unknown): boolean
  /**
   * Sees to it that what was deleted is not in the files either. Of PostgreSQL the server does that in its own time.
   */
  purge(): Promise<void>
  close(): Promise<void>
}

/** Thrown by a unit that lost a race, so that it is run again from the start. */
export class RetryTransaction extends Error {
  override name = 'RetryTransaction'
}
