import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type ClientOptions, type Credentials, createClient } from '../../../src/client/index.js'
import { type Reply, type Script, startScriptedServer, tokenReply } from '../../support/scripted-server.js'

const clientCredentials = { clientId: 'app', clientSecret: 'hush' }

async function build(script: Script, options: Partial<ClientOptions> = {}) {
  const server = await startScriptedServer({ api: () => ({ json: [] }), ...script })
  const client = createClient({ baseUrl: server.url, credentials: clientCredentials, retries: 0, ...options })
  return { server, client, act: () => client.endUsers.list().page() }
}

const form = (request: { body: string } | undefined) => Object.fromEntries(new URLSearchParams(request?.body))

/** An API that knows only the tokens that were not revoked. */
const knows =
  (isGood: (token: string) => boolean): NonNullable<Script['api']> =>
  ({ headers }) =>
    isGood(headers.authorization ?? '')
      ? { json: [] }
      : { status: 401, json: { type: 'error_list', errors: [] } }

test('a hundred calls without a token ask for one token', async () => {
  const { server, act } = await build({
    token: async (_, count) => {
      await delay(50)
      return tokenReply(count)
    },
  })
  await Promise.all(Array.from({ length: 100 }, act))
  expect(server.tokenRequests()).toHaveLength(1)
  expect(server.apiRequests()).toHaveLength(100)
})

test('a hundred 401s ask for one token, and each call is repeated once', async () => {
  const { server, act } = await build({ api: knows(token => token !== 'Bearer token-1') })
  await Promise.all(Array.from({ length: 100 }, act))
  expect(server.tokenRequests()).toHaveLength(2)
  const [refused, taken] = ['Bearer token-1', 'Bearer token-2'].map(token =>
    server.apiRequests().filter(({ headers }) => headers.authorization === token),
  )
  expect(taken).toHaveLength(100)
  expect(refused?.length).toBeLessThanOrEqual(100)
})

test('a POST that got a 401 is sent again with the new token: nothing was done by the first', async () => {
  const { server, client } = await build({
    api: (_, count) => (count === 1 ? { status: 401 } : { status: 201 }),
  })
  await client.responses.create(7, { score: 9, origin_url: 'https://example.com' })
  expect(server.apiRequests().map(({ body }) => body)).toEqual([
    'score=9&origin_url=https%3A%2F%2Fexample.com',
    'score=9&origin_url=https%3A%2F%2Fexample.com',
  ])
})

test('an API that refuses every token is not asked without end', async () => {
  const { server, act } = await build({ api: knows(() => false) })
  for (let i = 0; i < 20; i++)
    await expect(act()).rejects.toMatchObject({ status: 401, code: 'unauthorized' })
  // The first token, and one more for the first 401; then there is a pause.
  expect(server.tokenRequests()).toHaveLength(2)
  expect(server.apiRequests()).toHaveLength(21)
})

test('the 401 of a status 200 renews the token too', async () => {
  const errors = [{ status: 'unauthorized', message: 'x', field: null }]
  const { server, act } = await build({
    api: ({ headers }) =>
      headers.authorization === 'Bearer token-1' ? { json: { type: 'error_list', errors } } : { json: [] },
  })
  await act()
  expect(server.tokenRequests()).toHaveLength(2)
})

test('a token endpoint that recovers is noticed without a restart', async () => {
  let monotonicMs = 0
  let isDown = true
  const { server, act } = await build(
    { token: (_, count) => (isDown ? { status: 502 } : tokenReply(count)) },
    { monotonic: () => monotonicMs, random: () => 0 },
  )
  await expect(act()).rejects.toMatchObject({ code: 'token_unavailable', status: 502, retryAfterMs: 1_000 })
  isDown = false
  await expect(act()).rejects.toMatchObject({ code: 'token_unavailable' })
  expect(server.tokenRequests()).toHaveLength(1)
  monotonicMs = 1_000
  await expect(act()).resolves.toEqual([])
  expect(server.tokenRequests()).toHaveLength(2)
})

test('a Retry-After of the token endpoint reaches the caller', async () => {
  const { act } = await build({ token: () => ({ status: 429, headers: { 'retry-after': '42' } }) })
  await expect(act()).rejects.toMatchObject({ code: 'token_unavailable', retryAfterMs: 42_000 })
})

