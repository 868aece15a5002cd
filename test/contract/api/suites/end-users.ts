import { expect, test } from 'vitest'
import { insertMany } from '../../../../src/api/storage/insert-many.js'
import type { EndUser, ErrorList } from '../../../../src/wire/v1.js'
import { openBeside } from '../../../support/open-seeded.js'
import type { ContractContext } from './contract-context.js'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/
const PLAIN = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/

export function endUserSuite(context: ContractContext): void {
  test('what was created has every field of the document, and its datetimes in ISO 8601', async () => {
    const { status, body } = await context.caller.post<EndUser>('/v1/end_users', {
      email: 'whole@example.com',
      last_surveyed: 1423732280,
      external_created_at: 1400000000,
      properties: { plan: 'Small Business', seats: 3, trial: false },
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.any(Number),
      created_at: expect.stringMatching(ISO),
      updated_at: expect.stringMatching(ISO),
      email: 'whole@example.com',
      last_surveyed: '2015-02-12T09:11:20.000+00:00',
      external_created_at: 1400000000,
      user_id: expect.any(Number),
      page_views_count: 0,
      properties: { plan: 'Small Business', seats: 3, trial: false },
    })
  })

  test('what is read has datetimes without a zone, alone and in a list', async () => {
    const { id, email } = await context.caller.newEndUser()
    const one = await context.caller.get<EndUser>(`/v1/end_users/${id}`)
    const list = await context.caller.get<EndUser[]>(`/v1/end_users?email=${email}`)
    expect(one.body.created_at).toMatch(PLAIN)
    expect(one.body.last_surveyed).toBeNull()
    expect(list.body).toEqual([one.body])
  })

  test('an e-mail is unique whatever its case, form and white space, and stored as given', async () => {
    const { status, body } = await context.caller.post<EndUser>('/v1/end_users', {
      email: ' Ünïque@Example.com ',
    })
    expect([status, body.email]).toEqual([201, ' Ünïque@Example.com '])
    const again = await context.caller.post<ErrorList>('/v1/end_users', {
      email: 'ÜNÏQUE@example.COM'.normalize('NFD'),
    })
    expect(again.status).toBe(400)
    expect(again.body.errors).toEqual([
      { status: 'invalid_parameter', message: 'email has already been taken', field: 'email' },
    ])
    const found = await context.caller.get<EndUser[]>(
      `/v1/end_users?email=${encodeURIComponent('ünïque@example.com')}`,
    )
    expect(found.body.map(({ id }) => id)).toEqual([body.id])
  })

  test('of many who create one e-mail at once, one does', async () => {
    const email = `race-${Date.now()}@example.com`
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => context.caller.post('/v1/end_users', { email })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(400)])
  })

  test('an e-mail need not be one', async () => {
    const { status } = await context.caller.post('/v1/end_users', { email: 'Unknown' })
    expect(status).toBe(201)
  })

  test.each([
    ['is missing', {}],
    ['is null', { email: null }],
    ['is empty', { email: '' }],
    ['is white space', { email: '  ' }],
    ['has a control character', { email: 'a\u0007@example.com' }],
    ['has a lone surrogate', { email: 'a\ud800@example.com' }],
    ['is longer than 255 characters', { email: `${'a'.repeat(250)}@b.com` }],
    ['is a number', { email: 5 }],
  ])('is not created where the e-mail %s', async (_, fields) => {
    const { status, body } = await context.caller.post<ErrorList>('/v1/end_users', fields)
    expect(status).toBe(400)
    expect(body.errors[0]?.field).toBe('email')
  })

  test('updating merges properties, takes away what is null, and moves updated_at alone', async () => {
    const made = await context.caller.newEndUser({ properties: { a: '1', b: '2' }, last_surveyed: 5 })
    const { status, body } = await context.caller.put<EndUser>(`/v1/end_users/${made.id}`, {
      properties: { b: null, c: 3, __proto__x: 'y' },
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      ...made,
      updated_at: expect.stringMatching(ISO),
      properties: { a: '1', c: 3, __proto__x: 'y' },
    })
    expect(Date.parse(body.updated_at)).toBeGreaterThanOrEqual(Date.parse(made.updated_at))
  })

  test('updating sets what is given, and null clears a time', async () => {
    const made = await context.caller.newEndUser({ last_surveyed: 5, external_created_at: 6 })
    const { body } = await context.caller.put<EndUser>(`/v1/end_users/${made.id}`, {
      email: `new-${made.email}`,
      last_surveyed: null,
      external_created_at: 0,
    })
    expect([body.email, body.last_surveyed, body.external_created_at]).toEqual([`new-${made.email}`, null, 0])
  })

  test('updating to an e-mail that another one has is refused, to one’s own is not', async () => {
    const [one, other] = [await context.caller.newEndUser(), await context.caller.newEndUser()]
    const taken = await context.caller.put<ErrorList>(`/v1/end_users/${one.id}`, { email: other.email })
    expect(taken.status).toBe(400)
    expect(taken.body.errors[0]?.message).toBe('email has already been taken')
    const own = await context.caller.put(`/v1/end_users/${one.id}`, {
      email: (one.email ?? '').toUpperCase(),
    })
    expect(own.status).toBe(200)
  })

  test('updates that meet lose none of the properties', async () => {
    const { id } = await context.caller.newEndUser()
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        context.caller.put(`/v1/end_users/${id}`, { properties: { [`p${n}`]: n } }),
      ),
    )
    const { body } = await context.caller.get<EndUser>(`/v1/end_users/${id}`)
    expect(Object.keys(body.properties)).toHaveLength(10)
  })

  test.each([
    ['a nested value', { a: { b: 1 } }],
    ['a list', { a: [1] }],
    ['text', 'plan=pro'],
    ['an empty name', { '': 1 }],
    ['U+0000', { a: '\0' }],
    ['more than is kept', Object.fromEntries(Array.from({ length: 10 }, (_, n) => [n, 'x'.repeat(9_000)]))],
  ])('properties with %s are refused', async (_, properties) => {
    const made = await context.caller.newEndUser()
    const { status, body } = await context.caller.put<ErrorList>(`/v1/end_users/${made.id}`, { properties })
    expect(status).toBe(400)
    expect(body.errors[0]?.field).toMatch(/^properties/)
  })

  test('deleting answers what was deleted, and takes everything of it along', async () => {
    const made = await context.caller.newEndUser({ properties: { a: '1' } })
    const path = `/v1/end_users/${made.id}`
    await context.caller.post(`${path}/responses`, {
      score: 1,
      origin_url: 'https://example.com',
      created_at: 7,
    })
    await context.caller.post(`${path}/declines`, { created_at: 8 })
    await context.caller.post(`${path}/page_views`)
    const { status, body } = await context.caller.delete<EndUser>(path)
    expect([status, body.id, body.properties, body.page_views_count]).toEqual([200, made.id, { a: '1' }, 1])
    expect((await context.caller.get(path)).status).toBe(404)
    expect((await context.caller.get(`${path}/responses`)).status).toBe(404)
    const all = await context.caller.get<unknown[]>('/v1/responses?created[eq]=7')
    const declines = await context.caller.get<unknown[]>('/v1/declines?created[eq]=8')
    expect([all.body, declines.body]).toEqual([[], []])
    const again = await context.caller.post('/v1/end_users', { email: made.email })
    expect(again.status).toBe(201)
  })

  test('deleting takes along more than it deletes at a time, and others write meanwhile', async () => {
    const [many, other] = [await context.caller.newEndUser(), await context.caller.newEndUser()]
    const view = (id: number) => context.caller.post(`/v1/end_users/${id}/page_views`)
    // By thousands of requests it would take a busy machine a minute.
    const storage = await openBeside(context.db)
    await storage.write(async db => {
      const about = { account_id: 1, end_user_id: many.id, url: null, at_s: 1_423_732_280, created_ms: 0 }
      // Ids beyond those that the API leases to itself.
      const views = Array.from({ length: 2_100 }, (_, n) => ({ ...about, id: 2 ** 40 + n }))
      await insertMany(db, 'page_views', views)
      await db
        .updateTable('end_users')
        .set({ page_views_count: views.length })
        .where('account_id', '=', 1)
        .where('id', '=', many.id)
        .execute()
    })
    await storage.close()
    const [deleted, ...written] = await Promise.all([
      context.caller.delete<EndUser>(`/v1/end_users/${many.id}`),
      ...Array.from({ length: 20 }, () => view(other.id)),
    ])
    expect([deleted.status, deleted.body.page_views_count]).toEqual([200, 2_100])
    expect(new Set(written.map(({ status }) => status))).toEqual(new Set([201]))
    expect((await context.caller.get(`/v1/end_users/${many.id}`)).status).toBe(404)
    expect((await context.caller.get<EndUser>(`/v1/end_users/${other.id}`)).body.page_views_count).toBe(20)
  })
}
