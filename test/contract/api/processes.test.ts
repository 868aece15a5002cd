import pg from 'pg'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { EndUser, PageView, ResponseRecord } from '../../../src/wire/v1.js'
import { type Caller, createCaller, obtainToken, postToken } from '../../support/api-caller.js'
import { bundleApi, startApiProcess } from '../../support/api-process.js'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { ENGINES } from '../../support/engines.js'
import { CREDENTIALS, callerOf } from '../../support/start-api.js'

let file: string
beforeAll(async () => {
  file = await bundleApi()
})

describe.each(ENGINES)('two processes on one database, $name', ({ start }) => {
  let callers: [Caller, Caller]
  let created: boolean[]
  const cleanUp = cleanUpAfterAll()

  beforeAll(async () => {
    const db = await (await start(cleanUp)).createDatabase()
    // Both at once: both find an empty database.
    const processes = await Promise.all([1, 2].map(() => startApiProcess(file, db, cleanUp)))
    created = processes.map(process => process.created)
    const [one, two] = await Promise.all(processes.map(process => callerOf(process)))
    if (!one || !two) throw new Error('there are two')
    callers = [one, two]
  })

  /** Asks the processes in turn, all at once. */
  const atOnce = <T>(times: number, ask: (caller: Caller, n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: times }, (_, n) => ask(callers[n % 2 ? 1 : 0], n)))

  test('the schema and the first account are made once', () => {
    expect(created.sort()).toEqual([false, true])
  })

  test('an e-mail is one end user’s', async () => {
    const answers = await atOnce(20, caller => caller.post('/v1/end_users', { email: 'one@example.com' }))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(400)])
  })

  test('a key is one record, whichever process it comes to', async () => {
    const { id } = await callers[0].newEndUser()
    const fields = { score: 7, origin_url: 'https://example.com' }
    for (let round = 0; round < 5; round++) {
      const key = { 'Idempotency-Key': `round-${round}` }
      const answers = await atOnce(10, caller =>
        caller.post<ResponseRecord>(`/v1/end_users/${id}/responses`, fields, key),
      )
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1)
    }
    const { body } = await callers[1].get<ResponseRecord[]>(`/v1/end_users/${id}/responses`)
    expect(body).toHaveLength(5)
  })

  test('an end user created under one key is one, and no taken e-mail', async () => {
    const key = { 'Idempotency-Key': 'end-user' }
    const answers = await atOnce(10, caller =>
      caller.post<EndUser>('/v1/end_users', { email: 'keyed@example.com' }, key),
    )
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
  })

  test('counts are right, and no id comes twice', async () => {
    const { id } = await callers[0].newEndUser()
    const path = `/v1/end_users/${id}`
    const answers = await atOnce(60, caller => caller.post<PageView>(`${path}/page_views`))
    const ids = answers.map(({ body }) => body.id)
    expect(new Set(ids).size).toBe(60)
    await atOnce(30, (caller, n) => caller.delete(`${path}/page_views/${ids[n]}`))
    expect((await callers[1].get<EndUser>(path)).body.page_views_count).toBe(30)
  })

  test('deleting while others write leaves nothing behind, and is never an error', async () => {
    const { id } = await callers[0].newEndUser()
    const path = `/v1/end_users/${id}`
    const statuses = await atOnce(30, async (caller, n) =>
      n === 15 ? (await caller.delete(path)).status : (await caller.post(`${path}/declines`)).status,
    )
    expect(statuses.every(status => [200, 201, 404].includes(status))).toBe(true)
    expect((await callers[1].get(`${path}/declines`)).status).toBe(404)
    const all = await callers[1].get<{ end_user_id: number }[]>('/v1/declines?per_page=50')
    expect(all.body.filter(({ end_user_id }) => end_user_id === id)).toEqual([])
  })

  test('a token of the one is known to the other, and so is a rotation', async () => {
    const token = await obtainToken(callers[0].url, CREDENTIALS)
    expect((await createCaller(callers[1].url, token).get('/v1/responses')).status).toBe(200)
    const { body } = await postToken(callers[0].url, {
      grant_type: 'password',
      username: CREDENTIALS.email,
      password: CREDENTIALS.password,
    })
    const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' }
    const answers = await atOnce(4, ({ url }) => postToken(url, refresh))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.access_token}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(200)
  })
})

test('a process that joins a database which has been in use takes up where it is', async () => {
  const [sqlite] = ENGINES
  const db = (await (await sqlite?.start(onTestFinished))?.createDatabase()) ?? ''
  const first = await startApiProcess(file, db, onTestFinished)
  const { id } = await (await callerOf(first)).newEndUser()
  await first.kill()
  const second = await startApiProcess(file, db, onTestFinished)
  const caller = await callerOf(second)
  expect(second.created).toBe(false)
  expect((await caller.get<EndUser>(`/v1/end_users/${id}`)).status).toBe(200)
  expect((await caller.newEndUser()).id).toBeGreaterThan(id)
})

test('PostgreSQL may end every connection in the middle of writing: the API answers 503, loses nothing and goes on', async () => {
  const postgres = ENGINES.find(({ name }) => name === 'PostgreSQL')
  const db = (await (await postgres?.start(onTestFinished))?.createDatabase()) ?? ''
  const caller = await callerOf(await startApiProcess(file, db, onTestFinished))
  const { id } = await caller.newEndUser()
  const path = `/v1/end_users/${id}`
  const admin = new pg.Client({ connectionString: db })
  await admin.connect()
  onTestFinished(() => admin.end())

  let going = true
  const statuses = new Set<number>()
  let acknowledged = 0
  const writers = Array.from({ length: 8 }, async () => {
    while (going) {
      const { status } = await caller.post(`${path}/page_views`)
      statuses.add(status)
      if (status === 201) acknowledged++
    }
  })
  for (let n = 0; n < 10; n++) {
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await caller.get(path)
  }
  going = false
  await Promise.all(writers)
  expect([...statuses].filter(status => ![201, 503].includes(status))).toEqual([])
  expect(statuses).toContain(503)
  // A connection that has just been ended may still be handed out once.
  await expect.poll(async () => (await caller.get(path)).status).toBe(200)
  const { body } = await caller.get<EndUser>(path)
  const { rows } = await admin.query('select count(*)::int as count from page_views')
  expect(rows[0].count).toBe(body.page_views_count)
  expect(rows[0].count).toBeGreaterThanOrEqual(acknowledged)
  expect((await caller.post(`${path}/page_views`)).status).toBe(201)
})
