import { existsSync, openSync, statSync, truncateSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createApi, serveApi } from '../../../src/api/index.js'
import type { ErrorList } from '../../../src/wire/v1.js'
import { createCaller, obtainToken, postToken } from '../../support/api-caller.js'
import { CREDENTIALS, callerOf, startApi } from '../../support/start-api.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/** What a server answers to a request for a host. */
function ask(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.end(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    )
    let received = ''
    socket.on('data', chunk => {
      received += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(received.slice(9, 12)))
  })
}

describe('a server on a loopback address', () => {
  test('answers to names of this machine alone, and to those that are allowed', async () => {
    const { api, url } = await startApi(onTestFinished)
    const port = Number(new URL(url).port)
    for (const host of [
      'localhost',
      `localhost:${port}`,
      '127.0.0.1:80',
      '[::1]',
      'api.localhost',
      'LOCALHOST.',
    ])
      expect([host, await ask(port, host)]).toEqual([host, '200'])
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'x'])
      expect([host, await ask(port, host)]).toEqual([host, '421'])
    const allowed = await serveApi(api, { port: 0, allowedHosts: ['api.example.com'] })
    onTestFinished(() => allowed.close())
    expect(await ask(allowed.port, 'api.example.com:443')).toBe('200')
    expect(await ask(allowed.port, 'evil.example')).toBe('421')
  })
})

describe('readiness', () => {
  test('says that the file is damaged, and requests are answered 503 instead of 500', async () => {
    const { api, url, db } = await startApi(onTestFinished)
    await callerOf({ url })
    await api.close()
    const again = await startApi(onTestFinished, { db })
    const token = await obtainToken(again.url, CREDENTIALS)
    const file = openSync(db, 'r+')
    for (let page = 1; page * 4_096 < statSync(db).size; page++)
      writeSync(file, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096)
    truncateSync(`${db}-wal`, 0)
    const response = await fetch(`${again.url}/ready`)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({
      status: 'not_ready',
      reason: expect.stringMatching(/^the (file is damaged|disk can not be read or written)$/),
    })
    const { status, body } = await createCaller(again.url, token).get<ErrorList>('/v1/responses')
    expect([status, body.errors[0]?.status]).toEqual([503, 'storage_unavailable'])
  })
})

test('a new database and what is beside it are its owner’s alone, and an old one becomes so', async () => {
  const { url, db } = await startApi(onTestFinished)
  await callerOf({ url })
  for (const file of [db, `${db}-wal`, `${db}-shm`]) {
    expect(existsSync(file)).toBe(true)
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
  }
})

test('a database that is missing is made only where that is asked for', async () => {
  const { db } = await startApi(onTestFinished)
  await expect(createApi({ db: `${db}.other`, create: false })).rejects.toMatchObject({
    code: 'database_missing',
  })
  expect(existsSync(`${db}.other`)).toBe(false)
})

test('rotation ends every token of the account, and the former secret after its time', async () => {
  let now = Date.now()
  const { api, url } = await startApi(onTestFinished, { now: () => now })
  const { email: username, password, clientId: client_id } = CREDENTIALS
  const user = (await postToken(url, { grant_type: 'password', username, password })).body
  const token = await obtainToken(url, CREDENTIALS)
  const { clientSecret } = await api.accounts.rotateSecret(1, { keepFormerS: 3_600 })
  for (const access of [token, user.access_token])
    expect((await createCaller(url, access).get('/v1/responses')).status).toBe(401)
  const refresh = { grant_type: 'refresh_token', refresh_token: user.refresh_token ?? '' }
  expect((await postToken(url, refresh)).status).toBe(400)
  const logIn = async (client_secret: string) =>
    (await postToken(url, { grant_type: 'client_credentials', client_id, client_secret })).status
  expect([await logIn(clientSecret), await logIn(CREDENTIALS.clientSecret)]).toEqual([200, 200])
  now += 3_601_000
  expect([await logIn(clientSecret), await logIn(CREDENTIALS.clientSecret)]).toEqual([200, 401])
  const { password: changed } = await api.accounts.rotatePassword(1)
  expect((await postToken(url, { grant_type: 'password', username, password })).status).toBe(400)
  expect((await postToken(url, { grant_type: 'password', username, password: changed })).status).toBe(200)
})

test('a first account whose secret is given as new,old takes both, and the old one for a day', async () => {
  const [fresh, old] = ['b81f0c7d2e9a4653', '47c0e6b1a2f98d35']
  let now = Date.now()
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const account = { ...CREDENTIALS, clientSecret: `${fresh}, ${old}` }
  const { api, url } = await startApi(onTestFinished, {
    db: join(folder.path, 'new.db'),
    account,
    now: () => now,
  })
  expect(api.firstAccount).toMatchObject({ clientSecret: fresh, generated: [] })
  const logIn = async (client_secret: string) =>
    (
      await postToken(url, {
        grant_type: 'client_credentials',
        client_id: account.clientId,
        client_secret,
      })
    ).status
  expect([await logIn(fresh), await logIn(old), await logIn(account.clientSecret)]).toEqual([200, 200, 401])
  now += 86_401_000
  expect([await logIn(fresh), await logIn(old)]).toEqual([200, 401])
})

test('garbage refresh tokens leave what is known of others', async () => {
  const { url } = await startApi(onTestFinished)
  const caller = await callerOf({ url })
  await caller.get('/v1/responses')
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      postToken(url, { grant_type: 'refresh_token', refresh_token: `garbage-${n}` }),
    ),
  )
  expect(answers.every(({ status }) => status === 400)).toBe(true)
  expect((await caller.get('/v1/responses')).status).toBe(200)
})

test.each([
  ['"application/json"', 201],
  ['application/json, application/json', 201],
  ['application/json; charset="utf-8"', 201],
  ['APPLICATION/JSON;charset=utf-8', 201],
  ['application/json, text/plain', 415],
])('a body of the content type %s is answered %i', async (type, expected) => {
  const { url } = await startApi(onTestFinished)
  const caller = await callerOf({ url })
  const body = JSON.stringify({ email: 'a@example.com' })
  const headers = { authorization: `Bearer ${caller.token}`, 'content-type': type }
  expect((await fetch(`${url}/v1/end_users`, { method: 'POST', headers, body })).status).toBe(expected)
})

test.each([
  ['a number that is too large', '{"email":"a@example.com","properties":{"revenue":1e400}}'],
  [
    'thousands of properties',
    JSON.stringify({
      email: 'a@example.com',
      properties: Object.fromEntries(Array.from({ length: 5_900 }, (_, n) => [`p${n}`, n])),
    }),
  ],
])('%s is refused', async (_, form) => {
  const { url } = await startApi(onTestFinished)
  const caller = await callerOf({ url })
  const headers = { 'content-type': 'application/json' }
  const { status, body } = await caller.call<ErrorList>('POST', '/v1/end_users', { form, headers })
  expect([status, body.errors[0]?.field]).toEqual([400, expect.stringMatching(/^properties/)])
})
