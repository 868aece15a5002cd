import { expect, onTestFinished, test } from 'vitest'
import type { EndUser, ErrorList } from '../../../../src/wire/v1.js'
import { callerOf, startApi } from '../../../support/start-api.js'
import type { ContractContext } from './contract-context.js'

const ORIGIN = 'https://example.com'
const RETENTION = 'idempotency-key-retention'

export function idempotencySuite(context: ContractContext): void {
  let made = 0
  const newKey = () => ({ 'Idempotency-Key': `key-${Date.now()}-${made++}` })
  const newPath = async () => `/v1/end_users/${(await context.caller.newEndUser()).id}`

  test.each([
    ['responses', { score: 9, origin_url: ORIGIN, text: 'x' }],
    ['declines', {}],
    ['page_views', { url: ORIGIN }],
  ])('the same key gets the same of the %s again, and there is one', async (kind, fields) => {
    const [path, key] = [await newPath(), newKey()]
    const first = await context.caller.post(`${path}/${kind}`, fields, key)
    const again = await context.caller.post(`${path}/${kind}`, fields, key)
    expect([again.status, again.body]).toEqual([201, first.body])
    expect((await context.caller.get<unknown[]>(`${path}/${kind}`)).body).toHaveLength(1)
    expect((await context.caller.get<EndUser>(path)).body.page_views_count).toBe(
      kind === 'page_views' ? 1 : 0,
    )
  })

  test('an end user created twice under one key is not a taken e-mail', async () => {
    const [key, fields] = [newKey(), { email: `once-${Date.now()}@example.com` }]
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => context.caller.post<EndUser>('/v1/end_users', fields, key)),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(201))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  })

  test('of many that arrive at once, all get the one that was made', async () => {
    const [path, key] = [await newPath(), newKey()]
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => context.caller.post(`${path}/page_views`, { at: 5 }, key)),
    )
    for (const { status, body } of answers) expect([status, body]).toEqual([201, answers[0]?.body])
    expect((await context.caller.get<EndUser>(path)).body.page_views_count).toBe(1)
  })

  test('the same request in another form is the same request', async () => {
    const [path, key] = [`${await newPath()}/responses`, newKey()]
    const fields = { text: 'a', score: '5', origin_url: ORIGIN }
    const json = await context.caller.post(path, fields, key)
    const form = `score=5;origin_url=${ORIGIN};text=a`
    const again = await context.caller.call('POST', path, { form, headers: key })
    expect([again.status, again.body]).toEqual([201, json.body])
  })

  test('another body, or another path, under the same key is 409', async () => {
    const [path, key] = [await newPath(), newKey()]
    await context.caller.post(`${path}/declines`, { created_at: 1 }, key)
    for (const [to, fields] of [
      [`${path}/declines`, { created_at: 2 }],
      [`${await newPath()}/declines`, { created_at: 1 }],
      [`${path}/page_views`, { created_at: 1 }],
    ] as const) {
      const { status, body } = await context.caller.post<ErrorList>(to, fields, key)
      expect([status, body.errors[0]?.status]).toEqual([409, 'idempotency_key_reused'])
    }
  })

  test('what was refused may be tried again under its key', async () => {
    const [path, key] = [`${await newPath()}/responses`, newKey()]
    expect((await context.caller.post(path, { score: 11, origin_url: ORIGIN }, key)).status).toBe(400)
    expect((await context.caller.post(path, { score: 10, origin_url: ORIGIN }, key)).status).toBe(201)
  })

  test('what was deleted is not made again by a late retry', async () => {
    const [path, key] = [`${await newPath()}/declines`, newKey()]
    const { body } = await context.caller.post<{ id: number }>(path, {}, key)
    await context.caller.delete(`${path}/${body.id}`)
    const late = await context.caller.post<ErrorList>(path, {}, key)
    expect([late.status, late.body.errors[0]?.status]).toEqual([409, 'idempotency_record_deleted'])
    expect((await context.caller.get(path)).body).toEqual([])
  })

  test('two accounts may use the same key', async () => {
    const [other, key] = [await context.newAccount(), newKey()]
    const fields = { email: `both-${Date.now()}@example.com` }
    const one = await context.caller.post<EndUser>('/v1/end_users', fields, key)
    const two = await other.post<EndUser>('/v1/end_users', fields, key)
    expect([one.status, two.status]).toEqual([201, 201])
    expect(one.body.user_id).not.toBe(two.body.user_id)
  })

  test.each(['', 'x'.repeat(256), 'clé'])('the key %j is refused', async key => {
    const { status } = await context.caller.post(
      `${await newPath()}/declines`,
      {},
      { 'Idempotency-Key': key },
    )
    expect(status).toBe(400)
  })

  test('every answer says for how long keys are kept', async () => {
    const path = await newPath()
    const posted = await context.caller.post(`${path}/declines`)
    const refused = await context.caller.post(`${path}/responses`)
    const read = await context.caller.get(path)
    for (const { headers } of [posted, refused, read]) expect(headers.get(RETENTION)).toBe('5270400')
  })

  test('a key is forgotten after 61 days', async () => {
    let now = Date.now()
    const api = await startApi(onTestFinished, { db: await context.createDatabase(), now: () => now })
    const key = newKey()
    const before = await callerOf(api)
    const { id } = await before.newEndUser()
    const first = await before.post(`/v1/end_users/${id}/declines`, {}, key)
    now += 60.9 * 86_400_000
    const within = await (await callerOf(api)).post(`/v1/end_users/${id}/declines`, {}, key)
    now += 0.2 * 86_400_000
    const after = await (await callerOf(api)).post(`/v1/end_users/${id}/declines`, {}, key)
    expect(within.body).toEqual(first.body)
    expect(after.body).not.toEqual(first.body)
  })

  test('without idempotency keys are ignored, and nothing is said about them', async () => {
    const api = await startApi(onTestFinished, { db: await context.createDatabase(), idempotency: false })
    const caller = await callerOf(api)
    const { id } = await caller.newEndUser()
    const key = newKey()
    const first = await caller.post<{ id: number }>(`/v1/end_users/${id}/declines`, {}, key)
    const again = await caller.post<{ id: number }>(`/v1/end_users/${id}/declines`, {}, key)
    expect(first.body.id).not.toBe(again.body.id)
    expect(first.headers.get(RETENTION)).toBeNull()
  })
}
