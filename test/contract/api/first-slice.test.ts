import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EndUser, ResponseRecord } from '../../../src/wire/v1.js'
import type { Caller } from '../../support/api-caller.js'
import { ENGINES } from '../../support/engines.js'
import { callerOf, startApi } from '../../support/start-api.js'

describe.each(ENGINES)('on $name', ({ start }) => {
  let caller: Caller
  beforeAll(async () => {
    const { createDatabase } = await start(afterAll)
    caller = await callerOf(await startApi(afterAll, { db: await createDatabase() }))
  })

  test('an end user is created, found by e-mail, read and updated', async () => {
    const made = await caller.newEndUser({ properties: { plan: 'pro', size: 3 } })
    const byEmail = await caller.get<EndUser[]>(`/v1/end_users?email=${made.email.toUpperCase()}`)
    expect(byEmail.body.map(({ id }) => id)).toEqual([made.id])
    await caller.put(`/v1/end_users/${made.id}`, { properties: { plan: null, city: 'Reno' } })
    const { body } = await caller.get<EndUser>(`/v1/end_users/${made.id}`)
    expect(body.properties).toEqual({ size: 3, city: 'Reno' })
  })

  test('a response repeated under its key is one response', async () => {
    const { id } = await caller.newEndUser()
    const send = () =>
      caller.post<ResponseRecord>(
        `/v1/end_users/${id}/responses`,
        { score: 9, origin_url: 'https://example.com' },
        { 'Idempotency-Key': `key-${id}` },
      )
    const answers = await Promise.all([send(), send(), send()])
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    const list = await caller.get<ResponseRecord[]>(`/v1/end_users/${id}/responses`)
    expect(list.body).toHaveLength(1)
  })

  test('page views are counted', async () => {
    const { id } = await caller.newEndUser()
    await Promise.all(
      [1, 2, 3].map(n => caller.post(`/v1/end_users/${id}/page_views`, { url: `https://e.com/${n}` })),
    )
    const { body } = await caller.get<EndUser>(`/v1/end_users/${id}`)
    expect(body.page_views_count).toBe(3)
  })
})