test.each<[string, object]>([
  ['no life', { expires_in: undefined }],
  ['a life as text', { expires_in: '7200' }],
  ['a life without end', { expires_in: 1e12 }],
  ['no life left', { expires_in: 0 }],
  ['half a second', { expires_in: 0.5 }],
  ['Bearer with a capital', { token_type: 'Bearer' }],
  ['more fields', { scope: 'admin read', created_at: 1660292389, refresh_token: 'r' }],
])('a token with %s is taken, and used for more than one call', async (_, more) => {
  const { server, act } = await build({ token: (_request, count) => tokenReply(count, more) })
  await act()
  await act()
  expect(server.tokenRequests()).toHaveLength(1)
})

test('a life without end ends within a day', async () => {
  let monotonicMs = 0
  const { server, act } = await build(
    { token: (_, count) => tokenReply(count, { expires_in: 1e12 }) },
    { monotonic: () => monotonicMs },
  )
  await act()
  monotonicMs = 86_400_000
  await act()
  expect(server.tokenRequests()).toHaveLength(2)
})

test('an endpoint whose tokens never live is not asked for every call', async () => {
  let monotonicMs = 0
  const { server, act } = await build(
    { token: (_, count) => tokenReply(count, { expires_in: 0 }) },
    { monotonic: () => monotonicMs },
  )
  for (let i = 0; i < 60; i++) {
    await act()
    monotonicMs += 1_000
  }
  expect(server.tokenRequests().length).toBeLessThanOrEqual(13)
})

const answers: [string, Reply, string][] = [
  ['a life below none', tokenReply(1, { expires_in: -1 }), 'token_malformed'],
  ['a life that is no number', tokenReply(1, { expires_in: 'soon' }), 'token_malformed'],
  ['a life that is null', tokenReply(1, { expires_in: null }), 'token_malformed'],
  ['a token of another type', tokenReply(1, { token_type: 'mac' }), 'token_malformed'],
  ['a DPoP token', tokenReply(1, { token_type: 'DPoP' }), 'token_malformed'],
  ['no type', tokenReply(1, { token_type: undefined }), 'token_malformed'],
  ['no token', tokenReply(1, { access_token: undefined }), 'token_malformed'],
  ['an empty token', tokenReply(1, { access_token: '' }), 'token_malformed'],
  ['a token that is a number', tokenReply(1, { access_token: 7 }), 'token_malformed'],
  ['a token with a line end', tokenReply(1, { access_token: 'canary\r\nx-evil: 1' }), 'token_malformed'],
  ['a token with a space', tokenReply(1, { access_token: 'a canary' }), 'token_malformed'],
  ['a token that is not ASCII', tokenReply(1, { access_token: 'canaryé' }), 'token_malformed'],
  ['a token of a megabyte', tokenReply(1, { access_token: 'a'.repeat(900_000) }), 'token_malformed'],
  ['a list', { json: ['canary'] }, 'token_malformed'],
  ['null', { json: null }, 'token_malformed'],
  ['nothing', { status: 200 }, 'token_malformed'],
  ['204', { status: 204 }, 'token_malformed'],
  ['201', { status: 201, json: { access_token: 't', token_type: 'bearer' } }, 'token_malformed'],
  ['HTML', response => response.end('<html>canary'), 'token_malformed'],
  ['an error with status 200', { json: { error: 'Not found', status: 404 } }, 'token_malformed'],
  ['too many bytes', { json: 'canary'.repeat(400_000) }, 'token_malformed'],
  ['400 and no reason', { status: 400 }, 'token_refused'],
  ['401 and a page', { status: 401, headers: { 'www-authenticate': 'Bearer' } }, 'token_refused'],
  ['404', { status: 404, json: { error: { nested: 'canary' } } }, 'token_refused'],
  ['a reason that is no reason', { status: 400, json: { error: 'canary canary' } }, 'token_refused'],
  ['500', { status: 500, json: { error: 'canary' } }, 'token_unavailable'],
  ['503', { status: 503 }, 'token_unavailable'],
  ['a line that breaks', response => void response.destroy(), 'token_unavailable'],
]

test.each(answers)('a token endpoint that answers %s gives a typed error, once', async (_, reply, code) => {
  const { server, act } = await build({ token: () => reply })
  const errors = [await act().catch((e: unknown) => e), await act().catch((e: unknown) => e)]
  for (const error of errors) {
    expect(error).toMatchObject({ name: 'TokenError', code })
    expect(String(error)).not.toContain('canary')
    expect(error).not.toHaveProperty('cause')
  }
  expect(server.tokenRequests()).toHaveLength(1)
  expect(server.apiRequests()).toEqual([])
})

