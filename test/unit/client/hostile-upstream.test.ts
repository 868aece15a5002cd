import { getEventListeners, once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { type ClientOptions, createClient, type FetchAnswer } from '../../../src/client/index.js'
import { type Script, startScriptedServer } from '../../support/scripted-server.js'

async function build(script: Script, options: Partial<ClientOptions> = {}) {
  const server = await startScriptedServer(script)
  const client = createClient({
    baseUrl: server.url,
    credentials: { clientId: 'app', clientSecret: 'hush' },
    retries: 0,
    timeoutMs: 2_000,
    ...options,
  })
  return { server, client }
}

const tinyToken = { access_token: 't', token_type: 'bearer' }
const json = { 'content-type': 'application/json' }

test.each([301, 302, 303, 307, 308, 300, 304])(
  'a %d is an error, and nobody is sent the token',
  async status => {
    const evil = await startScriptedServer({})
    const { client, server } = await build({
      api: () => ({ status, headers: { location: `${evil.url}/v1/end_users/1` } }),
    })
    await expect(client.endUsers.get(1)).rejects.toMatchObject({
      name: 'ResponseError',
      code: 'answer_redirected',
    })
    await expect(client.endUsers.create({ email: 'a@example.com' })).rejects.toMatchObject({
      code: 'answer_redirected',
    })
    expect(evil.received).toEqual([])
    expect(server.apiRequests()).toHaveLength(2)
  },
)

test('a redirect of the token endpoint gets no secret', async () => {
  const evil = await startScriptedServer({})
  const { client } = await build({
    token: () => ({ status: 307, headers: { location: `${evil.url}/oauth/token` } }),
  })
  await expect(client.ready()).rejects.toMatchObject({ name: 'TokenError', code: 'token_malformed' })
  expect(evil.received).toEqual([])
})

test('an answer without end is cut off soon after its bound', async () => {
  let sent = 0
  const { client, server } = await build({
    api: () => response => {
      response.writeHead(200, json)
      const block = Buffer.alloc(65_536, ' ')
      const fill = () => {
        do sent += block.length
        while (response.write(block))
      }
      response.on('drain', fill)
      fill()
    },
  })
  await expect(client.endUsers.get(1)).rejects.toMatchObject({ code: 'answer_too_large' })
  // What the kernel's buffers took on top is not ours to bound.
  expect(sent).toBeLessThan(16 * 1_048_576)
  await expect.poll(() => server.openRequests()).toBe(0)
})

test('an answer that says it is too large is not read', async () => {
  const { client, server } = await build({
    api: () => response => {
      response.writeHead(200, { ...json, 'content-length': '1048577' })
      response.write('[')
    },
  })
  await expect(client.endUsers.get(1)).rejects.toMatchObject({ code: 'answer_too_large' })
  await expect.poll(() => server.openRequests()).toBe(0)
})

test('a small answer that unpacks to a large one is too large', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, ' '))
  expect(bomb.length).toBeLessThan(100_000)
  const { client } = await build({
    api: () => response => {
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' })
      response.end(bomb)
    },
  })
  await expect(client.endUsers.get(1)).rejects.toMatchObject({ code: 'answer_too_large' })
})

test('the bound is the caller’s to set, and one byte counts', async () => {
  const text = JSON.stringify([]).padEnd(200)
  const script: Script = {
    api: () => response => {
      response.writeHead(200, json)
      response.end(text)
    },
  }
  const [enough, tooFew] = [
    await build(script, { maxAnswerBytes: 200 }),
    await build(script, { maxAnswerBytes: 199 }),
  ]
  expect(await enough.client.endUsers.list().page()).toEqual([])
  await expect(tooFew.client.endUsers.list().page()).rejects.toMatchObject({ code: 'answer_too_large' })
})

