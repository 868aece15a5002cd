import { expect, test } from 'vitest'
import { type Client, type ClientOptions, createClient } from '../../../src/client/index.js'
import { startScriptedServer } from '../../support/scripted-server.js'

const times = { created_at: '2015-02-12T06:29:27.000-08:00', updated_at: '2015-02-12T06:29:27.000-08:00' }
const endUser = {
  id: 7,
  ...times,
  email: 'a@example.com',
  last_surveyed: null,
  external_created_at: null,
  user_id: 1,
  page_views_count: 0,
  properties: {},
}
const response = {
  id: 3,
  ...times,
  score: 9,
  text: null,
  ip_address: null,
  origin_url: 'https://example.com',
  end_user_id: 7,
  user_id: 1,
}
const decline = { id: 3, end_user_id: 7, ...times, user_id: 1 }
const pageView = { id: 3, end_user_id: 7, url: null, at: times.created_at, ...times }

const credentials = { clientId: 'app', clientSecret: 'hush' }
const date = new Date('2015-02-12T14:29:27Z')

/** Every method of the client: what it sends, and what it makes of the answer. */
const calls: [
  request: string,
  act: (client: Client) => Promise<unknown>,
  answer: object,
  body?: Record<string, string>,
][] = [
  ['GET /v1/end_users/7', ({ endUsers }) => endUsers.get(7), endUser],
  ['GET /v1/end_users?page=1', ({ endUsers }) => endUsers.list().page(), [endUser]],
  [
    'GET /v1/end_users?email=a%40example.com&page=1',
    ({ endUsers }) => endUsers.list({ email: 'a@example.com' }).page(),
    [endUser],
  ],
  [
    'GET /v1/end_users?per_page=50&created%5Bgte%5D=5&sort_order=desc&page=4',
    ({ endUsers }) => endUsers.list({ per_page: 50, created: { gte: 5 }, sort_order: 'desc' }).page(4),
    [endUser],
  ],
  [
    'POST /v1/end_users',
    ({ endUsers }) =>
      endUsers.create({
        email: 'a@example.com',
        last_surveyed: 5,
        external_created_at: 6,
        properties: { plan: 'pro' },
      }),
    endUser,
    { email: 'a@example.com', last_surveyed: '5', external_created_at: '6', 'properties[plan]': 'pro' },
  ],
  [
    'PUT /v1/end_users/7',
    ({ endUsers }) => endUsers.update(7, { last_surveyed: 5 }),
    endUser,
    { last_surveyed: '5' },
  ],
  ['DELETE /v1/end_users/7', ({ endUsers }) => endUsers.delete(7), endUser],
  ['GET /v1/responses?page=1', ({ responses }) => responses.list().page(), [response]],
  ['GET /v1/end_users/7/responses?page=1', ({ responses }) => responses.listOf(7).page(), [response]],
  ...(['promoters', 'passives', 'detractors'] as const).map((kind): (typeof calls)[number] => [
    `GET /v1/end_users/7/responses/${kind}?per_page=5&page=1`,
    ({ responses }) => responses.listOf(7, { class: kind, per_page: 5 }).page(),
    [response],
  ]),
  ['GET /v1/end_users/7/responses/3', ({ responses }) => responses.get(7, 3), response],
  [
    'POST /v1/end_users/7/responses',
    ({ responses }) =>
      responses.create(7, {
        score: 0,
        origin_url: 'https://example.com',
        text: 'a; score=10',
        ip_address: '::1',
        created_at: 5,
      }),
    response,
    {
      score: '0',
      origin_url: 'https://example.com',
      text: 'a; score=10',
      ip_address: '::1',
      created_at: '5',
    },
  ],
  ['DELETE /v1/end_users/7/responses/3', ({ responses }) => responses.delete(7, 3), response],
  ['GET /v1/declines?page=1', ({ declines }) => declines.list().page(), [decline]],
  ['GET /v1/end_users/7/declines?page=1', ({ declines }) => declines.listOf(7).page(), [decline]],
  ['GET /v1/end_users/7/declines/3', ({ declines }) => declines.get(7, 3), decline],
  ['POST /v1/end_users/7/declines', ({ declines }) => declines.create(7), decline, {}],
  [
    'POST /v1/end_users/7/declines',
    ({ declines }) => declines.create(7, { created_at: 5 }),
    decline,
    { created_at: '5' },
  ],
  ['DELETE /v1/end_users/7/declines/3', ({ declines }) => declines.delete(7, 3), decline],
  ['GET /v1/end_users/7/page_views?page=1', ({ pageViews }) => pageViews.listOf(7).page(), [pageView]],
  ['GET /v1/end_users/7/page_views/3', ({ pageViews }) => pageViews.get(7, 3), pageView],
  [
    'POST /v1/end_users/7/page_views',
    ({ pageViews }) => pageViews.create(7, { at: 5, url: 'https://example.com/?a=1&b=2' }),
    pageView,
    { at: '5', url: 'https://example.com/?a=1&b=2' },
  ],
  ['POST /v1/end_users/7/page_views', ({ pageViews }) => pageViews.create(7), pageView, {}],
  ['DELETE /v1/end_users/7/page_views/3', ({ pageViews }) => pageViews.delete(7, 3), pageView],
]

const parsed = (record: object) => ({
  ...record,
  created_at: date,
  updated_at: date,
  ...('at' in record && { at: date }),
})

