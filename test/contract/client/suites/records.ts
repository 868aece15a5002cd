import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Client } from '../../../../src/client/index.js'
import type { ClientContext } from './client-context.js'

/** The lists print no milliseconds; everything else is the same. */
function toSeconds<T extends object>(record: T | undefined): object {
  const second = (value: unknown) =>
    value instanceof Date ? new Date(Math.floor(value.getTime() / 1_000) * 1_000) : value
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, second(value)]))
}

async function first<T>(list: AsyncIterable<T>): Promise<T | undefined> {
  for await (const record of list) return record
  return undefined
}

/** Text that the API stores: no NUL, no half characters. */
const storable = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
  .filter(text => !text.includes('\0'))

export function recordSuite(context: ClientContext): void {
  test('an end user is the same in create, get, list, update and delete', async () => {
    const { endUsers } = context.client
    const email = context.newEmail()
    const created = await endUsers.create({
      email,
      last_surveyed: 1_423_732_280,
      external_created_at: 1_400_000_000,
      properties: { plan: 'Small Business', seats: 3, trial: false },
    })
    expect(created).toMatchObject({
      email,
      last_surveyed: new Date(1_423_732_280_000),
      external_created_at: 1_400_000_000,
      page_views_count: 0,
      properties: { plan: 'Small Business', seats: 3, trial: false },
    })
    const id = created?.id ?? 0
    expect(Math.abs((created?.created_at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
    const got = await endUsers.get(id)
    expect(got).toEqual(toSeconds(created))
    expect(await first(endUsers.list({ email: email.toUpperCase() }))).toEqual(got)

    const updated = await endUsers.update(id, { properties: { plan: null, city: 'San Francisco' } })
    expect(updated?.properties).toEqual({ seats: 3, trial: false, city: 'San Francisco' })
    expect(toSeconds(await endUsers.delete(id))).toEqual(toSeconds(updated))
    await expect(endUsers.get(id)).rejects.toMatchObject({
      code: 'not_found',
      apiErrors: [{ status: 'record_not_found', field: null }],
    })
  })

  test('a response is the same in create, get, list and delete', async () => {
    const { id } = await context.newEndUser()
    const { responses } = context.client
    const created = await responses.create(id, {
      score: 10,
      origin_url: 'https://example.com/a?b=c&d=e',
      text: 'Tom; Jerry & score=1',
      ip_address: '2001:db8::1',
      created_at: 1_423_751_367,
    })
    expect(created).toMatchObject({
      score: 10,
      origin_url: 'https://example.com/a?b=c&d=e',
      text: 'Tom; Jerry & score=1',
      ip_address: '2001:db8::1',
      end_user_id: id,
      created_at: new Date(1_423_751_367_000),
    })
    const got = await responses.get(id, created?.id ?? 0)
    expect(got).toEqual(toSeconds(created))
    expect(await responses.listOf(id).page()).toEqual([got])
    expect(await first(responses.listOf(id, { class: 'promoters' }))).toEqual(got)
    expect((await context.client.endUsers.get(id)).last_surveyed).toEqual(new Date(1_423_751_367_000))
    expect(toSeconds(await responses.delete(id, got.id))).toEqual(got)
    expect(await responses.listOf(id).page()).toEqual([])
  })

  test('a decline is the same in create, get, list and delete', async () => {
    const { id } = await context.newEndUser()
    const { declines } = context.client
    const created = await declines.create(id, { created_at: 1_423_751_367 })
    expect(created).toMatchObject({ end_user_id: id, created_at: new Date(1_423_751_367_000) })
    const got = await declines.get(id, created?.id ?? 0)
    expect(got).toEqual(toSeconds(created))
    expect(await declines.listOf(id).page()).toEqual([got])
    expect((await declines.list({ created: { eq: 1_423_751_367 } }).page()).map(one => one.id)).toContain(
      got.id,
    )
    expect(toSeconds(await declines.delete(id, got.id))).toEqual(got)
    expect((await declines.create(id))?.end_user_id).toBe(id)
  })

  test('a page view is the same in create, get, list and delete, and is counted', async () => {
    const { id } = await context.newEndUser()
    const { pageViews, endUsers } = context.client
    const created = await pageViews.create(id, { at: 1_423_751_367, url: 'http://example.com' })
    expect(created).toMatchObject({
      end_user_id: id,
      at: new Date(1_423_751_367_000),
      url: 'http://example.com',
    })
    expect((await pageViews.create(id))?.url).toBeNull()
    expect((await endUsers.get(id)).page_views_count).toBe(2)
    const got = await pageViews.get(id, created?.id ?? 0)
    expect(got).toEqual(toSeconds(created))
    expect(await first(pageViews.listOf(id))).toEqual(got)
    expect(toSeconds(await pageViews.delete(id, got.id))).toEqual(got)
    expect((await endUsers.get(id)).page_views_count).toBe(1)
  })

  test('any text arrives as it was sent, whichever way the body goes', async () => {
    const { id } = await context.newEndUser()
    const { responses, endUsers } = context.client
    const value = fc.oneof(storable, fc.integer(), fc.boolean())
    await fc.assert(
      fc.asyncProperty(storable, storable, value, async (text, name, property) => {
        const created = await responses.create(id, { score: 5, origin_url: 'https://example.com', text })
        expect(created?.text).toBe(text)
        const updated = await endUsers.update(id, { properties: { [name]: property } })
        if (name !== '__proto__') expect(updated?.properties[name]).toBe(property)
      }),
      { numRuns: 60 },
    )
  })

  test('ten thousand emoji fit in', async () => {
    const { id } = await context.newEndUser()
    const text = '🦀'.repeat(10_000)
    const created = await context.client.responses.create(id, { score: 0, origin_url: 'https://e.com', text })
    expect(created?.text).toBe(text)
  })

  test('every number in an answer is a whole one, and every id a safe one', async () => {
    const { id } = await context.newEndUser()
    await context.client.pageViews.create(id)
    for await (const { id, user_id, page_views_count } of context.client.endUsers.list({ per_page: 50 })) {
      for (const number of [id, user_id, page_views_count]) expect(Number.isSafeInteger(number)).toBe(true)
    }
  })

  const refusals: [string, (client: Client, id: number) => Promise<unknown>, object][] = [
    [
      'an e-mail that is taken',
      async ({ endUsers }, id) => endUsers.create({ email: (await endUsers.get(id)).email ?? '' }),
      { status: 400, code: 'bad_request', apiErrors: [{ field: 'email' }] },
    ],
    [
      'an empty e-mail',
      ({ endUsers }) => endUsers.create({ email: '' }),
      { status: 400, apiErrors: [{ field: 'email' }] },
    ],
    [
      'a score of 11',
      ({ responses }, id) => responses.create(id, { score: 11, origin_url: 'x' }),
      { status: 400, apiErrors: [{ field: 'score' }] },
    ],
    [
      'a time before all times',
      ({ pageViews }, id) => pageViews.create(id, { at: -1 }),
      { status: 400, apiErrors: [{ field: 'at' }] },
    ],
    [
      'text with U+0000',
      ({ responses }, id) => responses.create(id, { score: 1, origin_url: 'x', text: 'a\0b' }),
      { status: 400, apiErrors: [{ field: 'text' }] },
    ],
    ['page 0', ({ endUsers }) => endUsers.list().page(0), { status: 400, apiErrors: [{ field: 'page' }] }],
    ['a record of nobody', ({ declines }, id) => declines.get(id, 2 ** 52), { status: 404 }],
    ['a record under somebody else', ({ responses }) => responses.listOf(2 ** 52).page(), { status: 404 }],
  ]
  test.each(refusals)('%s is refused in the words of the API', async (_, act, expected) => {
    const { id } = await context.newEndUser()
    await expect(act(context.client, id)).rejects.toMatchObject({ name: 'ApiError', ...expected })
  })

  test('another account’s records are not there', async () => {
    const { id } = await context.newEndUser()
    const response = await context.client.responses.create(id, { score: 1, origin_url: 'x' })
    const stranger = await context.newAccount()
    for (const act of [
      () => stranger.endUsers.get(id),
      () => stranger.endUsers.update(id, { email: 'mine@example.com' }),
      () => stranger.endUsers.delete(id),
      () => stranger.responses.get(id, response?.id ?? 0),
      () => stranger.responses.delete(id, response?.id ?? 0),
      () => stranger.pageViews.create(id),
      () => stranger.declines.listOf(id).page(),
    ])
      await expect(act()).rejects.toMatchObject({ status: 404, code: 'not_found' })
    expect(await stranger.endUsers.list().page()).toEqual([])
    expect(await stranger.responses.list().page()).toEqual([])
  })
}
