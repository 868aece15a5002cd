import { copyFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createApi, serveApi } from '../../../src/api/index.js'
import type { EndUser, ErrorList, ResponseRecord } from '../../../src/wire/v1.js'
import { createCaller, obtainToken, postToken } from '../../support/api-caller.js'
import { CREDENTIALS, callerOf, startApi } from '../../support/start-api.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/** Sends bytes as they are, and waits until the server has ended the connection. */
function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let received = ''
    socket.on('data', chunk => {
      received += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(received))
  })
}

const portOf = (url: string) => Number(new URL(url).port)

test('it is healthy, and ready until it is closed', async () => {
  const { api, url } = await startApi(onTestFinished)
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' })
  expect((await fetch(`${url}/ready`)).status).toBe(200)
  expect(await api.ready()).toBe(true)
  await api.close()
  const response = await fetch(`${url}/ready`)
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
})

test('headers of more than 16 KiB are refused', async () => {
  const { url } = await startApi(onTestFinished)
  const answer = await sendRaw(
    portOf(url),
    `GET /health HTTP/1.1\r\nHost: localhost\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 431 /)
})

test('who does not get to the end of its headers or its body in time is cut off', async () => {
  const api = await createApi({ db: (await startApi(onTestFinished)).db })
  const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400, checkEveryMs: 50 }
  const server = await serveApi(api, { port: 0, limits })
  onTestFinished(async () => {
    await server.close()
    await api.close()
  })
  const [headers, body] = await Promise.all([
    sendRaw(server.port, 'GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: '),
    sendRaw(server.port, 'POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ngrant'),
  ])
  expect(headers).toMatch(/^HTTP\/1\.1 408 /)
  expect(body).not.toContain('200 OK')
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
})

test('what the HTTP parser refuses is logged and counted with its reason', async () => {
  const lines: string[] = []
  const logger = pino({}, { write: line => void lines.push(line) })
  const api = await createApi({ db: (await startApi(onTestFinished)).db, logger })
  const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400, checkEveryMs: 50 }
  const server = await serveApi(api, { port: 0, limits })
  onTestFinished(async () => {
    await server.close()
    await api.close()
  })
  const head = 'GET /health HTTP/1.1\r\nHost: localhost\r\n'
  const answers = [
    await sendRaw(server.port, `${head}X-Big: ${'a'.repeat(20_000)}\r\n\r\n`),
    await sendRaw(server.port, `${head}X-Slow: `),
    await sendRaw(server.port, 'no HTTP at all\r\n\r\n'),
  ]
  expect(answers.map(answer => answer.slice(9, 12))).toEqual(['431', '408', '400'])
  const refused = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'refused')
  expect(refused).toMatchObject([
    { level: 40, status: 431, reason: 'headers_too_large' },
    { level: 40, status: 408, reason: 'request_timeout' },
    { level: 40, status: 400, reason: 'malformed_request' },
  ])
  const metrics = await api.metrics()
  for (const { status, reason } of refused)
    expect(metrics).toContain(`zeroten_api_refusals_total{status="${status}",reason="${reason}"} 1\n`)
})

test('a body that is too large is answered before it has arrived, and the connection ends', async () => {
  const { url } = await startApi(onTestFinished)
  const { token } = await callerOf({ url })
  const head = [
    'POST /v1/end_users HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Content-Length: 1000000000',
  ].join('\r\n')
  const answer = await sendRaw(portOf(url), `${head}\r\n\r\n{`)
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(answer).toMatch(/connection: close/i)
})

test('closing answers what has arrived, refuses what comes later, and ends idle connections', async () => {
  const api = await createApi({ db: (await startApi(onTestFinished)).db })
  onTestFinished(() => api.close())
  const server = await serveApi(api, { port: 0 })
  const caller = createCaller(server.url, await obtainToken(server.url, CREDENTIALS))
  const { id } = await caller.newEndUser()
  // An unfinished request, which arrives in full after the close has begun.
  const body = 'score=5&origin_url=x'
  const socket = connect(server.port, '127.0.0.1')
  let received = ''
  socket.on('data', chunk => {
    received += chunk
  })
  const ended = new Promise(resolve => socket.on('close', resolve))
  socket.write(
    [
      `POST /v1/end_users/${id}/responses HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${caller.token}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      '',
      'score=5',
    ].join('\r\n'),
  )
  await caller.get(`/v1/end_users/${id}`)
  const closing = server.close()
  await expect(fetch(`${server.url}/health`)).rejects.toThrow()
  socket.write(body.slice('score=5'.length))
  await Promise.all([closing, ended])
  expect(received).toMatch(/^HTTP\/1\.1 201 /)
})

