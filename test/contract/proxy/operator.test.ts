import { describe, expect, it, onTestFinished } from 'vitest'
import { batchOf, pageView, response } from '../../support/events.js'
import { sendRaw } from '../../support/raw-request.js'
import { startScriptedServer } from '../../support/scripted-server.js'
import { createVisitor, DONE, post, startProxy, useBoth } from '../../support/start-proxy.js'
import { toyApi } from '../../support/toy-upstream.js'

describe('the operator', () => {
  const shared = useBoth()
  const start = (options: object = {}) => startProxy(onTestFinished, { api: shared().api.url, ...options })

  it('is told of each refusal in a line with its reason, and can count them', async () => {
    const { base, logs, proxy } = await start({ limits: { clientRequestsPerMinute: 1 }, monotonic: () => 0 })
    const statuses = [
      await post(base, 'garbage'),
      await post(base, batchOf(), { origin: 'https://evil.example' }),
      await post(base, batchOf(), { 'content-type': 'text/plain' }),
    ].map(({ status }) => status)
    for (let n = 0; n < 9; n++) statuses.push((await post(base, batchOf())).status)
    expect(statuses.slice(0, 3)).toEqual([400, 403, 415])
    expect(statuses.at(-1)).toBe(429)
    const refused = logs.filter(({ message }) => message === 'a request is refused')
    expect(refused).toHaveLength(statuses.filter(status => status !== 200).length)
    expect(refused[0]).toMatchObject({
      level: 'warn',
      fields: { status: 400, code: 'malformed', reason: 'not JSON', request_id: expect.any(String) },
    })
    expect(proxy.metrics()).toContain('zeroten_refusals_total{status="403",code="cross_site"} 1')
    expect(proxy.metrics()).toMatch(/zeroten_refusals_total\{status="429",code="rate_limited"\} \d/)
  })

  it('is told in a hundred lines at most of a thousand refusals, and how many went without', async () => {
    const { base, logs } = await start({ monotonic: () => 0 })
    await Promise.all(Array.from({ length: 300 }, () => post(base, 'garbage')))
    expect(logs.filter(({ message }) => message === 'a request is refused').length).toBeLessThanOrEqual(100)
  })

  it('is told of what the HTTP parser refuses, and can count it', async () => {
    const { url, logs, proxy } = await startProxy(
      onTestFinished,
      { api: shared().api.url },
      { headersTimeoutMs: 200 },
    )
    const head = 'GET / HTTP/1.1\r\nHost: shop.example\r\n'
    const refuse = async (bytes: string) =>
      (await sendRaw(url, piece => (piece === 0 ? bytes : undefined))).text.slice(9, 12)
    expect([
      await refuse(`${head}X-Big: ${'a'.repeat(20_000)}\r\n\r\n`),
      await refuse(`${head}X-Slow: `),
      await refuse('no HTTP at all\r\n\r\n'),
    ]).toEqual(['431', '408', '400'])
    const refused = logs.filter(({ message }) => message === 'a request is refused')
    expect(refused.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { status: 431, code: 'headers_too_large' }],
      ['warn', { status: 408, code: 'request_timeout' }],
      ['warn', { status: 400, code: 'malformed_request' }],
    ])
    for (const { fields } of refused)
      expect(proxy.metrics()).toContain(
        `zeroten_refusals_total{status="${fields.status}",code="${fields.code}"} 1\n`,
      )
  })

  it('can count what is sent back, by its reason', async () => {
    const { base, proxy } = await start()
    await post(base, batchOf({ events: [pageView(), pageView({ ticket: 'x' }), response()] }))
    await post(base, batchOf({ events: [{ ...pageView(), at: 'now' } as never] }))
    const lines = proxy.metrics().split('\n')
    for (const labels of [
      'type="page_view",status="retry",reason="identity_missing"',
      'type="page_view",status="retry",reason="ticket_invalid"',
      'type="response",status="rejected",reason="ticket_required"',
      'type="unknown",status="rejected",reason="invalid"',
    ])
      expect(lines).toContain(`zeroten_events_total{${labels}} 1`)
  })

  it('is not lied to by a page about what was evicted', async () => {
    const { base, proxy } = await start()
    await post(base, { ...batchOf(), evicted: { page_view: 1_000_000, response: 5_000_000 } })
    expect(proxy.metrics()).toContain('zeroten_evicted_total{type="page_view"} 1000')
    expect(proxy.metrics()).not.toMatch(/zeroten_evicted_total\{[^}]*\} \d{5}/)
  })

  it('is told once of a reverse proxy that is not trusted, and of none that is', async () => {
    const forwarded = { 'x-forwarded-for': '203.0.113.9' }
    const { base, logs } = await start()
    for (let n = 0; n < 3; n++) await post(base, batchOf(), forwarded)
    const told = logs.filter(({ message }) => message.startsWith('X-Forwarded-For comes from'))
    expect(told).toHaveLength(1)
    expect(told[0]?.fields).toEqual({ from: '127.0.0.1' })
    expect(told[0]?.message).toContain('--trust-proxy 127.0.0.1')
    const trusting = await start({ trustProxy: ['127.0.0.1/32'] })
    await post(trusting.base, batchOf(), forwarded)
    expect(trusting.logs.filter(({ level }) => level === 'warn')).toEqual([])
  })
})