test('the password grant names no client, and is renewed by its refresh token', async () => {
  let monotonicMs = 0
  const { server, act } = await build(
    { token: (_, count) => tokenReply(count, { refresh_token: `refresh-${count}` }) },
    {
      credentials: { username: 'owner@example.com', password: 'hush' },
      monotonic: () => monotonicMs,
    },
  )
  await act()
  monotonicMs += 7_200_000
  await act()
  monotonicMs += 7_200_000
  await act()
  expect(server.tokenRequests().map(form)).toEqual([
    { grant_type: 'password', username: 'owner@example.com', password: 'hush' },
    { grant_type: 'refresh_token', refresh_token: 'refresh-1' },
    { grant_type: 'refresh_token', refresh_token: 'refresh-2' },
  ])
})

test('a refresh token that is refused is followed by the password, one that fails is kept', async () => {
  let monotonicMs = 0
  const replies: Reply[] = [
    tokenReply(1, { refresh_token: 'refresh-1' }),
    { status: 503 },
    { status: 400, json: { error: 'invalid_grant' } },
    tokenReply(2),
    tokenReply(3),
  ]
  const { server, act } = await build(
    { token: (_, count) => replies[count - 1] ?? { status: 500 } },
    { credentials: { username: 'owner', password: 'hush' }, monotonic: () => monotonicMs, random: () => 0 },
  )
  await act()
  monotonicMs += 7_200_000
  await expect(act()).rejects.toMatchObject({ code: 'token_unavailable' })
  monotonicMs += 1_000
  await act()
  monotonicMs += 7_200_000
  await act()
  expect(server.tokenRequests().map(request => form(request).grant_type)).toEqual([
    'password',
    'refresh_token',
    'refresh_token',
    'password',
    'password',
  ])
})

test('a refresh token alone is enough, and its successors are told', async () => {
  let monotonicMs = 0
  const told: string[] = []
  const credentials: Credentials = {
    refreshToken: async () => 'refresh-0',
    onRefreshToken: token => told.push(token),
  }
  const { server, act } = await build(
    { token: (_, count) => tokenReply(count, { refresh_token: count < 3 ? `refresh-${count}` : undefined }) },
    { credentials, monotonic: () => monotonicMs },
  )
  for (let i = 0; i < 4; i++) {
    await act()
    monotonicMs += 7_200_000
  }
  expect(server.tokenRequests().map(request => form(request).refresh_token)).toEqual([
    'refresh-0',
    'refresh-1',
    'refresh-2',
    'refresh-2',
  ])
  expect(told).toEqual(['refresh-1', 'refresh-2'])
})

test('a secret from a function is asked for when it is needed, and what the function throws is the caller’s', async () => {
  let reads = 0
  const { server, act } = await build(
    {},
    {
      credentials: {
        clientId: 'app',
        clientSecret: () => {
          if (++reads === 1) throw new Error('the vault is sealed')
          return 'hush'
        },
      },
    },
  )
  expect(reads).toBe(0)
  await expect(act()).rejects.toThrow('the vault is sealed')
  await act()
  expect(form(server.tokenRequests()[0])).toMatchObject({ client_secret: 'hush' })
})

test.each([
  ['new,old', 'new,hush'],
  ['a list', ['new', 'hush']],
  ['a function', () => 'new, hush'],
])('a secret that is being changed may be %s: the first that the API takes', async (_, clientSecret) => {
  const { server, act } = await build(
    {
      token: (request, count) =>
        form(request).client_secret === 'hush'
          ? tokenReply(count)
          : { status: 401, json: { error: 'invalid_client' } },
    },
    { credentials: { clientId: 'app', clientSecret } },
  )
  await act()
  expect(server.tokenRequests().map(request => form(request).client_secret)).toEqual(['new', 'hush'])
})

test('secrets travel in the body of the token request and nowhere else', async () => {
  const { server, act } = await build({})
  await act()
  const [request] = server.tokenRequests()
  expect(request?.query.size).toBe(0)
  expect(JSON.stringify(request?.headers)).not.toContain('hush')
  expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded;charset=UTF-8')
  expect(JSON.stringify(server.apiRequests())).not.toContain('hush')
})

test('a waiter that gives up leaves the token to the others', async () => {
  let release: (reply: Reply) => void = () => undefined
  const { server, client } = await build({
    token: () =>
      new Promise(resolve => {
        release = resolve
      }),
  })
  const controller = new AbortController()
  const gone = expect(client.ready({ signal: controller.signal })).rejects.toBe('enough')
  const stays = client.endUsers.list().page()
  await expect.poll(() => server.tokenRequests().length).toBe(1)
  controller.abort('enough')
  await gone
  release(tokenReply(1))
  expect(await stays).toEqual([])
  expect(server.tokenRequests()).toHaveLength(1)
})
