import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Properties } from '../../../src/wire/v1.js'
import { batchOf, pageView, response } from '../../support/events.js'
import { type Script, startScriptedServer } from '../../support/scripted-server.js'
import { createVisitor, DONE, post, startBoth, startProxy, useBoth } from '../../support/start-proxy.js'
import { isFind, isPageView, toyApi } from '../../support/toy-upstream.js'

const KEPT = { status: 'retry', reason: 'upstream' }

describe('an end user that is deleted upstream', () => {
  const shared = useBoth({
    api: { idempotency: false },
    allowUnverified: true,
    allowUnverifiedUpdates: true,
    timeouts: { settle: 1 },
  })

  it('costs no page view that was tried before, and no later one', async () => {
    const both = shared()
    const visitor = createVisitor(both.base)
    expect(await visitor.act(pageView())).toEqual([DONE])
    await both.caller.delete(`/v1/end_users/${(await both.endUser(visitor.email))?.id}`)
    expect(await visitor.act(pageView({ tried: true }))).toEqual([DONE])
    expect(await visitor.act(pageView())).toEqual([DONE])
    expect(await both.pageViews(visitor.email)).toHaveLength(2)
  })

  it('is made anew also where its properties are what has changed', async () => {
    const both = shared()
    const email = 'ada@example.com'
    expect(await createVisitor(both.base, { email }).act(pageView())).toEqual([DONE])
    await both.caller.delete(`/v1/end_users/${(await both.endUser(email))?.id}`)
    const visitor = createVisitor(both.base, { email, properties: { plan: 'x' } })
    expect(await visitor.act(pageView())).toEqual([DONE])
    expect((await both.endUser(email))?.properties).toEqual({ plan: 'x' })
  })
})

/** A proxy before an upstream that knows Ada, number 7, and refuses what the script says. */
async function setUp(script: NonNullable<Script['api']>, properties: Properties = { plan: 'x' }) {
  const upstream = await startScriptedServer({ api: script })
  const proxy = await startProxy(onTestFinished, {
    api: upstream.url,
    allowUnverified: true,
    allowUnverifiedUpdates: true,
    timeouts: { settle: 1 },
  })
  return { upstream, visitor: createVisitor(proxy.base, { email: 'ada@example.com', properties }) }
}

const NOW = '2026-01-02 03:04:05'
const ADA = {
  id: 7,
  email: 'ada@example.com',
  created_at: NOW,
  updated_at: NOW,
  last_surveyed: null,
  external_created_at: null,
  properties: {},
}

describe('a refusal that is not the event’s', () => {
  it.each([400, 409, 413, 422])('%d to an end user’s properties costs no event', async status => {
    const api = toyApi()
    const { visitor, upstream } = await setUp(request => {
      if (isFind(request)) return { json: [ADA] }
      return request.method === 'PUT' ? { status } : api(request)
    })
    expect(await visitor.act(pageView())).toEqual([DONE])
    expect(upstream.apiRequests().filter(isPageView)).toHaveLength(1)
  })

  it('400 to a new end user’s properties makes one without them', async () => {
    const api = toyApi()
    const { visitor, upstream } = await setUp(request =>
      request.path === '/v1/end_users' && request.body.includes('plan') ? { status: 400 } : api(request),
    )
    expect(await visitor.act(pageView())).toEqual([DONE])
    expect(upstream.apiRequests().filter(isPageView)).toHaveLength(1)
  })

  it.each([400, 409, 413, 422])('%d to whoever looks for the end user keeps the event', async status => {
    const api = toyApi()
    const { visitor, upstream } = await setUp(request =>
      request.method === 'GET' ? { status } : api(request),
    )
    expect(await visitor.act(pageView())).toEqual([KEPT])
    expect(upstream.apiRequests().filter(isPageView)).toHaveLength(0)
  })

  it.each([400, 409, 413, 422])('%d to a new end user keeps the event', async status => {
    const api = toyApi()
    const { visitor } = await setUp(request =>
      request.method === 'POST' && request.path === '/v1/end_users' ? { status } : api(request),
    )
    expect(await visitor.act(pageView())).toEqual([KEPT])
  })

  it.each([400, 409, 422])('%d to a look at what has arrived keeps the event', async status => {
    const api = toyApi()
    const { visitor } = await setUp(request =>
      request.method === 'GET' && request.path.endsWith('/page_views') ? { status } : api(request),
    )
    expect(await visitor.act(pageView({ tried: true }))).toEqual([KEPT])
  })
})

describe('an upstream that still lists an end user whom it has deleted', () => {
  it('is not taken for one without page views', async () => {
    const api = toyApi()
    const { visitor, upstream } = await setUp(request => {
      if (isFind(request)) return { json: [ADA] }
      return request.path.startsWith('/v1/end_users/7') ? { status: 404 } : api(request)
    }, {})
    for (let n = 1; n <= 2; n++) {
      expect(await visitor.act(pageView())).toEqual([KEPT])
      expect(upstream.apiRequests().filter(isPageView)).toHaveLength(2 * n)
    }
  })
})

