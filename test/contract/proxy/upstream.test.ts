import type { ServerResponse } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { NodeProxyOptions } from '../../../src/proxy/node/index.js'
import type { ProxyErrorAnswer } from '../../../src/wire/delivery.js'
import { batchOf, pageView, response } from '../../support/events.js'
import { type Reply, type Script, startScriptedServer, tokenReply } from '../../support/scripted-server.js'
import { createVisitor, DONE, post, startProxy } from '../../support/start-proxy.js'
import { isFind, isPageView, toyApi } from '../../support/toy-upstream.js'

const KEPT = { status: 'retry', reason: 'upstream' }
const JSON_TYPE = { 'content-type': 'application/json' }

/** A proxy before an upstream that follows a script; what the script leaves open, a well-behaved one answers. */
async function setUp(script: Script = {}, options: Partial<NodeProxyOptions> = {}) {
  const api = toyApi()
  const upstream = await startScriptedServer({ api, ...script })
  const proxy = await startProxy(onTestFinished, {
    api: upstream.url,
    timeouts: { upstream: 3_000, request: 8_000, settle: 1 },
    limits: { clientAnonymousPerHour: 1_000 },
    ...options,
  })
  return {
    ...proxy,
    upstream,
    visitor: createVisitor(proxy.base),
    act: () => createVisitor(proxy.base).act(pageView()),
  }
}

/** Answers with `reply` what `matches`, and as the well-behaved one else. */
const instead = (matches: typeof isFind, reply: Reply): Script => {
  const api = toyApi()
  return { api: request => (matches(request) ? reply : api(request)) }
}
const everything = () => true