test('an error page of any size is still that error', async () => {
  const { client } = await build({
    api: () => response => {
      response.writeHead(500, { 'content-type': 'text/html' })
      response.end('<'.repeat(2 * 1_048_576))
    },
  })
  await expect(client.endUsers.get(1)).rejects.toMatchObject({ name: 'ApiError', status: 500, apiErrors: [] })
})

test.each<[string, (response: ServerResponse) => void]>([
  ['never answers', () => undefined],
  ['sends headers and no body', response => response.writeHead(200, json).flushHeaders()],
  [
    'dribbles a byte now and then',
    response => {
      response.writeHead(200, json)
      const timer = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(timer))
    },
  ],
])('an upstream that %s is given up in time, and its connection closed', async (_, reply) => {
  const { client, server } = await build({ api: () => reply }, { timeoutMs: 200 })
  await client.ready()
  const startMs = performance.now()
  await expect(client.endUsers.get(1)).rejects.toMatchObject({
    name: 'TimeoutError',
    code: 'timed_out',
    timeoutMs: 200,
    message: 'GET /v1/end_users/1 was not answered within 200 ms',
  })
  expect(performance.now() - startMs).toBeLessThan(5_000)
  await expect.poll(() => server.openRequests()).toBe(0)
})

test('a thousand requests that hang leave nothing behind', async () => {
  const { client, server } = await build({ api: () => () => undefined }, { timeoutMs: 400 })
  await client.ready()
  for (let round = 0; round < 4; round++) {
    const results = await Promise.allSettled(Array.from({ length: 250 }, () => client.endUsers.get(1)))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
  }
  await expect.poll(() => server.openRequests()).toBe(0)
}, 20_000)

test('a token endpoint that hangs is given up in time', async () => {
  const { client } = await build({ token: () => () => undefined }, { timeoutMs: 200 })
  await expect(client.ready()).rejects.toMatchObject({ name: 'TokenError', code: 'token_unavailable' })
})

test('a body that breaks off is a network error', async () => {
  const { client } = await build({
    api: () => response => {
      response.writeHead(200, { ...json, 'content-length': '100' })
      response.write('{"id":1')
      setImmediate(() => response.destroy())
    },
  })
  await expect(client.endUsers.get(1)).rejects.toMatchObject({ name: 'NetworkError', code: 'network_failed' })
})

test('nobody at home is a network error that says so', async () => {
  const credentials = { clientId: 'app', clientSecret: 'hush' }
  const nobody = createClient({ baseUrl: 'http://127.0.0.1:1', credentials, retries: 0 })
  await expect(nobody.ready()).rejects.toMatchObject({ name: 'TokenError', code: 'token_unavailable' })

  // A token from elsewhere, so that the request itself is made.
  const onlyTokens = createClient({
    baseUrl: 'http://127.0.0.1:1',
    credentials,
    retries: 0,
    fetch: (url, init) =>
      url.endsWith('/oauth/token') ? Promise.resolve(Response.json(tinyToken)) : fetch(url, init),
  })
  await expect(onlyTokens.endUsers.get(1)).rejects.toMatchObject({ name: 'NetworkError' })

  const refusal = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
  const refused = createClient({
    credentials,
    retries: 0,
    fetch: async url => {
      if (url.endsWith('/oauth/token')) return Response.json(tinyToken)
      throw new TypeError('fetch failed', { cause: refusal })
    },
  })
  await expect(refused.endUsers.get(1)).rejects.toMatchObject({
    name: 'NetworkError',
    reason: 'ECONNREFUSED',
    message: 'GET /v1/end_users/1 had no answer: ECONNREFUSED',
  })
})

test('what speaks no HTTP is a network error that repeats nothing of it', async () => {
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.end('canary-of-the-wire HTTP/1.1 canary\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { client } = await build(
    {},
    {
      fetch: (url, init) =>
        url.endsWith('/oauth/token')
          ? Promise.resolve(Response.json(tinyToken))
          : fetch(`http://127.0.0.1:${port}/`, init),
    },
  )
  const error = await client.endUsers.get(1).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'NetworkError' })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('canary')
})