describe('a ticket of a visit months ago', () => {
  const shared = useBoth({ allowUnverified: true })

  async function setUp() {
    const { api, base, pageViews } = shared()
    const agoMs = 70 * 86_400_000
    const then = await startProxy(onTestFinished, {
      api: api.url,
      verdict: { minPageViews: 0 },
      now: () => Date.now() - agoMs,
    })
    const first = createVisitor(then.base)
    const { ticket = '' } = await first.send({ ask: {} })
    return { first, base, ticket, pageViews }
  }

  it('costs its owner nothing', async () => {
    const { first, base, ticket, pageViews } = await setUp()
    expect(await createVisitor(base, first.identity).act(pageView({ ticket }))).toEqual([DONE])
    expect(await pageViews(first.email)).toHaveLength(1)
  })

  it.each([
    ['nobody', undefined],
    ['another', { anonymous_id: randomUUID() }],
    ['another who claims to be', { anonymous_id: randomUUID(), email: 'bob@example.com' }],
  ])('is good for nothing in the hands of %s', async (_, identity) => {
    const { first, base, ticket, pageViews } = await setUp()
    const event = pageView({ ticket })
    const { body } = await post(base, batchOf({ identity, events: [event] }))
    expect(body.results[event.id]).toEqual({ status: 'retry', reason: 'ticket_expired' })
    expect(await pageViews(first.email)).toHaveLength(0)
  })

  it('takes no answer that late, also from its owner', async () => {
    const { first, base } = await setUp()
    const now = createVisitor(base, first.identity)
    const { ticket } = (await first.send({ ask: {} })).verdict ?? {}
    expect(await now.act(response({ ticket }))).toEqual([{ status: 'retry', reason: 'ticket_expired' }])
  })
})

describe('an upstream that keeps keys for an hour', () => {
  it.each([
    ['is asked for what it has of an older act that was tried', 7_200, 1],
    ['is trusted with a younger one', 60, 0],
  ])('%s', async (_, ageS, lookUps) => {
    const api = toyApi()
    const { visitor, upstream } = await setUp(async request => ({
      headers: { 'idempotency-key-retention': '3600' },
      ...(await api(request)),
    }))
    const at = Math.floor(Date.now() / 1_000) - ageS
    expect(await visitor.act(pageView({ tried: true, at }))).toEqual([DONE])
    const isLookUp = ({ method, path }: (typeof upstream.received)[number]) =>
      method === 'GET' && path.endsWith('/page_views')
    expect(upstream.apiRequests().filter(isLookUp)).toHaveLength(lookUps)
  })
})

describe('a limit that is smaller than a batch', () => {
  const shared = useBoth({ limits: { identityEventsPerMinute: 2, clientEventsPerMinute: 3 } })

  it('slows a batch down, and keeps none for ever', async () => {
    const { base } = shared()
    const visitor = createVisitor(base)
    const events = Array.from({ length: 5 }, () => pageView())
    expect(await visitor.act(...events)).toEqual(events.map(() => DONE))
    expect(await visitor.act(pageView())).toEqual([{ status: 'retry', reason: 'rate_limited' }])
  })
})

describe('a page with a long address', () => {
  const shared = useBoth({ keepQuery: ['q'] })

  it('costs no answer', async () => {
    const both = shared()
    const visitor = createVisitor(both.base)
    const ticket = await visitor.invite()
    const origin_url = `https://shop.example/${'a'.repeat(3_000)}?q=1`
    expect(await visitor.act(response({ ticket, origin_url }))).toEqual([DONE])
    expect(await both.responses(visitor.email)).toHaveLength(1)
  })
})

describe('consent', () => {
  const shared = useBoth({ consent: request => request.headers.get('x-consent') !== 'no' })

  it('of whoever is on the page does not decide over another’s page views', async () => {
    const both = shared()
    const { ticket = '' } = await createVisitor(both.base).send({ events: [pageView()] })
    const waiting = pageView({ ticket, tried: true })
    const own = pageView()
    const batch = batchOf({ identity: { anonymous_id: randomUUID() }, events: [waiting, own], ask: {} })
    const { body } = await post(both.base, batch, { 'x-consent': 'no' })
    expect(body.results).toEqual({
      [waiting.id]: DONE,
      [own.id]: { status: 'rejected', reason: 'consent_refused' },
    })
  })

  it('keeps page views as long as nobody says who is on the page', async () => {
    const both = shared()
    const { ticket = '' } = await createVisitor(both.base).send({ events: [pageView()] })
    const waiting = pageView({ ticket, tried: true })
    const { body } = await post(both.base, batchOf({ events: [waiting] }), { 'x-consent': 'no' })
    expect(body.results[waiting.id]).toEqual({ status: 'retry', reason: 'identity_missing' })
  })
})

