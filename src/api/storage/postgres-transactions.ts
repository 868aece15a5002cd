import { setTimeout as sleep } from 'node:timers/promises'
import type { CompiledQuery, QueryResult } from 'kysely'
import type { PoolClient } from 'pg'
import { backoff } from '../../http/backoff.js'
import type { PostgresPool } from './postgres-pool.js'
import { createQueryView, type Engine } from './query-view.js'
import { type Db, RetryTransaction, type TransactionBody, type WriteOptions } from './storage.js'
import { isConnectionLost } from './storage-fault.js'

/** serialization_failure and deadlock_detected: the transaction is to be run again. */
const RUN_AGAIN = new Set(['40001', '40P01'])

const MAX_ATTEMPTS = 10

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

/** What came of a transaction. */
export type Attempt<T> =
  | { committed: true; value: T }
  /** @property unclear whether it may have been committed all the same: the connection broke during the commit */
  | { committed: false; error: unknown; unclear: boolean }

const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** Runs a compiled query on a connection. */
export async function runQuery<R>(client: PoolClient, query: CompiledQuery<R>): Promise<QueryResult<R>> {
  const { rows, command, rowCount } = await client.query(query.sql, [...query.parameters])
  return WRITES.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }
}

/** A `Db` on one connection. */
export const viewOf = (engine: Engine, client: PoolClient): Db =>
  createQueryView(engine, query => runQuery(client, query))

/** Runs `body` in a transaction on a connection of its own. Never rejects. */
export async function attemptTransaction<T>(
  pool: PostgresPool,
  body: (client: PoolClient) => Promise<T>,
): Promise<Attempt<T>> {
  let client: PoolClient | undefined
  let isCommitting = false
  try {
    client = await pool.connect()
    await client.query('begin')
    const value = await body(client)
    isCommitting = true
    await client.query('commit')
    client.release()
    return { committed: true, value }
  } catch (error) {
    const isLost = isConnectionLost(error)
    if (codeOf(error) === '25006') pool.retire()
    await leave(client, isLost)
    return { committed: false, error, unclear: isCommitting && isLost }
  }
}

async function leave(client: PoolClient | undefined, isLost: boolean): Promise<void> {
  if (!client || isLost) return client?.release(true)
  try {
    await client.query('rollback')
    client.release()
  } catch {
    // The server rolls back by itself when the connection ends.
    client.release(true)
  }
}

/** Whether a transaction that was not committed may run again. */
const mayRunAgain = (
  { error, unclear }: { error: unknown; unclear: boolean },
  isRepeatable: boolean,
): boolean =>
  unclear
    ? isRepeatable
    : error instanceof RetryTransaction || RUN_AGAIN.has(codeOf(error)) || isConnectionLost(error)

/** Waits before another attempt. @param attempt how many there have been */
export const pauseAfter = (attempt: number): Promise<void> =>
  sleep(backoff(attempt, { baseMs: 10, maxMs: 500, random: Math.random }))

/** Runs units in transactions of their own, again where the database asks for that or the connection broke. */
export function createOwnTransactions(pool: PostgresPool, engine: Engine) {
  return async <T>(unit: TransactionBody<T>, { isRepeatable = false }: WriteOptions = {}): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      const result = await attemptTransaction(pool, client => unit(viewOf(engine, client)))
      if (result.committed) return result.value
      if (attempt === MAX_ATTEMPTS || !mayRunAgain(result, isRepeatable)) throw result.error
      await pauseAfter(attempt)
    }
  }
}

/**
 * Runs a read that is given up after a time. The limit is the transaction's and not the connection's, which a pooler before
 * the database (PgBouncer) gives to others in between.
 */
export async function runScan<R>(
  pool: PostgresPool,
  query: CompiledQuery<R>,
  timeoutMs: number,
): Promise<QueryResult<R>> {
  const client = await pool.connect()
  const [, , read, end] = await Promise.allSettled([
    client.query('begin read only'),
    client.query(`set local statement_timeout = ${timeoutMs}`),
    runQuery(client, query),
    client.query('commit'),
  ])
  client.release(end.status === 'rejected')
  if (read.status === 'rejected') throw read.reason
  return read.value
}

/** Runs a read, again on another connection where one broke. */
export async function repeatRead<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isConnectionLost(error)) throw error
      await pauseAfter(attempt)
    }
  }
}