test.each<[string, Buffer, string]>([
  ['is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'answer_not_json'],
  ['ends within a character', Buffer.from([0x22, 0xf0, 0x9f, 0x98]), 'answer_not_json'],
  ['is HTML', Buffer.from('<!doctype html>'), 'answer_not_json'],
  ['is cut JSON', Buffer.from('{"id":1,'), 'answer_not_json'],
  ['is nested without end', Buffer.from('['.repeat(500_000)), 'answer_not_json'],
  ['is a list', Buffer.from('[]'), 'answer_malformed'],
  ['is null', Buffer.from('null'), 'answer_malformed'],
  ['is empty', Buffer.from(''), 'answer_malformed'],
  ['has an id that is a path', Buffer.from('{"id":"1/../2"}'), 'answer_malformed'],
  ['has an id that is no safe integer', Buffer.from('{"id":1e20}'), 'answer_malformed'],
])('an answer that %s is not given to anyone', async (_, body, code) => {
  const { client } = await build({
    api: () => response => {
      response.writeHead(200, json)
      response.end(body)
    },
  })
  const startMs = performance.now()
  await expect(client.endUsers.get(1)).rejects.toMatchObject({ name: 'ResponseError', code })
  expect(performance.now() - startMs).toBeLessThan(5_000)
})

test('a byte order mark before the JSON is no harm', async () => {
  const { client } = await build({
    api: () => response => {
      response.writeHead(200, { 'content-type': 'application/json; charset="UTF-8"' })
      response.end('\ufeff[]')
    },
  })
  expect(await client.endUsers.list().page()).toEqual([])
})

test('cookies are neither kept nor sent', async () => {
  const { client, server } = await build({
    api: () => ({ json: [], headers: { 'set-cookie': 'session=1; Path=/' } }),
  })
  await client.endUsers.list().page()
  await client.endUsers.list().page()
  expect(server.apiRequests().map(({ headers }) => headers.cookie)).toEqual([undefined, undefined])
})

test('a fetch that takes no notice of its signal is left behind, and its late answer cancelled', async () => {
  let answer: ((late: FetchAnswer) => void) | undefined
  let cancelled = 0
  const { client } = await build(
    {},
    {
      timeoutMs: 50,
      fetch: url =>
        url.endsWith('/oauth/token')
          ? Promise.resolve(Response.json(tinyToken))
          : new Promise(resolve => {
              answer = resolve
            }),
    },
  )
  await expect(client.endUsers.get(1)).rejects.toMatchObject({ name: 'TimeoutError' })
  answer?.({
    status: 200,
    type: 'default',
    headers: new Headers(),
    body: {
      getReader: () => {
        throw new Error('nobody reads what is late')
      },
      cancel: async () => {
        cancelled++
      },
    },
  })
  await expect.poll(() => cancelled).toBe(1)
})

test('who aborts gets the reason, and the request ends with it', async () => {
  const { client, server } = await build({ api: () => () => undefined })
  await client.ready()
  const controller = new AbortController()
  const pending = client.endUsers.get(1, { signal: controller.signal })
  await expect.poll(() => server.apiRequests().length).toBe(1)
  const reason = new Error('the visitor left')
  controller.abort(reason)
  await expect(pending).rejects.toBe(reason)
  await expect.poll(() => server.openRequests()).toBe(0)
})

test('who comes with an aborted signal sends nothing', async () => {
  const { client, server } = await build({})
  await expect(client.endUsers.get(1, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  })
  expect(server.received).toEqual([])
})

test('a signal that outlives its calls is left as it was', async () => {
  const { client } = await build({ api: ({ path }) => (path.endsWith('1') ? { status: 503 } : { json: [] }) })
  const { signal } = new AbortController()
  for (let i = 0; i < 20; i++) {
    await client.endUsers.list({}, { signal }).page()
    await client.endUsers.get(1, { signal }).catch(() => undefined)
  }
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