test('once it is closed, the database is one file: a copy of it alone has everything', async () => {
  const { api, url, db } = await startApi(onTestFinished)
  const { email } = await (await callerOf({ url })).newEndUser()
  await api.close()
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const copy = join(folder.path, 'copy.db')
  await copyFile(db, copy)
  const restored = await startApi(onTestFinished, { db: copy })
  expect(restored.api.firstAccount).toBeUndefined()
  expect((await (await callerOf(restored)).get<EndUser[]>('/v1/end_users')).body[0]).toMatchObject({ email })
})

test('a port that is taken is an error', async () => {
  const { api, url } = await startApi(onTestFinished)
  await expect(serveApi(api, { port: portOf(url) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('no log line says a token, an e-mail, a text, an address, a password or a query', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'trace' }, { write: line => void lines.push(line) })
  const { url } = await startApi(onTestFinished, { logger })
  const caller = await callerOf({ url })
  const secret = 'SECRET-TEXT'
  const { id, email } = await caller.newEndUser({ properties: { plan: secret } })
  await caller.post(`/v1/end_users/${id}/responses`, {
    score: 1,
    origin_url: secret,
    text: secret,
    ip_address: '9.8.7.6',
  })
  await caller.get(`/v1/end_users?email=${email}&access_token=${caller.token}`)
  await fetch(`${url}/v1/end_users?access_token=${caller.token}&email=${secret}`)
  await fetch(`${url}/${secret}/nothing`)
  await caller.call('POST', `/v1/end_users/${secret}/responses`, { form: `text=${secret}` })
  await postToken(url, { grant_type: 'password', username: CREDENTIALS.email, password: secret })
  await postToken(url, { grant_type: 'client_credentials', client_id: secret, client_secret: secret })
  const log = lines.join('')
  expect(lines.length).toBeGreaterThanOrEqual(9)
  for (const word of [
    secret,
    email,
    caller.token,
    CREDENTIALS.email,
    CREDENTIALS.clientSecret,
    '9.8.7.6',
    'access_token',
  ])
    expect(log).not.toContain(word)
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    method: 'POST',
    route: '/v1/end_users',
    status: 201,
    account: 1,
  })
})

test('an error that is not ours answers 500 without a word of it, and is logged without its message', async () => {
  const lines: string[] = []
  const logger = pino({}, { write: line => void lines.push(line) })
  const { api, url } = await startApi(onTestFinished, { logger })
  const caller = await callerOf({ url })
  await api.close()
  const { status, body, headers } = await caller.post<ErrorList>('/v1/end_users', {
    email: 'someone@example.com',
  })
  expect(status).toBe(500)
  expect(body.errors[0]?.message).toBe('We had a problem with our server. Try again later.')
  const line = lines.find(text => text.includes('a request failed')) ?? '{}'
  expect(JSON.parse(line)).toMatchObject({ level: 50, request_id: headers.get('x-request-id') })
  expect(JSON.parse(line).stack).toContain(' at ')
  expect(line).not.toContain('someone@example.com')
})

test('metrics count requests by route and status, and what commits carried', async () => {
  const { api, url } = await startApi(onTestFinished)
  const caller = await callerOf({ url })
  const { id } = await caller.newEndUser()
  await caller.get(`/v1/end_users/${id}`)
  await caller.get('/v1/end_users/9007199254740991')
  await fetch(`${url}/v1/whatever-${id}`, { method: 'PATCH' })
  const text = await api.metrics()
  const counted = (labels: string) => new RegExp(`zeroten_api_requests_total{${labels}} 1\n`)
  expect(text).toMatch(counted('method="GET",route="/v1/end_users/:id",status="200"'))
  expect(text).toMatch(counted('method="GET",route="/v1/end_users/:id",status="404"'))
  expect(text).toMatch(counted('method="other",route="other",status="404"'))
  expect(text).toMatch(/zeroten_api_commit_units_count [1-9]/)
  expect(text).toContain('process_resident_memory_bytes')
})

test('past its limit an account is answered 429 until the minute is over, and others are not', async () => {
  let now = Date.UTC(2024, 0, 1, 12, 0, 30)
  const { api, url } = await startApi(onTestFinished, { rateLimit: 3, now: () => now })
  const caller = await callerOf({ url })
  const other = await callerOf({ url }, await api.accounts.add())
  const limits = async () => {
    const { status, headers } = await caller.get('/v1/responses')
    return [status, headers.get('x-rate-limit-remaining'), headers.get('retry-after')]
  }
  expect([await limits(), await limits(), await limits(), await limits()]).toEqual([
    [200, '2', null],
    [200, '1', null],
    [200, '0', null],
    [429, '0', '30'],
  ])
  const { status, headers } = await other.get('/v1/responses')
  expect([status, headers.get('x-rate-limit-limit')]).toEqual([200, '3'])
  expect(Number(headers.get('x-rate-limit-reset')) * 1_000).toBe(Date.UTC(2024, 0, 1, 12, 1))
  now += 30_000
  expect(await limits()).toEqual([200, '2', null])
})

