import { request } from 'node:http'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ProxyErrorAnswer } from '../../../src/wire/delivery.js'
import { batchOf, pageView } from '../../support/events.js'
import { sendRaw } from '../../support/raw-request.js'
import { createVisitor, DONE, post, startProxy, useBoth } from '../../support/start-proxy.js'

const EVENTS = '/zeroten/events'
const head = (more: string[] = [], path = EVENTS) =>
  [`POST ${path} HTTP/1.1`, 'Host: shop.example', 'Content-Type: application/json', ...more, '', ''].join(
    '\r\n',
  )

describe('a request', () => {
  const shared = useBoth()

  /** As bytes, with a Host of its own, and whatever path; its status. */
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown> }>((resolve, reject) => {
      const { port } = new URL(shared().url)
      const asked = request({ port, method, path, headers: { host: 'shop.example', ...headers } }, answer => {
        answer.resume()
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers })
      })
      asked.once('error', reject).end()
    })
  // What others did before is not asked about.
  beforeEach(() => void shared().upstream())
  const unheard = () => expect(shared().upstream()).toEqual([])

  it.each([
    ['chunked', 'Transfer-Encoding: chunked', () => `10000\r\n${'x'.repeat(65_536)}\r\n`],
    ['with a Content-Length', 'Content-Length: 10485760', () => 'x'.repeat(65_536)],
  ])('case 7: of 10 MB, %s, is cut off with 413 and nothing goes upstream', async (_, header, chunk) => {
    const { text } = await sendRaw(shared().url, piece =>
      piece === 0 ? head([header]) : piece < 160 ? chunk() : undefined,
    )
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toMatch(/\r\nconnection: close\r\n/i)
    expect(text).toContain('"code":"too_large"')
    unheard()
  })

  it('case 10: counts as our own by its Host, or by the origin that was configured, and by nothing else', async () => {
    const from = (base: string, headers: Record<string, string>) =>
      post(base, batchOf(), headers).then(({ status }) => status)
    const { host } = new URL(shared().url)
    expect(await from(shared().base, { origin: `http://${host}` })).toBe(200)
    expect(await from(shared().base, { origin: 'https://shop.example' })).toBe(403)
    const { base } = await startProxy(onTestFinished, {
      api: shared().api.url,
      origin: 'https://shop.example',
    })
    expect(await from(base, { origin: 'https://shop.example' })).toBe(200)
    expect(await from(base, { origin: new URL(base).origin })).toBe(403)
    unheard()
  })

  it('case 11: of another origin gets no preflight, and no header that lets it read', async () => {
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    for (const headers of [preflight, { ...preflight, origin: 'null' }]) {
      const answer = await ask('OPTIONS', EVENTS, headers)
      expect(answer.status).toBe(403)
      expect(Object.keys(answer.headers).filter(name => name.startsWith('access-control'))).toEqual([])
    }
    const refused = await post<ProxyErrorAnswer>(shared().base, batchOf(), { origin: 'https://evil.example' })
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    unheard()
  })

  it('case 11: of an origin that is trusted by name gets both', async () => {
    const origin = 'https://blog.shop.example'
    const { base } = await startProxy(onTestFinished, { api: shared().api.url, trustedOrigins: [origin] })
    const preflight = await fetch(`${base}/events`, { method: 'OPTIONS', headers: { origin } })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin])
    const { headers } = await post(base, batchOf(), { origin, 'sec-fetch-site': 'same-site' })
    expect(headers.get('access-control-allow-origin')).toBe(origin)
  })

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'case 12: by %s is told to POST',
    async method => {
      const answer = await ask(method, EVENTS)
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST'])
      unheard()
    },
  )

  it.each([
    '/zeroten/../../oauth/token',
    '/zeroten/%2e%2e/%2e%2e/oauth/token',
    '/zeroten/%252e%252e/oauth/token',
    '/zeroten/..%2f..%2foauth%2ftoken',
    '//evil.example/zeroten/events',
    '/zeroten//events',
    '/zeroten/\\evil',
    '/zeroten/events;a=1',
    '/zeroten/events/',
    '/zeroten/events.',
    '/zeroten/Events',
    '/ZEROTEN/events',
    '/zeroten/events%00',
    '/zeroten/events%20',
    '/zeroten/v1/end_users',
    '/v1/end_users',
    '/oauth/token',
    '/',
    '/zeroten',
    '/metrics',
    '/ready',
    '/zeroten/metrics',
  ])('case 14: to %s finds nothing', async path => {
    for (const method of ['GET', 'POST', 'DELETE'])
      expect([400, 404]).toContain((await ask(method, path)).status)
    unheard()
  })

  it('case 13: with a line break in a header never gets that far, and its id counts only where it is one', async () => {
    for (const id of ['a'.repeat(65), 'a b', 'a;b', '<script>', 'ä']) {
      const { headers } = await ask('POST', EVENTS, { 'x-request-id': encodeURI(id) === id ? id : 'a b' })
      expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/)
    }
    expect((await ask('POST', EVENTS, { 'x-request-id': 'from-the-page_1' })).headers['x-request-id']).toBe(
      'from-the-page_1',
    )
    const { text } = await sendRaw(shared().url, piece =>
      piece === 0 ? head(['X-Request-Id: a\rb', 'Content-Length: 0']) : undefined,
    )
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    const { status, body } = await post(
      shared().base,
      batchOf({ events: [{ ...pageView(), url: 'https://x/\r\ny' }] }),
    )
    expect([status, Object.values(body.results)]).toEqual([
      200,
      [{ status: 'retry', reason: 'identity_missing' }],
    ])
    unheard()
  })

  it('case 36: that could be read as two is refused', async () => {
    const both = ['Content-Length: 5', 'Transfer-Encoding: chunked', 'Connection: close']
    const twice = ['Content-Length: 5', 'Content-Length: 6', 'Connection: close']
    for (const headers of [both, twice]) {
      const { text } = await sendRaw(shared().url, piece =>
        piece === 0 ? `${head(headers)}0\r\n\r\n` : undefined,
      )
      expect(text).toMatch(/^HTTP\/1\.1 400 /)
      expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    }
    unheard()
  })

  it('case 37: is answered with what no cache keeps and no browser guesses at', async () => {
    const good = await createVisitor(shared().base).send({ events: [pageView()] })
    expect(Object.values(good.results)).toEqual([DONE])
    for (const body of [batchOf(), 'garbage', '']) {
      const { headers } = await post(shared().base, body)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-type')).toBe('application/json')
      expect(headers.get('vary')).toBe('Origin, Sec-Fetch-Site')
    }
  })
})