describe('whether it could deliver', () => {
  it('is said with what is wrong', async () => {
    const faults = { token: false, api: false, skewMs: 0 }
    const api = toyApi()
    const upstream = await startScriptedServer({
      token: (_, count) =>
        faults.token
          ? { status: 401, json: { error: 'invalid_client' } }
          : { json: { access_token: `token-${count}`, token_type: 'bearer', expires_in: 7200 } },
      api: request => (faults.api ? { status: 500 } : api(request)),
    })
    const start = () =>
      startProxy(onTestFinished, { api: upstream.url, now: () => Date.now() + faults.skewMs })
    const failing = async () => {
      const { proxy } = await start()
      const { ready, checks } = await proxy.check()
      expect(await proxy.ready()).toBe(ready)
      return checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`)
    }
    expect(await failing()).toEqual([])
    faults.api = true
    expect(await failing()).toEqual([
      "upstream: the API can't be read: GET /v1/end_users was answered with 500",
    ])
    faults.token = true
    expect(await failing()).toEqual([
      'token: POST /oauth/token refused the credentials: invalid_client: see client id and client secret',
    ])
    Object.assign(faults, { token: false, api: false, skewMs: 300_000 })
    expect((await failing())[0]).toMatch(/^clock: the clock here is 30\d s ahead of the API's$/)
    faults.skewMs = 0
    await upstream.vanish()
    expect((await failing())[0]).toMatch(/^token: POST \/oauth\/token could not be reached/)
    const { proxy } = await start()
    await proxy.close()
    expect((await proxy.check()).checks).toEqual([
      { name: 'running', ok: false, detail: 'the proxy is shutting down' },
    ])
  })

  it('is found out without writing anything upstream', async () => {
    const upstream = await startScriptedServer({ api: toyApi() })
    const { proxy } = await startProxy(onTestFinished, { api: upstream.url })
    await Promise.all(Array.from({ length: 10 }, () => proxy.check()))
    expect(upstream.apiRequests().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/end_users',
    ])
  })
})

describe('a crawler', () => {
  const GOOGLEBOT =
    'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) ' +
    'Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
  const HEADLESS =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36'
  const shared = useBoth()
  const send = (base: string, agent: string) => {
    const { identity, email } = createVisitor(base)
    const event = pageView()
    return post(base, batchOf({ identity, events: [event], ask: {} }), { 'user-agent': agent }).then(
      ({ body }) => ({ email, result: body.results[event.id], survey: body.verdict?.survey }),
    )
  }

  it.each([GOOGLEBOT, 'Googlebot/2.1 (+http://www.google.com/bot.html)', 'facebookexternalhit/1.1'])(
    'is recorded nowhere, and not asked: %s',
    async agent => {
      shared().upstream()
      const { result, survey } = await send(shared().base, agent)
      expect([result, survey]).toEqual([DONE, false])
      expect(shared().upstream()).toEqual([])
      expect(shared().proxy.metrics()).toMatch(/zeroten_crawler_requests_total [1-9]/)
    },
  )

  it.each([HEADLESS, HEADLESS.replace('Headless', ''), 'node', 'Amazon CloudFront', ''])(
    'is none that calls itself %j',
    async agent => {
      const { email, result, survey } = await send(shared().base, agent)
      expect([result, survey]).toEqual([DONE, true])
      expect(await shared().pageViews(email)).toHaveLength(1)
    },
  )

  it('is recorded where the site wants it', async () => {
    const { base } = await startProxy(onTestFinished, { api: shared().api.url, recordCrawlers: true })
    const { email, survey } = await send(base, GOOGLEBOT)
    expect(survey).toBe(true)
    expect(await shared().pageViews(email)).toHaveLength(1)
  })
})