test('without a limit nothing is said of one', async () => {
  const { headers } = await (await callerOf(await startApi(onTestFinished))).get('/v1/responses')
  expect(headers.get('x-rate-limit-limit')).toBeNull()
})

test('datetimes are printed in the zone and the format that were asked for', async () => {
  const fields = { score: 1, origin_url: 'x', created_at: 1423751367 }
  const printed = async (options: Parameters<typeof startApi>[1]) => {
    const caller = await callerOf(await startApi(onTestFinished, options))
    const path = `/v1/end_users/${(await caller.newEndUser()).id}/responses`
    const { body } = await caller.post<ResponseRecord>(path, fields)
    return [body.created_at, (await caller.get<ResponseRecord>(`${path}/${body.id}`)).body.created_at]
  }
  expect(await printed({ timeZone: 'America/Los_Angeles' })).toEqual([
    '2015-02-12T06:29:27.000-08:00',
    '2015-02-12 06:29:27',
  ])
  expect(await printed({ timeFormat: 'offset' })).toEqual([
    '2015-02-12 14:29:27 +0000',
    '2015-02-12 14:29:27 +0000',
  ])
})

test.each([
  [{ timeZone: 'America/Los_Angeles' }, 1],
  [{ timeZone: 'America/Los_Angeles', timeFormat: 'offset' }, 0],
  [{ timeZone: 'Etc/UTC' }, 0],
] as const)(
  'the operator is told where times without an offset would mislead: %j',
  async (options, count) => {
    const warnings: string[] = []
    const ignore = () => undefined
    const warn = (_: object, text: string) => warnings.push(text)
    const logger = { info: ignore, warn, error: ignore }
    await startApi(onTestFinished, { ...options, logger })
    expect(warnings.filter(text => text.includes('without an offset'))).toHaveLength(count)
  },
)

test('a token lives two hours', async () => {
  let now = Date.now()
  const { url } = await startApi(onTestFinished, { now: () => now })
  const caller = await callerOf({ url })
  now += 7_199_000
  expect((await caller.get('/v1/responses')).status).toBe(200)
  now += 2_000
  expect((await caller.get('/v1/responses')).status).toBe(401)
})

test('a retry of a rotation says what is left to live, and after 30 seconds it is a replay', async () => {
  let now = Date.now()
  const { url } = await startApi(onTestFinished, { now: () => now })
  const user = { grant_type: 'password', username: CREDENTIALS.email, password: CREDENTIALS.password }
  const { refresh_token = '' } = (await postToken(url, user)).body
  const refresh = (token: string) => postToken(url, { grant_type: 'refresh_token', refresh_token: token })
  const first = await refresh(refresh_token)
  now += 29_000
  const second = await refresh(refresh_token)
  expect([second.status, second.body.expires_in, second.body.access_token]).toEqual([
    200,
    7171,
    first.body.access_token,
  ])
  now += 2_000
  expect((await refresh(refresh_token)).status).toBe(400)
  expect((await createCaller(url, first.body.access_token).get('/v1/responses')).status).toBe(401)
})

test('options that can’t be are refused at once', async () => {
  const { db } = await startApi(onTestFinished)
  await expect(createApi({ db, rateLimit: 0 })).rejects.toThrow(TypeError)
  await expect(createApi({ db, timeZone: 'Mars/Olympus' })).rejects.toThrow(RangeError)
  await expect(createApi({ db: ':memory:' })).rejects.toThrow(TypeError)
  await expect(createApi({ db: '/nowhere/at/all.db' })).rejects.toThrow()
  await expect(createApi({ db: 'postgres://127.0.0.1:1/none' })).rejects.toThrow()
})

test('what has expired is deleted after a start, and what has not is kept', async () => {
  let now = Date.now()
  const { api, url, db } = await startApi(onTestFinished, { now: () => now })
  const token = await obtainToken(url, CREDENTIALS)
  now += 3_600_000
  const later = await obtainToken(url, CREDENTIALS)
  await api.close()
  now += 3_700_000
  const again = await startApi(onTestFinished, { db, now: () => now })
  expect((await createCaller(again.url, later).get('/v1/responses')).status).toBe(200)
  // The first has expired: even with the clock set back it is gone.
  now -= 3_700_000
  while ((await createCaller(again.url, token).get('/v1/responses')).status === 200) await sleep(20)
  expect((await createCaller(again.url, later).get('/v1/responses')).status).toBe(200)
})
