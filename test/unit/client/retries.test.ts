import { expect, test } from 'vitest'
import { type ClientOptions, createClient } from '../../../src/client/index.js'
import { type Reply, type Script, startScriptedServer, tokenReply } from '../../support/scripted-server.js'

async function build(script: Script, options: Partial<ClientOptions> = {}) {
  const server = await startScriptedServer(script)
  const client = createClient({
    baseUrl: server.url,
    credentials: { clientId: 'app', clientSecret: 'hush' },
    // No luck, no wait: what is tested is whether, not when.
    random: () => 0,
    ...options,
  })
  return { server, client }
}

const pageView = {
  id: 3,
  end_user_id: 7,
  url: null,
  at: '2014-12-14 02:13:05',
  created_at: '2014-12-14 02:13:15',
  updated_at: '2014-12-14 02:13:15',
}
const retention = { 'Idempotency-Key-Retention': '5270400' }

const breakOff: Reply = response => void response.destroy()

test.each<[string, Reply]>([
  ['a 500', { status: 500 }],
  ['a 503', { status: 503 }],
  ['a 408', { status: 408 }],
  ['a 425', { status: 425 }],
  ['a connection that breaks', breakOff],
])('a GET, PUT or DELETE is repeated after %s', async (_, failure) => {
  for (const act of ['get', 'update', 'delete'] as const) {
    const { server, client } = await build({
      api: (_request, count) => (count < 3 ? failure : act === 'get' ? { json: [] } : { status: 204 }),
    })
    if (act === 'get') expect(await client.endUsers.list().page()).toEqual([])
    else if (act === 'update') expect(await client.endUsers.update(7, {})).toBeUndefined()
    else expect(await client.endUsers.delete(7)).toBeUndefined()
    expect(server.apiRequests()).toHaveLength(3)
    expect(server.tokenRequests()).toHaveLength(1)
  }
})

test('a timeout is repeated, and each attempt has its own time', async () => {
  const { server, client } = await build(
    { api: (_, count) => (count < 3 ? () => undefined : { json: [] }) },
    { timeoutMs: 500 },
  )
  expect(await client.endUsers.list().page()).toEqual([])
  expect(server.apiRequests()).toHaveLength(3)
})

test.each([400, 401, 403, 404, 405, 409, 413, 415, 422])('a %d is not repeated', async status => {
  const { server, client } = await build({ api: () => ({ status }) })
  await expect(client.endUsers.get(7)).rejects.toMatchObject({ name: 'ApiError', status })
  // A 401 is: once, with a new token.
  expect(server.apiRequests()).toHaveLength(status === 401 ? 2 : 1)
})

test('what is not the API’s answer is not repeated', async () => {
  const { server, client } = await build({ api: () => ({ json: { id: 'x' } }) })
  await expect(client.endUsers.get(7)).rejects.toMatchObject({ name: 'ResponseError' })
  expect(server.apiRequests()).toHaveLength(1)
})

test('it is repeated as often as said, and then the last error stands', async () => {
  for (const retries of [0, 1, 4]) {
    const { server, client } = await build({ api: (_, count) => ({ status: 500 + count }) }, { retries })
    await expect(client.endUsers.get(7)).rejects.toMatchObject({ status: 501 + retries })
    expect(server.apiRequests()).toHaveLength(1 + retries)
  }
})

test.each<[string, Reply]>([
  ['a 503', { status: 503 }],
  ['a connection that breaks', breakOff],
])('a POST is never repeated after %s where the API is not known to honour keys', async (_, failure) => {
  const { server, client } = await build({ api: () => failure })
  await expect(client.pageViews.create(7, {}, { idempotencyKey: 'act-1' })).rejects.toThrow()
  await expect(client.pageViews.create(7)).rejects.toThrow()
  expect(server.apiRequests()).toHaveLength(2)
})

test('a POST with a key is repeated with that key where the API has said that it honours keys', async () => {
  const { server, client } = await build({
    api: (_, count) => (count === 2 ? breakOff : { status: 201, json: pageView, headers: retention }),
  })
  expect(client.idempotencyRetentionS).toBeUndefined()
  await client.pageViews.create(7, {}, { idempotencyKey: 'act-1' })
  expect(client.idempotencyRetentionS).toBe(5_270_400)
  await client.pageViews.create(7, {}, { idempotencyKey: 'act-2' })
  expect(server.apiRequests().map(({ headers }) => headers['idempotency-key'])).toEqual([
    'act-1',
    'act-2',
    'act-2',
  ])
})

test('a POST without a key is not repeated, whatever the API honours', async () => {
  const { server, client } = await build({
    api: (_, count) => (count === 1 ? { status: 201, json: pageView, headers: retention } : { status: 503 }),
  })
  await client.pageViews.create(7, {}, { idempotencyKey: 'act-1' })
  await expect(client.pageViews.create(7)).rejects.toMatchObject({ status: 503 })
  expect(server.apiRequests()).toHaveLength(2)
})

