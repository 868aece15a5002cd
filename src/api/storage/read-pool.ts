import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'

/** A list takes milliseconds. A query that takes so long is given up, and its process with it. */
const QUERY_TIMEOUT_MS = 10_000

/** One core is left to the thread that answers requests and writes; one account's reads leave a reader to the others. */
const MAX_READERS = Math.min(4, Math.max(2, availableParallelism() - 1))

/**
 * What a reader runs: libsql is synchronous, so that a long query holds its whole thread. A process and not a worker thread,
 * since a thread that is terminated while the driver is at work takes the whole API with it: the driver panics when its call
 * returns to a thread that is ending. Text instead of a file, since a bundler would leave a file of ours behind.
 */
const READER = `
const [driver, path, busyTimeoutMs] = process.argv.slice(1)
// A terminal and a service manager signal the whole group; a reader ends when its parent does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
process.on('disconnect', () => process.exit())
const database = new (require(driver))(path, { timeout: Number(busyTimeoutMs) })
database.exec('pragma query_only = on')
const statements = new Map()
process.on('message', ({ sql, parameters }) => {
  try {
    let statement = statements.get(sql)
    if (!statement) {
      if (statements.size >= 200) statements.clear()
      statement = database.prepare(sql)
      statements.set(sql, statement)
    }
    process.send({ rows: statement.all(parameters) })
  } catch (error) {
    process.send({ error: { message: String(error.message), code: error.code } })
  }
})
`

interface Query {
  sql: string
  parameters: readonly unknown[]
  resolve(rows: unknown[]): void
  reject(error: Error): void
}

/** A query that failed in a reader, or was given up. */
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
  /** @default 10 s */
  queryTimeoutMs?: number
}

/**
 * Sends a query to a reader, which has none.
 *
 * @param onEnd is told whether the reader can be used again, once the query has its result or its error
 */
function ask(
  reader: ChildProcess,
  { sql, parameters, resolve, reject }: Query,
  { timeoutMs, onEnd }: { timeoutMs: number; onEnd(isUsable: boolean): void },
): void {
  const timer = setTimeout(() => giveUp(new ReadError('the query took too long', 'QUERY_TIMEOUT')), timeoutMs)
  function settle(): void {
    clearTimeout(timer)
    reader.off('message', onMessage).off('error', giveUp).off('exit', onExit)
  }
  function giveUp(error: Error): void {
    settle()
    reader.kill('SIGKILL')
    reject(error)
    onEnd(false)
  }
  const onExit = () => giveUp(new ReadError('a reader ended', undefined))
  const onMessage = (message: unknown) => {
    const { rows, error } = message as { rows?: unknown[]; error?: { message: string; code?: string } }
    settle()
    if (error) reject(new ReadError(error.message, error.code))
    else resolve(rows ?? [])
    onEnd(true)
  }
  reader.on('message', onMessage).once('error', giveUp).once('exit', onExit)
  reader.send({ sql, parameters }, error => error && giveUp(error))
}

/** Runs queries in processes of their own, each on a connection of its own. Readers are started when they are needed. */
export function createReadPool({ path, busyTimeoutMs, queryTimeoutMs = QUERY_TIMEOUT_MS }: ReadPoolOptions) {
  const driver = createRequire(import.meta.url).resolve('libsql')
  const waiting: Query[] = []
  const idle: ChildProcess[] = []
  const all = new Set<ChildProcess>()
  let closed = false

  function start(): ChildProcess {
    const reader = startReader([driver, path, String(busyTimeoutMs)])
    all.add(reader)
    reader.once('exit', () => forget(reader)).once('error', () => forget(reader))
    return reader
  }

  function forget(reader: ChildProcess): void {
    all.delete(reader)
    const at = idle.indexOf(reader)
    if (at >= 0) idle.splice(at, 1)
  }

  function drain(): void {
    while (waiting.length > 0) {
      if (idle.length === 0 && all.size >= MAX_READERS) return
      const query = waiting.shift()
      if (query) runOn(idle.pop(), query)
    }
  }

  function runOn(free: ChildProcess | undefined, query: Query): void {
    try {
      const reader = free ?? start()
      const onEnd = (isUsable: boolean) => {
        if (isUsable) idle.push(reader)
        else forget(reader)
        drain()
      }
      ask(reader, query, { timeoutMs: queryTimeoutMs, onEnd })
    } catch (error) {
      query.reject(new ReadError(`no reader could be started: ${(error as Error).message}`, undefined))
    }
  }

  return {
    /** Queries that run at the same time. */
    readers: MAX_READERS,
    query: (sql: string, parameters: readonly unknown[]): Promise<unknown[]> =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new ReadError('the database is closed', undefined))
        waiting.push({ sql, parameters, resolve, reject })
        drain()
      }),
    /** Ends the readers; queries that run are given up. */
    async close(): Promise<void> {
      closed = true
      for (const query of waiting.splice(0)) query.reject(new ReadError('the database is closed', undefined))
      await Promise.all([...all].map(ended))
    },
  }
}

/** @param argv what {@link READER} takes */
function startReader(argv: readonly string[]): ChildProcess {
  const reader = spawn(process.execPath, ['-e', READER, ...argv], {
    // It needs none of the secrets in ours.
    env: {},
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  // A query that runs keeps this process alive by its time limit, not by its reader.
  reader.unref()
  reader.channel?.unref()
  return reader
}

const ended = (reader: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    // Unlike one that reads, one that is waited for keeps this process alive.
    reader.ref()
    reader.once('close', () => resolve())
    reader.kill('SIGKILL')
  })

export type ReadPool = ReturnType<typeof createReadPool>