describe('a host that hangs', () => {
  const hang = () => new Promise<never>(() => undefined)
  const timeouts = { request: 4_000, settle: 1 }

  it('costs no event that has a ticket, and no shutdown, where it is asked who is there', async () => {
    let hangs = false
    const both = await startBoth(onTestFinished, { timeouts, identify: () => (hangs ? hang() : null) })
    const ada = createVisitor(both.base)
    const { ticket = '' } = await ada.send({ events: [pageView()] })
    hangs = true
    expect(await ada.act(pageView({ ticket }))).toEqual([DONE])
    await both.proxy.close()
  })

  it('records nothing, and keeps everything, where it is asked for consent', async () => {
    const both = await startBoth(onTestFinished, { timeouts, consent: hang })
    const { status, headers } = await post(both.base, batchOf({ events: [pageView()] }))
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
  })
})

describe('one visitor of an office', () => {
  it('does not use up the others’ events by those that are refused', async () => {
    const both = await startBoth(onTestFinished, {
      limits: { identityEventsPerMinute: 20, clientEventsPerMinute: 60 },
    })
    const loud = createVisitor(both.base)
    for (let n = 0; n < 5; n++) await loud.act(...Array.from({ length: 20 }, () => pageView()))
    expect(await createVisitor(both.base).act(pageView())).toEqual([DONE])
  })
})

describe('what can’t be kept', () => {
  const shared = useBoth()

  it.each([
    ['half a character', 'good \ud83d', 'good \ufffd'],
    ['a NUL', 'a\u0000b', 'ab'],
    ['10,001 characters of two units each', '👍'.repeat(10_001), '👍'.repeat(10_000)],
    ['something that is no text', { length: 1 }, null],
  ])('of a response’s text costs no response: %s', async (_, text, stored) => {
    const both = shared()
    const visitor = createVisitor(both.base)
    const ticket = await visitor.invite()
    expect(await visitor.act(response({ ticket, text: text as string }))).toEqual([DONE])
    const [record] = await both.responses(visitor.email)
    expect(record?.text).toBe(stored)
  })

  it.each(['about:srcdoc', 'nullsrcdoc', 'javascript:alert(1)', 7, null, undefined])(
    'of an address costs no event: %j',
    async address => {
      const both = shared()
      const visitor = createVisitor(both.base)
      const ticket = await visitor.invite()
      const events = [
        pageView({ url: address as string }),
        response({ ticket, origin_url: address as string }),
      ]
      expect(await visitor.act(...events)).toEqual([DONE, DONE])
      expect((await both.pageViews(visitor.email)).map(({ url }) => url)).toContain(null)
      const [record] = await both.responses(visitor.email)
      expect(record?.origin_url).toMatch(/^https?:\/\/127\.0\.0\.1/)
    },
  )

  it('beside an event costs no event', async () => {
    const both = shared()
    const visitor = createVisitor(both.base)
    const ticket = await visitor.invite()
    const junk = { share: 'yes', clamped: 0, corrected: null }
    expect(await visitor.act({ ...response({ ticket }), ...junk } as never)).toEqual([DONE])
  })

  it('of a visitor’s properties costs no event', async () => {
    const both = shared()
    const { identity, email } = createVisitor(both.base)
    const deep = `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`
    const many = Array.from({ length: 150 }, (_, n) => `"p${n}":${n}`).join()
    const properties = `{"__proto__":{"x":1},"constructor":"c","prototype":1,"deep":${deep},"list":[1],"zeroten_x":1,${many}}`
    const batch = batchOf({ identity, events: [pageView()] })
    const text = JSON.stringify(batch).replace(
      '"identity":{',
      () => `"identity":{"properties":${properties},`,
    )
    const { status, body } = await post(both.base, text)
    expect([status, Object.values(body.results)]).toEqual([200, [DONE]])
    const endUser = await both.endUser(email)
    expect(Object.keys(endUser?.properties ?? {})).toHaveLength(100)
    expect(endUser?.properties).toMatchObject({ p0: 0, p99: 99 })
  })

  it.each([
    'application/json; charset="utf-8"',
    'application/json;charset=UTF-8',
    'application/json, application/json',
    'application/json; charset=utf-8; v=1',
  ])('is no part of the content type %s', async type => {
    expect((await post(shared().base, batchOf(), { 'content-type': type })).status).toBe(200)
  })

  it.each([
    'text/plain, application/json',
    'application/json; charset=utf-16',
    'application/jsonp',
    'text/json',
  ])('as JSON is refused: %s', async type => {
    expect((await post(shared().base, batchOf(), { 'content-type': type })).status).toBe(415)
  })
})
