import { expect, test } from 'vitest'
import { createClient } from '../../../src/client/index.js'
import { startScriptedServer } from '../../support/scripted-server.js'

const endUser = {
  id: 1,
  created_at: '2014-12-01 18:36:59',
  updated_at: '2014-12-04 12:43:44',
  email: 'nps@example.com',
  last_surveyed: null,
  external_created_at: null,
  user_id: 16,
  page_views_count: 1,
  properties: { plan: 'Small Business' },
}

test('an end user is got with a bearer token that the client credentials brought', async () => {
  const server = await startScriptedServer({ api: () => ({ json: endUser }) })
  const client = createClient({
    baseUrl: server.url,
    credentials: { clientId: 'app', clientSecret: 'hush' },
  })
  expect(await client.endUsers.get(1)).toEqual({
    ...endUser,
    created_at: new Date('2014-12-01T18:36:59Z'),
    updated_at: new Date('2014-12-04T12:43:44Z'),
  })
  expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /oauth/token',
    'GET /v1/end_users/1',
  ])
  expect(Object.fromEntries(new URLSearchParams(server.received[0]?.body))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'app',
    client_secret: 'hush',
  })
  expect(server.received[1]?.headers.authorization).toBe('Bearer token-1')
})

test('an end user is created by a form', async () => {
  const server = await startScriptedServer({ api: () => ({ status: 201, json: endUser }) })
  const client = createClient({
    baseUrl: server.url,
    credentials: { clientId: 'app', clientSecret: 'hush' },
  })
  await client.endUsers.create(
    { email: 'a+b@example.com', properties: { plan: 'Tom & Jerry; 1=2' } },
    { idempotencyKey: 'key-1' },
  )
  const [request] = server.apiRequests()
  expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
    email: 'a+b@example.com',
    'properties[plan]': 'Tom & Jerry; 1=2',
  })
  expect(request?.headers['idempotency-key']).toBe('key-1')
  expect(client.idempotencyRetentionS).toBe(0)
})

test('a list pages until a page is short', async () => {
  const server = await startScriptedServer({
    api: ({ query }) => ({
      json: Array.from({ length: query.get('page') === '3' ? 4 : 25 }, (_, i) => ({
        ...endUser,
        id: Number(query.get('page')) * 100 + i,
      })),
    }),
  })
  const client = createClient({ baseUrl: server.url, credentials: { clientId: 'app', clientSecret: 'hush' } })
  const ids: number[] = []
  for await (const { id } of client.endUsers.list()) ids.push(id)
  expect(ids).toHaveLength(54)
  expect(server.apiRequests()).toHaveLength(3)
})

test('a refusal, a wrong shape and a silence are errors of their own', async () => {
  const server = await startScriptedServer({
    api: ({ path }) =>
      path.endsWith('/1')
        ? { status: 400, json: { type: 'error_list', errors: [{ status: 'x', message: 'm', field: 'f' }] } }
        : path.endsWith('/2')
          ? { json: { ...endUser, id: '1/../2' } }
          : () => undefined,
  })
  const client = createClient({
    baseUrl: server.url,
    credentials: { clientId: 'app', clientSecret: 'hush' },
    timeoutMs: 150,
    retries: 0,
  })
  await expect(client.endUsers.get(1)).rejects.toMatchObject({
    name: 'ApiError',
    code: 'bad_request',
    status: 400,
    errors: [{ status: 'x', message: 'm', field: 'f' }],
  })
  await expect(client.endUsers.get(2)).rejects.toMatchObject({ name: 'AnswerError', field: 'id' })
  await expect(client.endUsers.get(3)).rejects.toMatchObject({ name: 'TimeoutError' })
})
