import type { PostgresPoolClient } from 'kysely'
import type { ClientBase, PoolClient } from 'pg'
import { importDriver } from './import-driver.js'
import { parsePostgresHosts } from './postgres-hosts.js'

/** PostgreSQL's type id of bigint, which `pg` hands over as text because it may exceed 2^53. Ours never does. */
const BIGINT_OID = 20

/** How long a connection may take; shorter where there is another server to try. */
const CONNECT_MS = 10_000
const CONNECT_ONE_OF_MANY_MS = 3_000

export interface PostgresPoolOptions {
  /** May name several servers; see {@link parsePostgresHosts}. */
  url: string
  /** Connections to one server. */
  max: number
  /** Whether a connection sends queries without waiting for the results of those before. @default false */
  pipeline?: boolean
  /** Is told of connections that break; the pool replaces them by itself. */
  onConnectionError?: ((error: Error) => void) | undefined
}

/** Connections to whichever of the servers takes them. Fits where Kysely wants a pool. */
export interface PostgresPool {
  connect(): Promise<PoolClient & PostgresPoolClient>
  end(): Promise<void>
  /** Closes every connection that exists as soon as it is free: the server has turned into one that takes no writes. */
  retire(): void
}

export async function createPostgresPool(options: PostgresPoolOptions): Promise<PostgresPool> {
  const { url, max, pipeline = false, onConnectionError } = options
  const { default: pg } = await importDriver('pg', () => import('pg'))
  const { urls, mustWrite } = parsePostgresHosts(url)
  const generations = new WeakMap<ClientBase, number>()
  let generation = 0

  async function prepareConnection(client: ClientBase): Promise<void> {
    generations.set(client, generation)
    // Without a listener a connection that breaks while it is in use would end the process; its query fails anyway.
    client.on('error', error => onConnectionError?.(error))
    if (!mustWrite) return
    const { rows } = await client.query('show transaction_read_only')
    if (rows[0]?.transaction_read_only === 'on')
      throw Object.assign(new Error('a standby'), { code: '25006' })
  }

  const pools = urls.map(connectionString => {
    const pool = new pg.Pool({
      connectionString,
      connectionTimeoutMillis: urls.length > 1 ? CONNECT_ONE_OF_MANY_MS : CONNECT_MS,
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') =>
          oid === BIGINT_OID ? Number : pg.types.getTypeParser(oid, format),
      },
      max,
      pipeline,
      onConnect: prepareConnection,
    })
    pool.on('error', error => onConnectionError?.(error))
    return pool
  })
  let current = 0

  /** From one server, without connections of a former generation. */
  async function connectTo(index: number): Promise<PoolClient | undefined> {
    for (;;) {
      const client = await pools[index]?.connect()
      if (!client || generations.get(client) === generation) return client
      client.release(true)
    }
  }

  return {
    async connect() {
      const errors: unknown[] = []
      for (let n = 0; n < pools.length; n++) {
        const index = (current + n) % pools.length
        try {
          const client = await connectTo(index)
          if (!client) continue
          current = index
          return client as PoolClient & PostgresPoolClient
        } catch (error) {
          errors.push(error)
        }
      }
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'no server takes connections')
    },
    async end() {
      await Promise.all(pools.map(pool => pool.end()))
    },
    retire() {
      generation++
    },
  }
}
