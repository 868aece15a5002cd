import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** A list takes milliseconds; what takes so long is given up, and its thread with it. */
const QUERY_TIMEOUT_MS = 10_000

/** One core is left to the thread that answers requests and writes; one account's reads leave a thread to the others. */
const THREADS = Math.min(4, Math.max(2, availableParallelism() - 1))

/**
 * What a reading thread runs: libsql is synchronous, so that a long query holds its whole thread. Text instead of a file, since
 * whoever bundles this package would leave a file behind.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const Database = require(workerData.driver)
const database = new Database(workerData.path, { timeout: workerData.busyTimeoutMs })
database.exec('pragma query_only = on')
const statements = new Map()
parentPort.on('message', ({ sql, parameters }) => {
  try {
    let statement = statements.get(sql)
    if (!statement) {
      if (statements.size >= 200) statements.clear()
      statement = database.prepare(sql)
      statements.set(sql, statement)
    }
    parentPort.postMessage({ rows: statement.all(parameters) })
  } catch (error) {
    parentPort.postMessage({ error: { message: String(error.message), code: error.code } })
  }
})
`

interface Query {
  sql: string
  parameters: readonly unknown[]
  resolve(rows: unknown[]): void
  reject(error: Error): void
}

/** A query that failed in a reading thread, or was given up. */
class ReadError extends Error {
  override name = 'ReadError'
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message)
  }
}

export interface ReadPoolOptions {
  /** Of the SQLite file. */
  path: string
  busyTimeoutMs: number
}

/** Runs queries in threads of their own, each on a connection of its own. Threads are started when they are needed. */
export function createReadPool({ path, busyTimeoutMs }: ReadPoolOptions) {
  const driver = createRequire(import.meta.url).resolve('libsql')
  const waiting: Query[] = []
  const idle: Worker[] = []
  const all = new Set<Worker>()
  let closed = false

  function start(): Worker {
    const worker = new Worker(THREAD, { eval: true, workerData: { driver, path, busyTimeoutMs } })
    // A query that runs keeps the process alive by its request, not by its thread.
    worker.unref()
    all.add(worker)
    worker.once('exit', () => forget(worker))
    return worker
  }

  function forget(worker: Worker): void {
    all.delete(worker)
    const at = idle.indexOf(worker)
    if (at >= 0) idle.splice(at, 1)
  }

  function drain(): void {
    while (waiting.length > 0) {
      const worker = idle.pop() ?? (all.size < THREADS ? start() : undefined)
      if (!worker) return
      const query = waiting.shift()
      if (query) run(worker, query)
    }
  }

  function run(worker: Worker, { sql, parameters, resolve, reject }: Query): void {
    const timer = setTimeout(
      () => end(new ReadError('the query took too long', 'QUERY_TIMEOUT')),
      QUERY_TIMEOUT_MS,
    )
    function settle(): void {
      clearTimeout(timer)
      worker.removeListener('message', onMessage).removeListener('error', end).removeListener('exit', onExit)
    }
    function end(error: Error): void {
      settle()
      forget(worker)
      // It ends when the driver returns; its place is free at once.
      worker.terminate().catch(() => undefined)
      reject(error)
      drain()
    }
    const onExit = () => end(new ReadError('a reading thread ended', undefined))
    const onMessage = ({ rows, error }: { rows?: unknown[]; error?: { message: string; code?: string } }) => {
      settle()
      idle.push(worker)
      if (error) reject(new ReadError(error.message, error.code))
      else resolve(rows ?? [])
      drain()
    }
    worker.on('message', onMessage).once('error', end).once('exit', onExit)
    worker.postMessage({ sql, parameters })
  }

  return {
    /** Queries that run at the same time. */
    threads: THREADS,
    query: (sql: string, parameters: readonly unknown[]): Promise<unknown[]> =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new ReadError('the database is closed', undefined))
        waiting.push({ sql, parameters, resolve, reject })
        drain()
      }),
    /** Ends the threads; queries that run are given up. */
    async close(): Promise<void> {
      closed = true
      for (const query of waiting.splice(0)) query.reject(new ReadError('the database is closed', undefined))
      await Promise.all([...all].map(worker => worker.terminate()))
    },
  }
}

export type ReadPool = ReturnType<typeof createReadPool>