test.each(calls)(
  '%s is what the method sends, and its answer is read',
  async (request, act, answer, body) => {
    const server = await startScriptedServer({ api: () => ({ json: answer }) })
    const client = createClient({ baseUrl: server.url, credentials })
    expect(await act(client)).toEqual(Array.isArray(answer) ? answer.map(parsed) : parsed(answer))
    const [received] = server.apiRequests()
    const query = received?.query.toString()
    expect(`${received?.method} ${received?.path}${query ? `?${query}` : ''}`).toBe(request)
    expect(Object.fromEntries(new URLSearchParams(received?.body))).toEqual(body ?? {})
    expect(received?.headers).toMatchObject({ accept: 'application/json', authorization: 'Bearer token-1' })
  },
)

test.each([200, 201, 202, 204])(
  'a write that is answered with %d and no body has no record to give',
  async status => {
    const server = await startScriptedServer({ api: () => ({ status }) })
    const { endUsers, responses, declines, pageViews } = createClient({ baseUrl: server.url, credentials })
    expect(await endUsers.create({ email: 'a@example.com' })).toBeUndefined()
    expect(await endUsers.update(7, { email: 'b@example.com' })).toBeUndefined()
    expect(await endUsers.delete(7)).toBeUndefined()
    expect(await responses.create(7, { score: 1, origin_url: 'x' })).toBeUndefined()
    expect(await declines.delete(7, 3)).toBeUndefined()
    expect(await pageViews.create(7)).toBeUndefined()
  },
)

test('a deleted response is read though the document’s example does not say whose it was', async () => {
  const { end_user_id, user_id, ...example } = response
  const server = await startScriptedServer({ api: () => ({ json: example }) })
  const client = createClient({ baseUrl: server.url, credentials })
  expect(await client.responses.delete(7, 3)).toEqual(parsed({ ...example, end_user_id: 7 }))
})

test('a wrong shape is named with its request and its place, and no value', async () => {
  const server = await startScriptedServer({ api: () => ({ json: [endUser, { ...endUser, id: '1/../2' }] }) })
  const client = createClient({ baseUrl: server.url, credentials })
  await expect(client.endUsers.list().page()).rejects.toMatchObject({
    name: 'ResponseError',
    code: 'answer_malformed',
    field: '1.id',
    message: 'GET /v1/end_users was answered in a shape that the API does not have: 1.id',
  })
})

test.each([0, -1, 1.5, Number.NaN, 2 ** 53, '7', '7/../8', null, undefined])(
  'an id %j is the caller’s mistake: nothing is sent',
  async id => {
    const server = await startScriptedServer({})
    const client = createClient({ baseUrl: server.url, credentials })
    const wrong = id as number
    for (const act of [
      () => client.endUsers.get(wrong),
      () => client.endUsers.delete(wrong),
      () => client.responses.get(1, wrong),
      () => client.responses.delete(1, wrong),
      () => client.responses.create(wrong, { score: 1, origin_url: 'x' }),
      () => client.declines.listOf(wrong).page(),
      () => client.pageViews.delete(wrong, 1),
    ])
      await expect(act()).rejects.toThrow(TypeError)
    expect(server.received).toEqual([])
  },
)

test.each(['', 'a b', 'a\r\nb', 'é', 'x'.repeat(256)])(
  'an idempotency key %j is the caller’s mistake: nothing is sent',
  async idempotencyKey => {
    const server = await startScriptedServer({})
    const client = createClient({ baseUrl: server.url, credentials })
    await expect(client.declines.create(7, {}, { idempotencyKey })).rejects.toThrow(TypeError)
    expect(server.received).toEqual([])
  },
)

test.each<[string, Partial<Record<keyof ClientOptions, unknown>>]>([
  ['no credentials at all', { credentials: {} }],
  ['an empty client id', { credentials: { clientId: '', clientSecret: 'x' } }],
  ['no client secret', { credentials: { clientId: 'x' } }],
  ['no password', { credentials: { username: 'x', password: undefined } }],
  ['an empty refresh token', { credentials: { refreshToken: '' } }],
  ['a base URL in clear', { baseUrl: 'http://api.wootric.com' }],
  ['no time', { timeoutMs: 0 }],
  ['half a retry', { retries: 0.5 }],
  ['no bytes', { maxAnswerBytes: 0 }],
  ['a user agent that ends a header', { userAgent: 'x\r\ny: z' }],
])('%s is the caller’s mistake, said at once', (_, options) => {
  expect(() => createClient({ credentials, ...options } as ClientOptions)).toThrow(TypeError)
})

test('a base URL may have a path, and the user agent is the caller’s', async () => {
  const server = await startScriptedServer({
    api: ({ path }) => (path === '/gateway/oauth/token' ? { json: token } : { json: [] }),
  })
  const token = { access_token: 't', token_type: 'bearer' }
  const client = createClient({ baseUrl: `${server.url}/gateway/`, credentials, userAgent: 'shop/1.0' })
  await client.endUsers.list().page()
  expect(server.received.map(({ path, headers }) => [path, headers['user-agent']])).toEqual([
    ['/gateway/oauth/token', 'shop/1.0'],
    ['/gateway/v1/end_users', 'shop/1.0'],
  ])
})

test('nothing is asked before a method is called', async () => {
  const server = await startScriptedServer({})
  const client = createClient({ baseUrl: server.url, credentials })
  client.endUsers.list()
  expect(server.received).toEqual([])
  expect(client.idempotencyRetentionS).toBeUndefined()
  expect(client.rateLimit).toBeUndefined()
  await client.ready()
  expect(server.received).toHaveLength(1)
})