describe('a client', () => {
  const shared = useBoth({ timeouts: { body: 200 } })

  it('case 26: that dribbles its body is told 408 and cut off, and others are served meanwhile', async () => {
    const slow = sendRaw(shared().url, piece => (piece === 0 ? head(['Content-Length: 1000']) : ' '), {
      everyMs: 20,
    })
    expect(await createVisitor(shared().base).act(pageView())).toEqual([DONE])
    const { text, ms } = await slow
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
    expect(ms).toBeLessThan(4_500)
  })

  it('case 26: that dribbles its headers is cut off, and others are served meanwhile', async () => {
    const { url } = await startProxy(onTestFinished, { api: shared().api.url }, { headersTimeoutMs: 200 })
    const slow = sendRaw(url, () => 'X-Slow: 1\r\n', { everyMs: 20 })
    expect(await createVisitor(shared().base).act(pageView())).toEqual([DONE])
    const { text, ms } = await slow
    expect(text).not.toMatch(/^HTTP\/1\.1 200/)
    expect(ms).toBeLessThan(4_500)
  })

  it('case 27: that goes away in the middle is finished or dropped, and others are served', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => rejections.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const { identity } = createVisitor(shared().base)
    const body = JSON.stringify(batchOf({ identity, events: [pageView()] }))
    const { port } = new URL(shared().url)
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        const headers = { 'content-type': 'application/json', 'content-length': body.length }
        const asked = request({ port, method: 'POST', path: EVENTS, headers })
        asked.on('error', () => undefined)
        // A part of the body, all of it, or all of it and a moment.
        asked.write(n % 3 === 0 ? body.slice(0, 40) : body)
        return new Promise(resolve => setTimeout(resolve, n % 3)).then(() => asked.destroy())
      }),
    )
    expect(await createVisitor(shared().base).act(pageView())).toEqual([DONE])
    expect(rejections).toEqual([])
  })
})
