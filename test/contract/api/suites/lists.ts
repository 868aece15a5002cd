import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { EndUser, ErrorList, ResponseRecord } from '../../../../src/wire/v1.js'
import type { Caller } from '../../../support/api-caller.js'
import type { ContractContext } from './contract-context.js'

/** The seconds at which the responses of these tests were given; some share one. */
const SECONDS = Array.from({ length: 60 }, (_, n) => 1_000 + Math.floor((n * 7) % 40))

const idsOf = (list: readonly { id: number }[]) => list.map(({ id }) => id)
const classOf = (score: number) => (score >= 9 ? 'promoters' : score >= 7 ? 'passives' : 'detractors')

export function listSuite(context: ContractContext): void {
  let caller: Caller
  let path: string
  let responses: (ResponseRecord & { second: number })[]

  beforeAll(async () => {
    caller = await context.newAccount()
    path = `/v1/end_users/${(await caller.newEndUser()).id}`
    responses = []
    for (const [n, second] of SECONDS.entries()) {
      const { body } = await caller.post<ResponseRecord>(`${path}/responses`, {
        score: n % 11,
        origin_url: 'https://example.com',
        created_at: second,
      })
      responses.push({ ...body, second })
    }
  })

  const newestFirst = () => [...responses].sort((a, b) => b.second - a.second || b.id - a.id)

  test('25 come on a page, 50 at most', async () => {
    const lengthOf = async (query: string) =>
      (await caller.get<unknown[]>(`/v1/responses${query}`)).body.length
    expect(await lengthOf('')).toBe(25)
    expect(await lengthOf('?per_page=1')).toBe(1)
    expect(await lengthOf('?per_page=50')).toBe(50)
    expect(await lengthOf('?per_page=100000000000000000000')).toBe(50)
  })

  test('responses come newest first, and pages concatenate to the whole', async () => {
    const perPage = fc.integer({ min: 7, max: 60 })
    const order = fc.constantFrom('', 'asc', 'desc')
    const list = fc.constantFrom('/v1/responses', `${path}/responses`)
    await fc.assert(
      fc.asyncProperty(perPage, order, list, async (size, direction, from) => {
        const all: ResponseRecord[] = []
        for (let page = 1; ; page++) {
          const sort = direction && `&sort_order=${direction}`
          const { body } = await caller.get<ResponseRecord[]>(`${from}?page=${page}&per_page=${size}${sort}`)
          if (body.length === 0) break
          all.push(...body)
        }
        const expected = idsOf(newestFirst())
        expect(idsOf(all)).toEqual(direction === 'asc' ? expected.reverse() : expected)
      }),
      { numRuns: 12 },
    )
  })

  test.each(['100000', '1000000000000000000000000'])('page %s is past the end, and empty', async page => {
    expect((await caller.get(`/v1/responses?page=${page}`)).body).toEqual([])
  })

  test.each([
    'page=0',
    'page=-1',
    'page=1.5',
    'page=a',
    'page=',
    'per_page=0',
    'per_page=x',
    'page=1&page=2',
  ])('%s is refused', async query => {
    const { status, body } = await caller.get<ErrorList>(`/v1/responses?${query}`)
    expect([status, body.errors[0]?.field]).toEqual([400, query.split('=')[0]])
  })

  test('promoters, passives and detractors are all responses, each once', async () => {
    for (const name of ['promoters', 'passives', 'detractors']) {
      const { body } = await caller.get<ResponseRecord[]>(`${path}/responses/${name}?per_page=50`)
      const expected = newestFirst().filter(({ score }) => classOf(score) === name)
      expect(idsOf(body)).toEqual(idsOf(expected))
    }
  })

  test('created filters as a naive filter would, however they are chained', async () => {
    const operators = {
      eq: (a: number, b: number) => a === b,
      lt: (a: number, b: number) => a < b,
      lte: (a: number, b: number) => a <= b,
      gt: (a: number, b: number) => a > b,
      gte: (a: number, b: number) => a >= b,
    }
    const condition = fc.record({
      operator: fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[])),
      second: fc.integer({ min: 998, max: 1_042 }),
    })
    const from = fc.constantFrom('/v1/responses', `${path}/responses`)
    await fc.assert(
      fc.asyncProperty(
        fc.array(condition, { minLength: 1, maxLength: 3 }),
        from,
        async (conditions, list) => {
          const query = conditions.map(({ operator, second }) => `created[][${operator}]=${second}`).join('&')
          const { body } = await caller.get<ResponseRecord[]>(`${list}?per_page=50&${query}`)
          const expected = newestFirst().filter(response =>
            conditions.every(({ operator, second }) => operators[operator](response.second, second)),
          )
          expect(idsOf(body)).toEqual(idsOf(expected).slice(0, 50))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('twenty conditions on a time are taken, a thousand are not', async () => {
    const query = (times: number) => Array.from({ length: times }, (_, n) => `created[][gt]=${n}`).join('&')
    expect((await caller.get(`/v1/responses?${query(20)}`)).status).toBe(200)
    expect((await caller.get(`/v1/responses?${query(800)}`)).status).toBe(400)
  })

  test('updated filters by when a record was written, not by the time that it was given', async () => {
    const future = Math.floor(Date.now() / 1_000) + 60
    const count = async (query: string) =>
      (await caller.get<unknown[]>(`/v1/responses?per_page=50&${query}`)).body.length
    expect(await count('updated[gt]=2000')).toBe(50)
    expect(await count(`updated[gt]=2000&updated[lt]=${future}&created[eq]=1000`)).toBe(2)
    expect(await count(`updated[gt]=${future}`)).toBe(0)
    expect((await caller.get<unknown[]>(`/v1/end_users?updated[gt]=${future}`)).body).toEqual([])
  })

  test.each([
    'created[near]=1',
    'created=1',
    'created[gt]=a',
    'created[gt]=1.5',
    'created[gt]=',
    'created[gt][lt]=1',
    'created[gt]=1&created[gt]=2',
    'updated[gt]=-1',
    'sort_order=up',
    'sort_key=score',
    'sort_key=email',
  ])('%s is refused', async query => {
    expect((await caller.get(`/v1/responses?${query}`)).status).toBe(400)
  })

  test('end users come by id, and are sorted as asked', async () => {
    const own = await context.newAccount()
    const emails = ['c@example.com', 'A@example.com', 'b@example.com']
    for (const email of emails) await own.post('/v1/end_users', { email })
    const list = async (query = '') =>
      (await own.get<EndUser[]>(`/v1/end_users${query}`)).body.map(({ email }) => email?.[0])
    expect(await list()).toEqual(['c', 'A', 'b'])
    expect(await list('?sort_key=email')).toEqual(['A', 'b', 'c'])
    expect(await list('?sort_order=desc')).toEqual(['b', 'A', 'c'])
    expect(await list('?sort_key=email&sort_order=desc&per_page=2')).toEqual(['c', 'b'])
    const { body } = await own.get<EndUser[]>('/v1/end_users?email=c@example.com')
    await own.put(`/v1/end_users/${body[0]?.id}`, { properties: { a: 1 } })
    expect(await list('?sort_key=updated_at')).toEqual(['A', 'b', 'c'])
  })

  test('an e-mail that nobody has finds nothing', async () => {
    const { status, body } = await caller.get('/v1/end_users?email=nobody@example.com')
    expect([status, body]).toEqual([200, []])
  })

  test('declines come newest first, page views by id', async () => {
    for (const created_at of [5, 9, 7]) await caller.post(`${path}/declines`, { created_at })
    const declines = await caller.get<{ created_at: string }[]>(`${path}/declines`)
    expect(declines.body.map(({ created_at }) => created_at.at(-1))).toEqual(['9', '7', '5'])
    const all = await caller.get('/v1/declines')
    expect(all.body).toEqual(declines.body)
    for (const at of [5, 9, 7]) await caller.post(`${path}/page_views`, { at })
    const views = await caller.get<{ id: number; at: string }[]>(`${path}/page_views`)
    expect(views.body.map(({ at }) => at.at(-1))).toEqual(['5', '9', '7'])
  })
}
