import pg from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createFlexibleLimiter } from '../../../src/proxy/node/index.js'
import { batchOf, pageView } from '../../support/events.js'
import { type Postgres, startPostgres } from '../../support/start-postgres.js'
import { createVisitor, DONE, post, startProxy, useBoth } from '../../support/start-proxy.js'

const REQUESTS = 10

describe('limits that two proxies share through PostgreSQL', () => {
  const shared = useBoth()
  const undo: (() => unknown)[] = []
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres(close => undo.push(close))
  })
  afterAll(async () => {
    for (const close of undo.toReversed()) await close()
  })

  async function createPool() {
    const pool = new pg.Pool({ connectionString: await postgres.createDatabase() })
    await pool.query(
      'create table zeroten_limits (key varchar(255) primary key, points integer not null default 0, expire bigint)',
    )
    return pool
  }

  function startOn(pool: pg.Pool, failures: unknown[] = []) {
    const limiter = createFlexibleLimiter(
      rate =>
        new RateLimiterPostgres({
          storeClient: pool,
          tableName: 'zeroten_limits',
          tableCreated: true,
          clearExpiredByTimeout: false,
          ...rate,
        }),
      { onFailure: error => failures.push(error), timeoutMs: 5_000 },
    )
    const limits = { clientRequestsPerMinute: REQUESTS }
    return startProxy(onTestFinished, { api: shared().api.url, limiter, limits })
  }

  it('count what came to either, and keep no address and no e-mail', async () => {
    const pool = await createPool()
    onTestFinished(() => pool.end())
    const proxies = [await startOn(pool), await startOn(pool)]
    const statuses: number[] = []
    for (let n = 0; n < REQUESTS + 2; n++) {
      const { base } = proxies[n % 2] as (typeof proxies)[0]
      const { identity } = createVisitor(base)
      const answer = await post(base, batchOf({ identity, events: [pageView()] }))
      statuses.push(answer.status)
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    }
    expect(statuses).toEqual([...new Array(REQUESTS).fill(200), 429, 429])
    const { rows } = await pool.query<{ key: string }>('select key from zeroten_limits')
    expect(rows.length).toBeGreaterThan(REQUESTS)
    expect(JSON.stringify(rows)).not.toMatch(/@|anonymous|127\.0\.0\.1|[\da-f]{8}-/)
  })

  it('let everyone through while the store is down, and say so', async () => {
    const pool = await createPool()
    const failures: unknown[] = []
    const { base } = await startOn(pool, failures)
    const visitor = createVisitor(base)
    expect(await visitor.act(pageView())).toEqual([DONE])
    expect(failures).toEqual([])
    await pool.end()
    for (let n = 0; n < REQUESTS + 2; n++) expect(await visitor.act(pageView())).toEqual([DONE])
    expect(failures.length).toBeGreaterThan(REQUESTS)
  })
})
