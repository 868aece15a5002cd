import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Decline, EndUser, ErrorList, PageView, ResponseRecord } from '../../../../src/wire/v1.js'
import type { Answer } from '../../../support/api-caller.js'
import type { ContractContext } from './contract-context.js'

const ORIGIN = 'https://example.com/page'

export function recordSuite(context: ContractContext): void {
  const newPath = async () => `/v1/end_users/${(await context.caller.newEndUser()).id}`

  test('a response has every field of the document, with its own time', async () => {
    const path = await newPath()
    const { status, body } = await context.caller.post<ResponseRecord>(`${path}/responses`, {
      score: 10,
      origin_url: ORIGIN,
      text: 'Great Service',
      ip_address: '192.168.0.1',
      created_at: 1423732280,
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.any(Number),
      created_at: '2015-02-12T09:11:20.000+00:00',
      updated_at: expect.any(String),
      score: 10,
      text: 'Great Service',
      ip_address: '192.168.0.1',
      origin_url: ORIGIN,
      end_user_id: Number(path.split('/').at(-1)),
      user_id: expect.any(Number),
    })
    const one = await context.caller.get<ResponseRecord>(`${path}/responses/${body.id}`)
    expect(one.body).toEqual({ ...body, created_at: '2015-02-12 09:11:20', updated_at: expect.any(String) })
  })

  test('records of many end users that arrive at once are each as they would be alone', async () => {
    const { caller } = context
    const users = await Promise.all(
      Array.from({ length: 16 }, (_, n) => caller.newEndUser({ properties: { plan: `plan ${n}` } })),
    )
    const textOf = (n: number) => [undefined, 'it’s "fine" \\ {}', '\u2028 \u{1f600}\n', `text ${n}`][n % 4]
    const answers = await Promise.all(
      users.flatMap(({ id }, n) => [
        caller.post<ResponseRecord>(
          `/v1/end_users/${id}/responses`,
          { score: n % 11, text: textOf(n), origin_url: ORIGIN, created_at: 1_500_000_000 + n },
          { 'idempotency-key': `at-once-${id}` },
        ),
        caller.post(`/v1/end_users/${id}/page_views`, { url: `${ORIGIN}/${n}` }),
        caller.post(`/v1/end_users/${id}/page_views`),
        caller.post(`/v1/end_users/${id}/declines`, { created_at: 1_400_000_000 }),
        caller.post(`/v1/end_users/${9_007_199_254_740_991 - n}/responses`, { score: 1, origin_url: ORIGIN }),
      ]),
    )
    expect(answers.map(({ status }) => status)).toEqual(users.flatMap(() => [201, 201, 201, 201, 404]))
    for (const [n, { id }] of users.entries()) {
      const path = `/v1/end_users/${id}`
      const [responses, declines, pageViews, endUser] = await Promise.all([
        caller.get<ResponseRecord[]>(`${path}/responses`),
        caller.get<Decline[]>(`${path}/declines`),
        caller.get<PageView[]>(`${path}/page_views`),
        caller.get<EndUser>(path),
      ])
      expect(responses.body).toMatchObject([
        { id: (answers[n * 5] as Answer<ResponseRecord>).body.id, score: n % 11, text: textOf(n) ?? null },
      ])
      expect(declines.body).toHaveLength(1)
      expect(pageViews.body.map(({ url }) => url).sort()).toEqual([`${ORIGIN}/${n}`, null])
      expect(endUser.body).toMatchObject({ page_views_count: 2, properties: { plan: `plan ${n}` } })
      expect(Date.parse(`${endUser.body.last_surveyed}Z`) / 1_000).toBe(1_500_000_000 + n)
    }
  })

  test('what is optional in a response is null', async () => {
    const { body } = await context.caller.post<ResponseRecord>(`${await newPath()}/responses`, {
      score: '0',
      origin_url: ORIGIN,
    })
    expect([body.score, body.text, body.ip_address]).toEqual([0, null, null])
  })

  test.each([7.5, '7.0', ' 7', '7abc', '1e1', true, -1, '-1', 11, '11', '', null, '07', [7], { a: 7 }])(
    'the score %j is refused',
    async score => {
      const { status, body } = await context.caller.post<ErrorList>(`${await newPath()}/responses`, {
        score,
        origin_url: ORIGIN,
      })
      expect([status, body.errors[0]?.field]).toEqual([400, 'score'])
    },
  )

  test('everything that is wrong is said at once', async () => {
    const { body } = await context.caller.post<ErrorList>(`${await newPath()}/responses`, {
      ip_address: '1.2.3',
      created_at: 'today',
    })
    expect(body.errors.map(({ message }) => message)).toEqual([
      'score is required',
      'origin_url is required',
      'ip_address must be an IPv4 or IPv6 address',
      'created_at must be a UNIX timestamp in whole seconds',
    ])
  })

  test.each(['::1', '2001:db8::ff00:42:8329', '::ffff:10.0.0.1', '255.255.255.255'])(
    'the address %s is taken',
    async ip_address => {
      const { body } = await context.caller.post<ResponseRecord>(`${await newPath()}/responses`, {
        score: 1,
        origin_url: ORIGIN,
        ip_address,
      })
      expect(body.ip_address).toBe(ip_address)
    },
  )

  test.each(['256.1.1.1', '1.2.3', 'fe80::1%eth0', '', 'localhost'])(
    'the address %j is refused',
    async address => {
      const { status } = await context.caller.post(`${await newPath()}/responses`, {
        score: 1,
        origin_url: ORIGIN,
        ip_address: address,
      })
      expect(status).toBe(400)
    },
  )

  test.each([[0], ['253402300799'], [253402300799]])(
    'the time %j is taken, and comes back',
    async created_at => {
      const path = await newPath()
      const { body } = await context.caller.post<Decline>(`${path}/declines`, { created_at })
      expect(Date.parse(body.created_at)).toBe(Number(created_at) * 1_000)
    },
  )

  test.each([-1, 1.5, '1.5', 253402300800, '1e9', '2015-02-12', ''])(
    'the time %j is refused',
    async created_at => {
      const { status } = await context.caller.post(`${await newPath()}/declines`, { created_at })
      expect(status).toBe(400)
    },
  )

  test('a text of 10,000 emoji comes back as it went, urlencoded', async () => {
    const path = await newPath()
    const text = '🦊'.repeat(10_000)
    const form = new URLSearchParams({ score: '3', origin_url: ORIGIN, text }).toString()
    const { status, body } = await context.caller.call<ResponseRecord>('POST', `${path}/responses`, { form })
    expect(status).toBe(201)
    expect(body.text).toBe(text)
  })

  test.each([
    ['one code point more', '🦊'.repeat(10_001)],
    ['U+0000', 'a\0b'],
    ['a lone surrogate', 'a\udc00b'],
  ])('a text with %s is refused', async (_, text) => {
    const { status } = await context.caller.post(`${await newPath()}/responses`, {
      score: 1,
      origin_url: ORIGIN,
      text,
    })
    expect(status).toBe(400)
  })

  test('every text comes back as it went: emoji, right to left, combining, quotes', async () => {
    const path = await newPath()
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(texts, async parts => {
        const text = [...parts, 'שלום "עולם" \u202eabc\u202c \'; drop table x; -- 👩🏽‍🚀'].join('')
        const { body } = await context.caller.post<ResponseRecord>(`${path}/responses`, {
          score: 1,
          origin_url: ORIGIN,
          text,
        })
        const read = await context.caller.get<ResponseRecord>(`${path}/responses/${body.id}`)
        expect([body.text, read.body.text]).toEqual([text, text])
      }),
      { numRuns: 15 },
    )
  })

  test('a page view is now where it does not say when, and may have no URL', async () => {
    const path = await newPath()
    const { status, body } = await context.caller.post<PageView>(`${path}/page_views`)
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.any(Number),
      end_user_id: Number(path.split('/').at(-1)),
      url: null,
      at: expect.any(String),
      created_at: expect.any(String),
      updated_at: body.created_at,
    })
    expect(Math.abs(Date.parse(body.at) - Date.now())).toBeLessThan(5_000)
  })

  test('responses and declines move last_surveyed forward, never back', async () => {
    const path = await newPath()
    const surveyed = async () => (await context.caller.get<EndUser>(path)).body.last_surveyed
    await context.caller.post(`${path}/declines`, { created_at: 1_000 })
    expect(await surveyed()).toBe('1970-01-01 00:16:40')
    await context.caller.post(`${path}/responses`, { score: 1, origin_url: ORIGIN, created_at: 2_000 })
    expect(await surveyed()).toBe('1970-01-01 00:33:20')
    await context.caller.post(`${path}/declines`, { created_at: 1_500 })
    expect(await surveyed()).toBe('1970-01-01 00:33:20')
  })

  test.each(['responses', 'declines', 'page_views'])(
    'deleting one of the %s answers it, once',
    async kind => {
      const path = await newPath()
      const { body } = await context.caller.post<{ id: number }>(`${path}/${kind}`, {
        score: 5,
        origin_url: ORIGIN,
      })
      const deleted = await context.caller.delete(`${path}/${kind}/${body.id}`)
      expect([deleted.status, deleted.body]).toEqual([200, body])
      expect((await context.caller.delete(`${path}/${kind}/${body.id}`)).status).toBe(404)
      expect((await context.caller.get(`${path}/${kind}/${body.id}`)).status).toBe(404)
    },
  )

  test.each(['responses', 'declines', 'page_views'])(
    '%s of nobody are 404, listed and created',
    async kind => {
      const path = '/v1/end_users/9007199254740991'
      expect((await context.caller.get(`${path}/${kind}`)).status).toBe(404)
      expect((await context.caller.post(`${path}/${kind}`, { score: 5, origin_url: ORIGIN })).status).toBe(
        404,
      )
    },
  )

  test('a record under another end user is 404, to read and to delete', async () => {
    const [mine, theirs] = [await newPath(), await newPath()]
    for (const kind of ['responses', 'declines', 'page_views']) {
      const { body } = await context.caller.post<{ id: number }>(`${mine}/${kind}`, {
        score: 5,
        origin_url: ORIGIN,
      })
      expect((await context.caller.get(`${theirs}/${kind}/${body.id}`)).status).toBe(404)
      expect((await context.caller.delete(`${theirs}/${kind}/${body.id}`)).status).toBe(404)
      expect((await context.caller.get(`${mine}/${kind}/${body.id}`)).status).toBe(200)
    }
  })

  test('the count of page views is their number after any history', async () => {
    const steps = fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.constant('add') }, { weight: 2, arbitrary: fc.nat(9) }),
      {
        maxLength: 25,
      },
    )
    await fc.assert(
      fc.asyncProperty(steps, async history => {
        const path = await newPath()
        const ids: number[] = []
        for (const step of history) {
          if (step === 'add') ids.push((await context.caller.post<PageView>(`${path}/page_views`)).body.id)
          else
            await context.caller.delete(
              `${path}/page_views/${ids.splice(Number(step) % (ids.length || 1), 1)[0] ?? 1}`,
            )
        }
        const { body } = await context.caller.get<EndUser>(path)
        const list = await context.caller.get<PageView[]>(`${path}/page_views?per_page=50`)
        expect([body.page_views_count, list.body.map(({ id }) => id)]).toEqual([ids.length, ids])
      }),
      { numRuns: 10 },
    )
  })

  test('page views that arrive at once are all counted', async () => {
    const path = await newPath()
    await Promise.all(Array.from({ length: 20 }, () => context.caller.post(`${path}/page_views`)))
    expect((await context.caller.get<EndUser>(path)).body.page_views_count).toBe(20)
  })
}
