import { beforeAll, describe, expect, test } from 'vitest'
import { openStorage } from '../../../src/api/storage/open-storage.js'
import type { EndUser, ErrorList } from '../../../src/wire/v1.js'
import type { Caller } from '../../support/api-caller.js'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { ENGINES } from '../../support/engines.js'
import { createCheckedFetch } from '../../support/openapi-check.js'
import { callerOf, startApi } from '../../support/start-api.js'

const ORIGIN = { origin_url: 'https://shop.example/' }

describe.each(ENGINES)('an erasure on $name', ({ start }) => {
  const cleanUp = cleanUpAfterAll()
  let db: string
  let caller: Caller
  const nowS = Math.floor(Date.now() / 1_000)
  const before = nowS - 60
  const after = nowS + 60

  beforeAll(async () => {
    db = await (await start(cleanUp)).createDatabase()
    const running = await startApi(cleanUp, { db })
    caller = await callerOf(running, undefined, await createCheckedFetch(running.url))
  })

  const erase = async ({ id }: EndUser) => {
    const { status } = await caller.delete(`/v1/end_users/${id}?erase=true`)
    expect(status).toBe(200)
  }

  const codeOf = ({ status, body }: { status: number; body: unknown }) =>
    `${status} ${(body as ErrorList).errors?.[0]?.status ?? ''}`.trim()

  test('refuses what was done before, and takes what was done after', async () => {
    const ada = await caller.newEndUser()
    await erase(ada)
    const make = (acted_at: number) =>
      caller.post<EndUser>('/v1/end_users', { email: ` ${ada.email?.toUpperCase()}`, acted_at })
    expect(codeOf(await make(before))).toBe('422 erased')
    expect((await caller.get<EndUser[]>(`/v1/end_users?email=${ada.email}`)).body).toEqual([])

    const { status, body } = await make(after)
    expect(status).toBe(201)
    expect(body.id).not.toBe(ada.id)
    const path = `/v1/end_users/${body.id}`
    const acts = (at: number) => [
      caller.post(`${path}/responses`, { score: 3, text: 'old', created_at: at, ...ORIGIN }),
      caller.post(`${path}/declines`, { created_at: at }),
      caller.post(`${path}/page_views`, { at, url: 'https://shop.example/' }),
      caller.post(`${path}/impressions`, { created_at: at, survey: { unique_link: `link-${at}` } }),
    ]
    const refused = [...(await Promise.all(acts(before))), await caller.put(path, { acted_at: before })]
    expect(refused.map(codeOf)).toEqual(Array(5).fill('422 erased'))
    expect((await Promise.all(acts(after))).map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect((await caller.put(path, { acted_at: after })).status).toBe(200)
    for (const kind of ['responses', 'declines', 'page_views'])
      expect((await caller.get<object[]>(`${path}/${kind}`)).body).toHaveLength(1)
  })

  test('holds for another name of the same person, and for an e-mail given later', async () => {
    const bob = await caller.newEndUser({ external_id: 'bob-7', phone_number: '+49 30 901820' })
    await erase(bob)
    const acted = { acted_at: before }
    for (const name of [{ external_id: 'bob-7' }, { phone_number: '+49 (30) 901-820' }])
      expect(codeOf(await caller.post('/v1/end_users', { ...name, ...acted }))).toBe('422 erased')
    const { body } = await caller.post<EndUser>('/v1/end_users', { external_id: 'other' })
    await caller.put(`/v1/end_users/${body.id}`, { email: bob.email })
    const path = `/v1/end_users/${body.id}/page_views`
    expect(codeOf(await caller.post(path, { at: before }))).toBe('422 erased')
  })

  test('forgets the idempotency keys of the person and of nobody else', async () => {
    const [eve, max] = [await caller.newEndUser(), await caller.newEndUser()]
    const respond = ({ id }: EndUser, key: string) =>
      caller.post(`/v1/end_users/${id}/responses`, { score: 1, ...ORIGIN }, { 'Idempotency-Key': key })
    await respond(eve, 'eve')
    const first = await respond(max, 'max')
    const storage = await openStorage({ db, now: Date.now })
    const keys = async () => (await storage.db.selectFrom('idempotency_keys').selectAll().execute()).length
    const held = await keys()
    await erase(eve)
    expect(await keys()).toBe(held - 1)
    await storage.close()
    expect(await respond(max, 'max')).toMatchObject({ status: 201, body: first.body })
    expect((await respond(eve, 'eve')).status).toBe(404)
  })

  test('is not what a plain DELETE is', async () => {
    const kim = await caller.newEndUser()
    await caller.delete(`/v1/end_users/${kim.id}`)
    const again = await caller.post('/v1/end_users', { email: kim.email, acted_at: before })
    expect(again.status).toBe(201)
  })

  test('takes along more records than one transaction does', async () => {
    const liv = await caller.newEndUser()
    const views = Array.from({ length: 1_100 }, () => caller.post(`/v1/end_users/${liv.id}/page_views`))
    for (const { status } of await Promise.all(views)) expect(status).toBe(201)
    await erase(liv)
    expect((await caller.get(`/v1/end_users/${liv.id}`)).status).toBe(404)
    expect(codeOf(await caller.post('/v1/end_users', { email: liv.email, acted_at: before }))).toBe(
      '422 erased',
    )
  })
})
