import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../support/api-caller.js'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { ENGINES } from '../../support/engines.js'
import { CREDENTIALS, callerOf, startApi } from '../../support/start-api.js'

/** Requests that go out at the same time. */
const BATCH = 50

/** Stands for an end user who is there. */
const USER = 'USER'

const segment = fc.oneof(
  { weight: 9, arbitrary: fc.constant(USER) },
  { weight: 2, arbitrary: fc.constantFrom('1', '2', '3') },
  fc.constantFrom(
    '0',
    '-1',
    '9007199254740993',
    'promoters',
    '%00',
    '%ff',
    '..',
    'responses.json',
    ' ',
    '1;2',
  ),
  fc.webSegment(),
)
const kind = fc.constantFrom('responses', 'declines', 'page_views', 'respones', 'responses/promoters')
const path = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(segment, kind).map(([id, name]) => `/v1/end_users/${id}/${name}`) },
  {
    weight: 3,
    arbitrary: fc.tuple(segment, kind, segment).map(([a, name, b]) => `/v1/end_users/${a}/${name}/${b}`),
  },
  { weight: 3, arbitrary: fc.constantFrom('/v1/end_users', '/v1/responses', '/v1/declines', '/oauth/token') },
  { weight: 2, arbitrary: segment.map(id => `/v1/end_users/${id}`) },
  fc.webPath().map(text => `/v1${text}`),
)

const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('email', 'score', 'text', 'origin_url', 'ip_address', 'created_at', 'at'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('created[gt]', 'created[][lt]', 'updated[eq]', 'page', 'per_page'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('properties[a]', 'properties', 'properties[__proto__]', 'sort_key'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('grant_type', 'username', 'client_id', 'client_secret', 'refresh_token'),
  },
  fc.string(),
)
const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('5', '10', '0', '-1', '1e400', '', 'null', '253402300799', '::1', 'email'),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
  fc.string({
    unit: fc.constantFrom('\0', '\ud800', '\udfff', '🦊', ';', '&', '=', '%', '[', ']', '\u2028', "'"),
  }),
  fc.constantFrom(
    'client_credentials',
    'password',
    'refresh_token',
    CREDENTIALS.clientId,
    'a'.repeat(20_000),
  ),
)
const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 })
const raw = fc
  .array(fc.tuple(name, value), { maxLength: 4 })
  .map(list => list.map(pair => pair.join('=')).join(';'))

/** Fields that are right, of which some may be put wrong. */
const fields = fc
  .tuple(fc.uuid(), fc.dictionary(name, fc.oneof(value, fc.jsonValue()), { maxKeys: 2 }))
  .map(([email, odd]) => ({ email, score: '7', origin_url: 'https://example.com', ...odd }))

const encode = (all: object): string =>
  new URLSearchParams(
    Object.entries(all).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ).toString()

const json = fc.oneof(
  { weight: 5, arbitrary: fields.map(all => JSON.stringify(all)) },
  fc.json(),
  fc.string(),
)
const urlencoded = fc.oneof(
  {
    weight: 3,
    arbitrary: fields.map(encode),
  },
  raw,
  pairs.map(list => new URLSearchParams(list).toString()),
)
const odd = fc.oneof(
  value,
  fc.constant('--x\r\ncontent-disposition: form-data; name="score"\r\n\r\n5\r\n--x--\r\n'),
)

const bodyOf = (types: fc.Arbitrary<string>, text: fc.Arbitrary<string>) => fc.record({ type: types, text })
const body = fc.oneof(
  { weight: 4, arbitrary: bodyOf(fc.constant('application/json'), json) },
  { weight: 4, arbitrary: bodyOf(fc.constant('application/x-www-form-urlencoded'), urlencoded) },
  bodyOf(
    fc.constantFrom('multipart/form-data', 'multipart/form-data; boundary=x', 'text/plain', 'a/b+json'),
    odd,
  ),
  fc.constant(undefined),
)

const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'),
  path,
  query: fc.oneof(
    fc.constant(''),
    pairs.map(list => `?${new URLSearchParams(list)}`),
    fc.webQueryParameters().map(text => `?${text}`),
  ),
  key: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
  authorized: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
  body,
})

const REQUESTS = [10_000, 2_000]

describe.each(ENGINES.map((engine, n) => ({ ...engine, requests: REQUESTS[n] ?? 0 })))('on $name', engine => {
  const { start, requests } = engine
  const cleanUp = cleanUpAfterAll()
  let caller: Caller

  beforeAll(async () => {
    const db = await (await start(cleanUp)).createDatabase()
    caller = await callerOf(await startApi(cleanUp, { db }))
  })

  async function statusOf(sent: Sent, userId: number): Promise<number> {
    const { method, query, key, authorized, body } = sent
    const path = sent.path.replaceAll(USER, String(userId))
    const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD'
    const response = await fetch(caller.url + path + query, {
      method,
      headers: {
        ...(authorized && { authorization: `Bearer ${caller.token}` }),
        ...(key !== undefined && { 'Idempotency-Key': key }),
        ...(hasBody && { 'content-type': body.type }),
      },
      ...(hasBody && { body: body.text }),
    })
    await response.arrayBuffer()
    return response.status
  }

  test(`${requests} requests of every kind never make it answer 500`, { timeout: 120_000 }, async () => {
    const seen = new Set<number>()
    const batch = fc.array(request, { minLength: BATCH, maxLength: BATCH })
    await fc.assert(
      fc.asyncProperty(batch, async sent => {
        const { id } = await caller.newEndUser()
        const statuses = await Promise.all(sent.map(one => statusOf(one, id)))
        for (const status of statuses) seen.add(status)
        expect(sent.filter((_, n) => (statuses[n] ?? 500) >= 500)).toEqual([])
      }),
      { numRuns: requests / BATCH, endOnFailure: true },
    )
    expect([200, 201, 400, 401, 404, 405, 409, 415].filter(status => !seen.has(status))).toEqual([])
  })
})

type Sent = typeof request extends fc.Arbitrary<infer T> ? T : never
