import pg from 'pg'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createApi } from '../../../src/api/index.js'
import type { PageView, ResponseRecord } from '../../../src/wire/v1.js'
import type { Answer, Caller } from '../../support/api-caller.js'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { CREDENTIALS, callerOf, startApi } from '../../support/start-api.js'
import { type Postgres, startPostgres } from '../../support/start-postgres.js'

const cleanUp = cleanUpAfterAll()
let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres(cleanUp)
})

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** Ends every connection of the database but this one, at every sixth call. */
function createBreaker(client: pg.Client) {
  let calls = 0
  let ended = 0
  return {
    async step(): Promise<void> {
      if (++calls % 6 !== 0) return
      const { rowCount } = await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      ended += rowCount ?? 0
    },
    ended: () => ended,
  }
}

async function allOf<T>(caller: Caller, path: string): Promise<T[]> {
  const all: T[] = []
  for (let page = 1; ; page++) {
    const { body } = await caller.get<T[]>(`${path}?per_page=50&page=${page}`)
    if (body.length === 0) return all
    all.push(...body)
  }
}

const isAnswered = ({ status, headers }: Answer) =>
  status === 201 || (status === 503 && headers.get('retry-after') !== null)

describe('where connections to PostgreSQL break under load', () => {
  const ROUNDS = 10
  const WRITERS = 8

  async function start() {
    const db = await postgres.createDatabase()
    const caller = await callerOf(await startApi(onTestFinished, { db }))
    const users = await Promise.all(Array.from({ length: WRITERS }, () => caller.newEndUser()))
    return { caller, paths: users.map(({ id }) => `/v1/end_users/${id}`), client: await connect(db) }
  }

  test('responses with keys are made once each, and none is answered 500', async () => {
    const { caller, paths, client } = await start()
    const breaker = createBreaker(client)
    async function write(path: string): Promise<number[]> {
      const ids: number[] = []
      for (let n = 0; n < ROUNDS; ) {
        const headers = { 'idempotency-key': `${path} ${n}` }
        const fields = { score: n % 11, origin_url: 'https://x/' }
        const answer = await caller.post<ResponseRecord>(`${path}/responses`, fields, headers)
        expect(isAnswered(answer)).toBe(true)
        if (answer.status !== 201) continue
        ids.push(answer.body.id)
        n++
        await breaker.step()
      }
      return ids
    }
    const acknowledged = await Promise.all(paths.map(write))
    expect(breaker.ended()).toBeGreaterThan(10)
    for (const [n, path] of paths.entries()) {
      const stored = await allOf<ResponseRecord>(caller, `${path}/responses`)
      expect(stored.map(({ id }) => id).sort()).toEqual(acknowledged[n]?.sort())
    }
  })

  test('page views without keys that were acknowledged are there, and none is answered 500', async () => {
    const { caller, paths, client } = await start()
    const breaker = createBreaker(client)
    async function write(path: string): Promise<number[]> {
      const ids: number[] = []
      while (ids.length < ROUNDS) {
        const answer = await caller.post<PageView>(`${path}/page_views`)
        expect(isAnswered(answer)).toBe(true)
        if (answer.status !== 201) continue
        ids.push(answer.body.id)
        await breaker.step()
      }
      return ids
    }
    const acknowledged = await Promise.all(paths.map(write))
    expect(breaker.ended()).toBeGreaterThan(10)
    for (const [n, path] of paths.entries()) {
      const stored = (await allOf<PageView>(caller, `${path}/page_views`)).map(({ id }) => id)
      expect(stored).toEqual(expect.arrayContaining(acknowledged[n] ?? []))
    }
  })
})

test('lists come from the replica while it keeps up, and from the primary otherwise', async () => {
  const [db, readDb] = [await postgres.createDatabase(), await postgres.createDatabase()]
  // Not a true replica: a database whose clock and whose records are the test's to set.
  await (await createApi({ db: readDb, account: CREDENTIALS })).close()
  const replica = await connect(readDb)
  const setClock = (ms: number) => replica.query('update readiness set checked_ms = $1', [ms])
  await setClock(0)
  const caller = await callerOf(await startApi(onTestFinished, { db, readDb }))
  await caller.newEndUser()
  const countListed = async () => (await caller.get<object[]>('/v1/end_users')).body.length
  expect(await countListed()).toBe(1)
  await setClock(Date.now() + 3_600_000)
  await expect.poll(countListed).toBe(0)
  await setClock(Date.now() - 11_000)
  await expect.poll(countListed).toBe(1)
})

describe('a URL with several servers', () => {
  test('leads to the one that takes writes, also after they have changed places', async () => {
    const other = await startPostgres(cleanUp)
    const servers = await Promise.all(
      [postgres, other].map(async server => {
        const url = await server.createDatabase()
        const client = await connect(url)
        await client.query('create database everywhere')
        const host = new URL(url).searchParams.get('host')
        const db = `postgres://postgres@localhost/everywhere?host=${host}`
        // The tables and the account, as a standby would have them.
        await (await createApi({ db, account: CREDENTIALS })).close()
        const records = await connect(db)
        return {
          host,
          /** As a promoted standby, or a primary that was demoted, says of itself. */
          async takeWrites(does: boolean) {
            await client.query(`alter system set default_transaction_read_only = ${!does}`)
            await client.query('select pg_reload_conf()')
            await expect
              .poll(async () => (await records.query('show default_transaction_read_only')).rows[0])
              .toEqual({ default_transaction_read_only: does ? 'off' : 'on' })
          },
          countEndUsers: async () =>
            (await records.query('select count(*)::int as count from end_users')).rows[0].count,
        }
      }),
    )
    const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]]
    await first.takeWrites(false)
    const hosts = ['/nowhere', first.host, second.host].join(',')
    const db = `postgres://postgres@localhost/everywhere?host=${hosts}&target_session_attrs=read-write`
    const { url } = await startApi(onTestFinished, { db })
    const caller = await callerOf({ url })
    await caller.newEndUser()
    expect([await first.countEndUsers(), await second.countEndUsers()]).toEqual([0, 1])

    await first.takeWrites(true)
    await second.takeWrites(false)
    expect((await caller.post('/v1/end_users', { email: 'later@example.com' })).status).toBe(201)
    expect([await first.countEndUsers(), await second.countEndUsers()]).toEqual([1, 1])
  })
})
