import type { PoolClient } from 'pg'
import { gatherUnits } from './gather-units.js'
import type { PostgresPool } from './postgres-pool.js'
import { type Attempt, attemptTransaction, runQuery, viewOf } from './postgres-transactions.js'
import { createQueryView, type Engine } from './query-view.js'
import { attachBatcher, createStatementBatcher, type StatementBatcher } from './shared-statement.js'
import { RetryTransaction, type TransactionBody, type WriteOptions } from './storage.js'

/** A transaction takes no more units than this, so that the first of them isn't kept waiting. */
const MAX_UNITS = 200

/** Transactions under way at the same time: while one is being committed, the next runs. */
const MAX_RUNNING = 2

interface Waiting {
  unit: TransactionBody<unknown>
  subject: string
  options: WriteOptions
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** What came of a unit in a transaction that others share. */
type Outcome = { value: unknown } | { error: unknown; wrote: boolean }

export interface SharedTransactionsOptions {
  pool: PostgresPool
  engine: Engine
  /** Runs a unit in a transaction of its own. */
  runAlone<T>(unit: TransactionBody<T>, options: WriteOptions): Promise<T>
  /** Is told how many units a commit carried. */
  onCommit?: ((units: number) => void) | undefined
}

/** The units whose turn it is, one a subject, and those that must wait longer. */
function takeUnits(queue: readonly Waiting[]): { taken: Waiting[]; left: Waiting[] } {
  const subjects = new Set<string>()
  const taken: Waiting[] = []
  const left: Waiting[] = []
  for (const waiting of queue) {
    const isTaken = taken.length < MAX_UNITS && !subjects.has(waiting.subject)
    subjects.add(waiting.subject)
    ;(isTaken ? taken : left).push(waiting)
  }
  return { taken, left }
}

/**
 * Runs units that wait in the same turn in one transaction, all at once, so that a shared statement (see `shareStatement`) goes
 * to the database once for all of them. Units of one subject never share a transaction, since each would see the other's work
 * half done. A unit is acknowledged after the commit. Where one fails that has written, or the database refuses a statement,
 * the transaction is rolled back and each unit runs in one of its own: a unit that fails fails alone.
 */
export function createSharedTransactions({ pool, engine, runAlone, onCommit }: SharedTransactionsOptions) {
  let queue: Waiting[] = []
  let running = 0
  let isGathering = false

  const alone = ({ unit, options, resolve, reject }: Waiting) => {
    runAlone(unit, options).then(resolve, reject)
  }

  async function runTogether(client: PoolClient, units: readonly Waiting[]): Promise<Outcome[]> {
    const batcher = createStatementBatcher(viewOf(engine, client))
    const outcomes = await Promise.all(units.map(({ unit }) => runUnit(unit, { engine, client, batcher })))
    // A statement that was refused has undone what all of them wrote.
    if (client.getTransactionStatus?.() !== 'T') throw new SharingFailed()
    if (outcomes.some(outcome => 'error' in outcome && outcome.wrote)) throw new SharingFailed()
    return outcomes
  }

  function settle(units: readonly Waiting[], attempt: Attempt<Outcome[]>): void {
    if (!attempt.committed) {
      for (const waiting of units) {
        if (attempt.unclear && !waiting.options.isRepeatable) waiting.reject(attempt.error)
        else alone(waiting)
      }
      return
    }
    onCommit?.(units.length)
    for (const [index, waiting] of units.entries()) {
      const outcome = attempt.value[index] as Outcome
      if ('value' in outcome) waiting.resolve(outcome.value)
      else if (outcome.error instanceof RetryTransaction) alone(waiting)
      else waiting.reject(outcome.error)
    }
  }

  async function run(units: readonly Waiting[]): Promise<void> {
    settle(units, await attemptTransaction(pool, client => runTogether(client, units)))
  }

  async function drain(): Promise<void> {
    if (isGathering) return
    isGathering = true
    while (queue.length > 0 && running < MAX_RUNNING) {
      await gatherUnits(() => queue.length, MAX_UNITS)
      const { taken, left } = takeUnits(queue)
      queue = left
      running++
      void run(taken).finally(() => {
        running--
        void drain()
      })
    }
    isGathering = false
  }

  return <T>(unit: TransactionBody<T>, subject: string, options: WriteOptions): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      queue.push({ unit, subject, options, resolve: value => resolve(value as T), reject })
      void drain()
    })
}

/** The transaction is of no use; each unit is to run in one of its own. */
class SharingFailed extends Error {
  override name = 'SharingFailed'
}

/** Runs a unit beside others, with an eye on whether it writes. Never rejects. */
async function runUnit(
  unit: TransactionBody<unknown>,
  { engine, client, batcher }: { engine: Engine; client: PoolClient; batcher: StatementBatcher },
): Promise<Outcome> {
  let wrote = false
  const db = createQueryView(engine, async query => {
    const result = await runQuery(client, query)
    wrote ||= (result.numAffectedRows ?? 0n) > 0n
    return result
  })
  attachBatcher(db, {
    async run(statement, given) {
      const result = await batcher.run(statement, given)
      wrote ||= statement.wrote(result)
      return result
    },
  })
  try {
    return { value: await unit(db) }
  } catch (error) {
    return { error, wrote }
  }
}