test('an API that took a key and says nothing of keys is known to ignore them', async () => {
  const { server, client } = await build({
    api: (_, count) => (count === 1 ? { status: 201, json: pageView } : { status: 503 }),
  })
  await client.pageViews.create(7, {}, { idempotencyKey: 'act-1' })
  expect(client.idempotencyRetentionS).toBe(0)
  await expect(client.pageViews.create(7, {}, { idempotencyKey: 'act-2' })).rejects.toMatchObject({
    status: 503,
  })
  expect(server.apiRequests()).toHaveLength(2)
})

test('a gateway’s refusal, which says nothing of keys, unlearns nothing', async () => {
  const { client } = await build({
    api: (_, count) => (count === 1 ? { json: pageView, headers: retention } : { status: 400 }),
  })
  await client.pageViews.create(7, {}, { idempotencyKey: 'act-1' })
  await expect(client.pageViews.create(7, {}, { idempotencyKey: 'act-2' })).rejects.toThrow()
  expect(client.idempotencyRetentionS).toBe(5_270_400)
})

test('a record that a repeated DELETE no longer finds was deleted by the first', async () => {
  const { client } = await build({ api: (_, count) => (count === 1 ? breakOff : { status: 404 }) })
  expect(await client.declines.delete(7, 3)).toBeUndefined()
})

test('a record that the first DELETE does not find is not found', async () => {
  const { client } = await build({ api: () => ({ status: 404 }) })
  await expect(client.declines.delete(7, 3)).rejects.toMatchObject({ status: 404 })
})

test('a wait that the API asks for is waited, and one that is too long is the caller’s to decide', async () => {
  const { server, client } = await build({
    api: (_, count) =>
      count === 1
        ? { status: 429, headers: { 'retry-after': '1' } }
        : { status: 503, headers: { 'retry-after': '60' } },
  })
  const startMs = performance.now()
  await expect(client.endUsers.get(7)).rejects.toMatchObject({ status: 503, retryAfterMs: 60_000 })
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(990)
  expect(server.apiRequests()).toHaveLength(2)
})

test('a limit without Retry-After is waited for by its reset', async () => {
  const now = () => 1_700_000_000_000
  const headers = {
    'x-rate-limit-limit': '5',
    'x-rate-limit-remaining': '0',
    'x-rate-limit-reset': '1700000060',
  }
  const { server, client } = await build({ api: () => ({ status: 429, headers }) }, { now })
  await expect(client.endUsers.get(7)).rejects.toMatchObject({
    status: 429,
    rateLimit: { limit: 5, remaining: 0, resetAtMs: 1_700_000_060_000 },
  })
  expect(client.rateLimit).toEqual({ limit: 5, remaining: 0, resetAtMs: 1_700_000_060_000 })
  expect(server.apiRequests()).toHaveLength(1)
})

test('who aborts during a wait gets the reason at once', async () => {
  const { server, client } = await build({ api: () => ({ status: 503, headers: { 'retry-after': '9' } }) })
  const controller = new AbortController()
  const pending = client.endUsers.get(7, { signal: controller.signal })
  const refused = expect(pending).rejects.toBe('enough')
  await expect.poll(() => server.apiRequests().length).toBe(1)
  const startMs = performance.now()
  controller.abort('enough')
  await refused
  expect(performance.now() - startMs).toBeLessThan(8_000)
})

test('a token endpoint that is down for a moment costs a moment, a POST’s too', async () => {
  const { server, client } = await build({
    token: (_, count) => (count === 1 ? { status: 503 } : tokenReply(count)),
    api: () => ({ status: 201, json: pageView }),
  })
  await expect(client.pageViews.create(7)).resolves.toMatchObject({ id: 3 })
  expect(server.tokenRequests()).toHaveLength(2)
  expect(server.apiRequests()).toHaveLength(1)
})

test('refused credentials are not repeated', async () => {
  const { server, client } = await build({
    token: () => ({ status: 401, json: { error: 'invalid_client' } }),
  })
  await expect(client.endUsers.get(7)).rejects.toMatchObject({
    name: 'TokenError',
    code: 'token_refused',
    oauthError: 'invalid_client',
    status: 401,
  })
  await expect(client.endUsers.get(7)).rejects.toMatchObject({ code: 'token_refused' })
  expect(server.tokenRequests()).toHaveLength(1)
  expect(server.apiRequests()).toHaveLength(0)
})

test('what is to be called before each attempt can end the call, and then nothing more is sent', async () => {
  const { server, client } = await build({
    api: (_, count) => (count === 1 ? { status: 201, json: pageView, headers: retention } : { status: 503 }),
  })
  const sent: number[] = []
  const beforeSend = () => {
    if (sent.push(server.apiRequests().length) === 3) throw new RangeError('too late')
  }
  await client.pageViews.create(7, {}, { idempotencyKey: 'act-1', beforeSend })
  await expect(client.pageViews.create(7, {}, { idempotencyKey: 'act-2', beforeSend })).rejects.toThrow(
    RangeError,
  )
  expect(sent).toEqual([0, 1, 2])
  expect(server.apiRequests()).toHaveLength(2)
})
