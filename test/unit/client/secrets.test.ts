import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { type ClientOptions, createClient } from '../../../src/client/index.js'
import { type Reply, startScriptedServer } from '../../support/scripted-server.js'

const CANARIES = {
  secret: 'canary-secret',
  token: 'canary-token',
  refresh: 'canary-refresh',
  email: 'canary-email@example.com',
  text: 'canary-text',
  echo: 'canary-echo',
}

/** Every way in which a value gets into a log. */
function dump(value: unknown): string {
  const error = value instanceof Error ? [value.message, value.stack, String(value)] : []
  return [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: false }),
    JSON.stringify(value) ?? '',
    JSON.stringify(Object.entries(value as object)),
    ...error,
  ].join('\n')
}

function expectNoCanary(value: unknown): void {
  expect(dump(value)).not.toMatch(/canary/i)
}

async function refusalsOf(acts: (() => Promise<unknown>)[]): Promise<PromiseRejectedResult[]> {
  const results = await Promise.allSettled(acts.map(act => act()))
  return results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
}

const options = (more: Partial<ClientOptions>): ClientOptions => ({
  credentials: { clientId: 'app', clientSecret: () => CANARIES.secret },
  retries: 0,
  timeoutMs: 1_000,
  ...more,
})

const goodToken: Reply = {
  json: { access_token: CANARIES.token, token_type: 'bearer', refresh_token: CANARIES.refresh },
}

test('neither the client nor its options show a secret or a token', async () => {
  const server = await startScriptedServer({ token: () => goodToken, api: () => ({ json: [] }) })
  const given = options({ baseUrl: server.url })
  const client = createClient(given)
  await client.endUsers.list().page()
  expectNoCanary(client)
  expectNoCanary(given)
  expectNoCanary(client.endUsers.list({ email: CANARIES.email }))
})

const echo = `${CANARIES.echo} Bearer ${CANARIES.token} ${CANARIES.secret} ${CANARIES.email}`
const apiReplies: [string, Reply][] = [
  ['a 401 that echoes the token', { status: 401, json: { type: 'error_list', errors: [{ message: echo }] } }],
  [
    'a 400 that echoes the body',
    { status: 400, json: { type: 'error_list', errors: [{ status: echo, message: echo, field: echo }] } },
  ],
  ['a 200 with an error list', { json: { type: 'error_list', errors: [{ status: echo, message: echo }] } }],
  [
    'a 500 with a stack and headers',
    {
      status: 500,
      json: { stack: echo },
      headers: { 'x-request-id': echo, 'retry-after': 'canary', 'set-cookie': 'canary=1', 'x-canary': echo },
    },
  ],
  ['a 429', { status: 429, headers: { 'x-rate-limit-reset': 'canary', 'retry-after': '1' } }],
  ['a redirect', { status: 302, headers: { location: `https://canary.example/?${CANARIES.token}` } }],
  ['HTML', response => response.end(`<html>${echo}`)],
  ['cut JSON', response => response.end(`{"email":"${CANARIES.email}`)],
  ['a wrong shape', { json: { id: 1, email: CANARIES.email, created_at: echo } }],
  ['a wrong property', { json: { id: 1, properties: { 'canary-property': [echo] } } }],
  ['a break', response => void response.destroy()],
  ['silence', () => undefined],
  ['what is no HTTP', response => void response.socket?.end(`canary ${echo}\r\n\r\n`)],
]

test.each(apiReplies)('no error says what travelled, after %s', async (_, reply) => {
  const server = await startScriptedServer({ token: () => goodToken, api: () => reply })
  const client = createClient(options({ baseUrl: server.url }))
  const acts = [
    () => client.endUsers.create({ email: CANARIES.email, properties: { note: CANARIES.text } }),
    () => client.endUsers.list({ email: CANARIES.email }).page(),
    () => client.responses.create(7, { score: 1, text: CANARIES.text, origin_url: 'https://canary.example' }),
    () => client.endUsers.get(7, {}),
  ]
  const refusals = await refusalsOf(acts)
  expect(refusals).toHaveLength(acts.length)
  for (const { reason: error } of refusals) {
    expect(error).toBeInstanceOf(Error)
    expectNoCanary(error)
    expectNoCanary({ wrapped: error })
    expectNoCanary(new Error('outer', { cause: error }))
    expectNoCanary(new AggregateError([error]))
  }
  expect(server.apiRequests().length).toBeGreaterThanOrEqual(4)
})

const tokenReplies: [string, Reply][] = [
  ['refuses and echoes', { status: 401, json: { error: 'invalid_client', error_description: echo } }],
  ['refuses with the secret as the reason', { status: 400, json: { error: CANARIES.secret } }],
  ['fails with a stack', { status: 500, json: { error: echo } }],
  ['answers a wrong shape', { json: { access_token: { canary: CANARIES.token }, token_type: 'bearer' } }],
  ['answers a mac token', { json: { access_token: CANARIES.token, token_type: 'mac' } }],
  ['answers half of it', response => response.end(`{"access_token":"${CANARIES.token}"`)],
  ['breaks', response => void response.destroy()],
]

test.each(tokenReplies)('no error says a secret or a token, when the token endpoint %s', async (_, reply) => {
  const server = await startScriptedServer({ token: () => reply })
  for (const credentials of [
    { clientId: 'app', clientSecret: CANARIES.secret },
    { username: CANARIES.email, password: CANARIES.secret },
    { refreshToken: CANARIES.refresh },
  ]) {
    const client = createClient(options({ baseUrl: server.url, credentials }))
    const error = await client.ready().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'TokenError' })
    expectNoCanary(error)
    expectNoCanary(client)
  }
})

test('an error of a fetch of the caller’s own is not passed on: it may hold headers', async () => {
  const client = createClient(
    options({
      baseUrl: 'https://api.example',
      fetch: async (url, init) => {
        if (url.endsWith('/oauth/token'))
          return Response.json({ access_token: CANARIES.token, token_type: 'bearer' })
        throw Object.assign(new Error(`failed with ${init.headers.authorization}`), {
          request: init,
          code: 'UND_ERR_CANARY '.trim(),
        })
      },
    }),
  )
  const error = await client.endUsers.get(7).catch((reason: unknown) => reason)
  expect(dump(error)).not.toContain(CANARIES.token)
  expect(error).toMatchObject({ name: 'NetworkError', reason: 'UND_ERR_CANARY' })
})

test('what the API said is there for who asks for it', async () => {
  const errors = [{ status: 'invalid', message: CANARIES.echo, field: 'email' }]
  const server = await startScriptedServer({
    token: () => goodToken,
    api: () => ({ status: 400, json: { type: 'error_list', errors } }),
  })
  const client = createClient(options({ baseUrl: server.url }))
  await expect(client.endUsers.get(7)).rejects.toMatchObject({ apiErrors: errors })
})