describe('an upstream that answers badly', () => {
  it('case 18: with a redirect is not followed, and the other place gets no token', async () => {
    const evil = await startScriptedServer({})
    const { visitor, upstream } = await setUp(
      instead(isPageView, { status: 302, headers: { location: `${evil.url}/steal` } }),
    )
    expect(await visitor.act(pageView())).toEqual([KEPT])
    expect(evil.received).toEqual([])
    expect(upstream.apiRequests().filter(isPageView)).toHaveLength(1)
  })

  it('case 19: with its token, a stack and cookies shows the browser nothing of them', async () => {
    const leak: Reply = response => {
      response.writeHead(500, {
        'content-type': 'text/html',
        'set-cookie': 'admin=canary',
        location: 'https://canary.example',
        'www-authenticate': 'Bearer canary',
        'x-powered-by': 'canary',
      })
      response.end('<h1>Error canary at /srv/app/canary.rb:7 token-1</h1>')
    }
    for (const status of [401, 500]) {
      const { base, visitor } = await setUp(
        status === 500
          ? instead(everything, leak)
          : instead(everything, {
              status,
              json: { error: 'canary token-1' },
              headers: { 'set-cookie': 'canary' },
            }),
      )
      const { headers, body } = await post(
        base,
        batchOf({ identity: visitor.identity, events: [pageView()], ask: {} }),
      )
      expect([...headers.keys()].sort()).toEqual([
        'cache-control',
        'connection',
        'content-length',
        'content-type',
        'date',
        'keep-alive',
        'vary',
        'x-content-type-options',
        'x-request-id',
      ])
      expect(Object.values(body.results)).toEqual([KEPT])
      expect(body.verdict).toBeUndefined()
    }
  })

  it('case 20: gets nothing of what the browser sent but the event', async () => {
    const { base, upstream, visitor } = await setUp()
    await post(base, batchOf({ identity: visitor.identity, events: [pageView()] }), {
      cookie: 'session=canary',
      authorization: 'Basic canary',
      'x-forwarded-for': '198.51.100.7',
      'x-forwarded-host': 'canary.example',
      forwarded: 'for=canary',
      'x-custom': 'canary',
      'user-agent': 'canary',
      te: 'trailers',
    })
    expect(upstream.apiRequests().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/end_users',
      'POST /v1/end_users',
      'POST /v1/end_users/2/page_views',
    ])
    for (const { headers } of upstream.received) {
      expect(JSON.stringify(headers)).not.toMatch(/canary|198\.51/)
      expect(headers.cookie).toBeUndefined()
    }
  })

  const id =
    (text: string): Reply =>
    response => {
      response.writeHead(200, JSON_TYPE)
      response.end(
        `[{"id":${text},"email":"EMAIL","created_at":"2026-01-02 03:04:05","updated_at":"2026-01-02 03:04:05"}]`,
      )
    }
  it.each<[string, Reply]>([
    ['no JSON', response => void response.writeHead(200, JSON_TYPE).end('OK')],
    ['half of its JSON', response => void response.writeHead(200, JSON_TYPE).end('[{"id":1,"em')],
    ['HTML', response => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>')],
    ['an object for a list', { json: { id: 1 } }],
    ['a text', { json: 'x' }],
    ['null', { json: null }],
    ['an id that climbs', id('"1/../2"')],
    ['an id of 1e20', id('1e20')],
    ['an id of 0', id('0')],
    ['an id of 1.5', id('1.5')],
    ['__proto__ in it', response => void response.writeHead(200, JSON_TYPE).end('[{"__proto__":{"id":1}}]')],
    ['nothing', response => void response.writeHead(200, JSON_TYPE).end()],
    ['a reset', response => void response.destroy()],
    ['status 204 for a list', { status: 204 }],
  ])('case 21: with %s costs no event, and nothing is written by it', async (_, reply) => {
    const { visitor, upstream } = await setUp(instead(isFind, reply))
    expect(await visitor.act(pageView())).toEqual([KEPT])
    expect(upstream.apiRequests().filter(({ method }) => method !== 'GET')).toEqual([])
    expect(({} as { id?: unknown }).id).toBeUndefined()
  })

  it('case 21: with a body without end is cut off', async () => {
    let open: ServerResponse | undefined
    const flood: Reply = response => {
      open = response
      response.writeHead(200, JSON_TYPE)
      const block = Buffer.alloc(65_536, ' ')
      const fill = () => {
        while (!response.destroyed && response.write(block));
      }
      response.on('drain', fill)
      fill()
    }
    const { visitor } = await setUp(instead(isFind, flood))
    expect(await visitor.act(pageView())).toEqual([KEPT])
    await expect.poll(() => open?.destroyed).toBe(true)
  })

  it('case 21: with strangers, where it was asked for one e-mail, is not believed', async () => {
    const json = [7, 8].map(id => ({
      id,
      email: `stranger-${id}@example.com`,
      created_at: '2026-01-02 03:04:05',
      updated_at: '2026-01-02 03:04:05',
    }))
    const { visitor, upstream } = await setUp(instead(isFind, { json }))
    expect(await visitor.act(pageView())).toEqual([DONE])
    expect(upstream.apiRequests().map(({ path }) => path)).not.toContainEqual(
      expect.stringMatching(/\/[78]\//),
    )
  })

  it.each([400, 413, 422])('with %d to an event rejects that event alone', async status => {
    let count = 0
    const api = toyApi()
    const { visitor } = await setUp({
      api: request => (isPageView(request) && count++ === 0 ? { status } : api(request)),
    })
    const results = await visitor.act(pageView(), pageView())
    expect(results).toContainEqual({ status: 'rejected', reason: 'refused_upstream' })
    expect(results).toContainEqual(DONE)
  })

  it('with 409 has the event already', async () => {
    const { visitor } = await setUp(instead(isPageView, { status: 409 }))
    expect(await visitor.act(pageView())).toEqual([{ status: 'duplicate' }])
  })
})

describe('the token', () => {
  it.each([
    ['without an end', { expires_in: undefined }],
    ['of a negative life', { expires_in: -1 }],
    ['of a life in a text', { expires_in: '7200' }],
    ['of a life of 1e12', { expires_in: 1e12 }],
  ])('case 22: %s is not asked for again and again', async (_, more) => {
    const { act, upstream } = await setUp({ token: (_request, count) => tokenReply(count, more) })
    // The breaker may have opened; that is as good.
    for (let n = 0; n < 20; n++) await act().catch(() => undefined)
    expect(upstream.tokenRequests().length).toBeLessThanOrEqual(2)
  })

  it.each([
    ['of another type', { token_type: 'mac' }],
    ['with a line break', { access_token: 'token-1\r\nx: y' }],
    ['that is none', { access_token: 7 }],
    ['that is empty', { access_token: '' }],
  ])('case 22: %s is refused, and asked for again no faster than once a second', async (_, more) => {
    const { act, upstream } = await setUp({ token: (_request, count) => tokenReply(count, more) })
    for (let n = 0; n < 4; n++) expect(await act()).toEqual([KEPT])
    expect(upstream.tokenRequests()).toHaveLength(1)
    expect(upstream.apiRequests()).toEqual([])
  })

  it('case 23: is asked for once by a hundred events', async () => {
    const { act, upstream } = await setUp()
    const results = await Promise.all(Array.from({ length: 100 }, act))
    expect(results).toEqual(Array.from({ length: 100 }, () => [DONE]))
    expect(upstream.tokenRequests()).toHaveLength(1)
  })

  it('case 23: is renewed once after a hundred 401s, and each event is written once', async () => {
    const api = toyApi()
    const refused = new Set<string>()
    const { base, upstream } = await setUp({
      api: request => {
        const isOld = request.headers.authorization === 'Bearer token-1'
        if (isPageView(request) && isOld) {
          refused.add(request.body)
          return { status: 401 }
        }
        return api(request)
      },
    })
    const visitors = Array.from({ length: 100 }, () => createVisitor(base))
    const results = await Promise.all(visitors.map(visitor => visitor.act(pageView())))
    expect(results.flat()).toEqual(Array.from({ length: 100 }, () => DONE))
    expect(upstream.tokenRequests()).toHaveLength(2)
    const written = upstream
      .apiRequests()
      .filter(request => isPageView(request) && request.headers.authorization === 'Bearer token-2')
    expect(written).toHaveLength(100)
  })

  it('case 23: that stays refused opens the breaker', async () => {
    const { act, base } = await setUp(instead(everything, { status: 401 }))
    for (let n = 0; n < 5; n++) expect(await act()).toEqual([KEPT])
    const refused = await post<ProxyErrorAnswer>(base, batchOf())
    expect([refused.status, refused.body.error.code]).toEqual([503, 'unavailable'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('case 24: that can’t be had is told as 503 with Retry-After, and had again without a restart', async () => {
    const clock = { nowMs: Date.now() }
    let isDown = true
    const { act, base, proxy } = await setUp(
      { token: (_, count) => (isDown ? { status: 500 } : tokenReply(count)) },
      { monotonic: () => clock.nowMs },
    )
    for (let n = 0; n < 5; n++) expect(await act()).toEqual([KEPT])
    const refused = await post<ProxyErrorAnswer>(base, batchOf())
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true])
    expect(await proxy.ready()).toBe(false)
    isDown = false
    // The token source waits by a clock that can't be set.
    await expect
      .poll(
        () => {
          clock.nowMs += 60_000
          return act().catch(() => undefined)
        },
        { timeout: 10_000, interval: 200 },
      )
      .toEqual([DONE])
    expect(await proxy.ready()).toBe(true)
  })

  it.each([-86_400_000, 86_400_000])('case 39: survives a clock that jumps by %d ms', async jumpMs => {
    const clock = { nowMs: Date.now() }
    const { base, upstream } = await setUp({}, { now: () => clock.nowMs })
    const act = () => createVisitor(base).act(pageView({ at: Math.floor(clock.nowMs / 1_000) }))
    expect(await act()).toEqual([DONE])
    clock.nowMs += jumpMs
    for (let n = 0; n < 5; n++) expect(await act()).toEqual([DONE])
    expect(upstream.tokenRequests().length).toBeLessThanOrEqual(2)
  })
})

describe('an upstream in trouble', () => {
  const hang: Reply = () => undefined
  const dribble: Reply = response => {
    response.writeHead(200, JSON_TYPE)
    const timer = setInterval(() => response.write(' '), 50)
    response.once('close', () => clearInterval(timer))
  }
  it.each([
    ['hangs', hang],
    ['dribbles', dribble],
  ])('case 25: that %s is given up in time, and its sockets are let go', async (_, reply) => {
    const { act, upstream } = await setUp(instead(everything, reply), {
      timeouts: { upstream: 300, request: 900 },
    })
    const startMs = performance.now()
    expect(await act()).toEqual([KEPT])
    expect(performance.now() - startMs).toBeLessThan(2_900)
    await expect.poll(() => upstream.openRequests()).toBe(0)
  })

  it('whose token never comes is given up in time too', async () => {
    const { act, upstream } = await setUp(
      { token: () => hang },
      { timeouts: { upstream: 300, request: 900 } },
    )
    expect(await act()).toEqual([KEPT])
    expect(upstream.apiRequests()).toEqual([])
    await expect.poll(() => upstream.openRequests()).toBe(0)
  })

  it('keeps what is not done when the whole request’s time is over', async () => {
    const api = toyApi()
    let count = 0
    const { visitor } = await setUp(
      { api: request => (isPageView(request) && ++count > 5 ? () => undefined : api(request)) },
      { timeouts: { request: 4_000 } },
    )
    const results = await visitor.act(...Array.from({ length: 20 }, () => pageView()))
    expect(results).toEqual(Array.from({ length: 20 }, (_, n) => (n < 5 ? DONE : KEPT)))
  })

  it.each<[string, Record<string, string>]>([
    ['429 with Retry-After', { 'retry-after': '7' }],
    ['429 with a reset', { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '7' }],
  ])('that says %s is left alone by everyone for so long', async (_, headers) => {
    const clock = { nowMs: Date.now() }
    let isBusy = true
    const api = toyApi()
    const { visitor, base, upstream, act } = await setUp(
      { api: request => (isBusy && isPageView(request) ? { status: 429, headers } : api(request)) },
      { now: () => clock.nowMs, monotonic: () => clock.nowMs },
    )
    const event = pageView()
    const answer = await visitor.send({ events: [event] })
    expect(answer.results[event.id]).toEqual(KEPT)
    expect(answer.retry_after_s).toBe(7)
    const asked = upstream.received.length
    isBusy = false
    const refused = await post<ProxyErrorAnswer>(
      base,
      batchOf({ identity: visitor.identity, events: [event] }),
    )
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '7'])
    expect(upstream.received).toHaveLength(asked)
    clock.nowMs += 7_001
    expect(await act()).toEqual([DONE])
  })

  it('case 42: by one event is not in trouble: that is tried alone after three times, the others flow', async () => {
    const api = toyApi()
    let alone = 0
    let open = 0
    const { visitor, act, proxy } = await setUp({
      api: async request => {
        if (!isPageView(request)) return api(request)
        if (!decodeURIComponent(request.body).includes('poison')) return api(request)
        open++
        alone = Math.max(alone, open)
        await new Promise(resolve => setTimeout(resolve, 10))
        open--
        return { status: 500 }
      },
    })
    const poison = Array.from({ length: 3 }, () => pageView({ url: 'https://shop.example/poison' }))
    for (let n = 0; n < 10; n++) {
      if (n === 3) alone = 0
      const results = await visitor.act(...poison, pageView())
      expect(results).toEqual([KEPT, KEPT, KEPT, DONE])
      expect(await act()).toEqual([DONE])
    }
    expect(alone).toBe(1)
    expect(await proxy.ready()).toBe(true)
  })

  it('without page views passes them over for a day, and takes answers', async () => {
    const clock = { nowMs: Date.now() }
    const api = toyApi()
    let exists = false
    const { base, upstream, proxy } = await setUp(
      {
        api: request => {
          if (request.path.endsWith('/page_views') && !exists) return { status: 404 }
          return api(request)
        },
      },
      { now: () => clock.nowMs, monotonic: () => clock.nowMs },
    )
    const act = (visitor = createVisitor(base)) =>
      visitor.act(pageView({ at: Math.floor(clock.nowMs / 1_000) }))
    const visitor = createVisitor(base)
    expect(await act(visitor)).toEqual([DONE])
    const asked = upstream.received.length
    expect(await act(visitor)).toEqual([DONE])
    expect(upstream.received).toHaveLength(asked)
    const { verdict } = await visitor.send({ ask: {} })
    expect(verdict?.survey).toBe(true)
    const at = Math.floor(clock.nowMs / 1_000)
    expect(await visitor.act(response({ ticket: verdict?.ticket ?? '', at }))).toEqual([DONE])
    expect(proxy.metrics()).toContain('zeroten_page_views_unsupported_total 2')
    clock.nowMs += 86_400_001
    exists = true
    await act()
    expect(upstream.apiRequests().filter(isPageView).length).toBeGreaterThan(2)
  })
})
