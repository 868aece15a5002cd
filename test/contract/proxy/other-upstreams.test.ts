import { describe, expect, it, onTestFinished } from 'vitest'
import { signIdentity } from '../../../src/proxy/index.js'
import type { NodeProxyOptions } from '../../../src/proxy/node/index.js'
import { optOut, pageView, response } from '../../support/events.js'
import { memoryApi } from '../../support/memory-upstream.js'
import { type Script, startScriptedServer, tokenReply } from '../../support/scripted-server.js'
import { createVisitor, DONE, IDENTITY_SECRET, startProxy } from '../../support/start-proxy.js'
import { isPageView, isResponse } from '../../support/toy-upstream.js'

const KEPT = { status: 'retry', reason: 'upstream' }
const tried = true as const

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function setUp(api: NonNullable<Script['api']>, options: Partial<NodeProxyOptions> = {}) {
  const upstream = await startScriptedServer({ api })
  const newProxy = (more: Partial<NodeProxyOptions> = {}) =>
    startProxy(onTestFinished, {
      api: upstream.url,
      identitySecret: IDENTITY_SECRET,
      timeouts: { settle: 1 },
      ...options,
      ...more,
    })
  const { base } = await newProxy()
  return { upstream, newProxy, base, visitor: createVisitor(base) }
}

/** Acts until it is decided, as a widget would. */
async function insist(
  visitor: ReturnType<typeof createVisitor>,
  event: ReturnType<typeof pageView> | ReturnType<typeof response>,
) {
  let [result] = await visitor.act(event)
  for (let tries = 3; tries-- && result?.status === 'retry'; )
    [result] = await visitor.act({ ...event, tried })
  return result
}

describe('a response that upstream has', () => {
  it.each([400, 403, 405, 409, 422, 500])(
    'is done also where the visitor’s permission is refused with %d',
    async status => {
      const memory = memoryApi()
      const { visitor } = await setUp(request =>
        request.method === 'PUT' ? { status } : memory.handle(request),
      )
      const event = response({ ticket: await visitor.invite(), share: true })
      expect(await insist(visitor, event)).toEqual(DONE)
      expect(memory.records.responses).toHaveLength(1)
    },
  )

  it('gets its permission at a second attempt where upstream was down for a moment', async () => {
    const memory = memoryApi()
    let failures = 1
    const { visitor } = await setUp(request =>
      request.method === 'PUT' && failures-- > 0 ? { status: 503 } : memory.handle(request),
    )
    const event = response({ ticket: await visitor.invite(), share: true })
    expect(await insist(visitor, event)).toEqual(DONE)
    expect(memory.records.responses).toHaveLength(1)
    expect(memory.endUsers[0]?.properties).toEqual({ zeroten_share_feedback: true })
  })

  it('is found again by whoever trims text', async () => {
    const memory = memoryApi()
    memory.bend.store = row => ({ ...row, ...(typeof row.text === 'string' && { text: row.text.trim() }) })
    let loses = false
    const { visitor } = await setUp(request => {
      const reply = memory.handle(request)
      return loses && request.method === 'POST' ? answer => void answer.destroy() : reply
    })
    const event = response({ ticket: await visitor.invite(), text: 'Fine \n' })
    loses = true
    expect(await visitor.act(event)).toEqual([KEPT])
    loses = false
    expect(await visitor.act({ ...event, tried })).toEqual([DONE])
    expect(memory.records.responses).toHaveLength(1)
  })
})

describe('a status that speaks of the account or the way, not of the event', () => {
  it.each([402, 407, 410, 415, 421, 451])('keeps an answer: %d', async status => {
    const memory = memoryApi()
    let isDown = true
    const { visitor } = await setUp(request =>
      isDown && isResponse(request) ? { status } : memory.handle(request),
    )
    const event = response({ ticket: await visitor.invite() })
    expect(await visitor.act(event)).toEqual([KEPT])
    isDown = false
    expect(await visitor.act({ ...event, tried })).toEqual([DONE])
  })
})

describe('what a page says of its visitor', () => {
  it.each([403, 405, 500])('costs no answer where upstream answers it with %d', async status => {
    const memory = memoryApi()
    const { base } = await setUp(request => (request.method === 'PUT' ? { status } : memory.handle(request)))
    const token = await signIdentity({ email: 'ada@example.com' }, IDENTITY_SECRET)
    const visitor = createVisitor(base, { token })
    const ticket = await visitor.invite()
    const later = createVisitor(base, { ...visitor.identity, properties: { plan: 'x' } })
    expect(await insist(later, response({ ticket }))).toEqual(DONE)
  })

  it('costs no event where nobody can be made with it', async () => {
    const memory = memoryApi()
    const { base } = await setUp(request =>
      request.path === '/v1/end_users' && request.body.includes('poison')
        ? { status: 500 }
        : memory.handle(request),
    )
    expect(await insist(createVisitor(base, { properties: { poison: 'x' } }), pageView())).toEqual(DONE)
  })

  it('arrives after an outage', async () => {
    const memory = memoryApi()
    let failures = 1
    const { base } = await setUp(request =>
      request.method === 'PUT' && failures-- > 0 ? { status: 503 } : memory.handle(request),
    )
    const visitor = async (properties: object) =>
      createVisitor(base, {
        token: await signIdentity({ email: 'ada@example.com', ...properties }, IDENTITY_SECRET),
      })
    await (await visitor({})).act(pageView())
    expect(await insist(await visitor({ properties: { plan: 'x' } }), pageView())).toEqual(DONE)
    expect(memory.endUsers[0]?.properties).toEqual({ plan: 'x' })
  })
})

describe('new anonymous visitors', () => {
  it('take one place each of what a client may make, however often upstream fails', async () => {
    const memory = memoryApi()
    let isDown = true
    const { base } = await setUp(request =>
      isDown && request.path === '/v1/end_users' && request.method === 'POST'
        ? { status: 503 }
        : memory.handle(request),
    )
    const visitor = createVisitor(base)
    const events = Array.from({ length: 20 }, () => pageView())
    await visitor.act(...events)
    for (let n = 0; n < 3; n++) await visitor.act(...events.map(event => ({ ...event, tried })))
    isDown = false
    expect(await createVisitor(base).act(pageView())).toEqual([DONE])
  })
})

describe('a 404', () => {
  it('to one address of a page does not cost everybody’s', async () => {
    const memory = memoryApi()
    const { base } = await setUp(request =>
      isPageView(request) && decodeURIComponent(request.body).includes('wp-admin')
        ? { status: 404 }
        : memory.handle(request),
    )
    const refused = await createVisitor(base).act(pageView({ url: 'https://shop.example/wp-admin' }))
    expect(refused).toEqual([KEPT])
    expect(await createVisitor(base).act(pageView())).toEqual([DONE])
    expect(memory.records.page_views).toHaveLength(1)
  })
})

describe('a page view that upstream could not take just now', () => {
  it('brings no verdict, since without it that might be a wrong no; it comes with the next attempt', async () => {
    const memory = memoryApi()
    let failures = 1
    const { visitor } = await setUp(request =>
      isPageView(request) && failures-- > 0 ? { status: 503 } : memory.handle(request),
    )
    const event = pageView()
    const first = await visitor.send({ events: [event], ask: {} })
    expect(Object.values(first.results)).toEqual([KEPT])
    expect(first.verdict).toBeUndefined()
    const second = await visitor.send({ events: [{ ...event, tried }], ask: {} })
    expect(Object.values(second.results)).toEqual([DONE])
    expect(second.verdict?.survey).toBe(true)
  })

  it('counts, where upstream had taken it all the same', async () => {
    const memory = memoryApi()
    let losses = 1
    const { visitor } = await setUp(request => {
      const reply = memory.handle(request)
      return isPageView(request) && losses-- > 0 ? response => void response.destroy() : reply
    })
    const event = pageView()
    expect(await visitor.act(event)).toEqual([KEPT])
    const { results, verdict } = await visitor.send({ events: [{ ...event, tried }], ask: {} })
    expect(Object.values(results)).toEqual([DONE])
    expect(memory.records.page_views).toHaveLength(1)
    expect(verdict?.survey).toBe(true)
  })
})

describe('an answer that upstream could not take just now', () => {
  it('brings no verdict: whoever has just answered is not asked again', async () => {
    const memory = memoryApi()
    let failures = 0
    const { visitor } = await setUp(request =>
      isResponse(request) && failures-- > 0 ? { status: 503 } : memory.handle(request),
    )
    const event = response({ ticket: await visitor.invite() })
    failures = 1
    const first = await visitor.send({ events: [event], ask: {} })
    expect(Object.values(first.results)).toEqual([KEPT])
    expect(first.verdict).toBeUndefined()
    const second = await visitor.send({ events: [{ ...event, tried }], ask: {} })
    expect(Object.values(second.results)).toEqual([DONE])
    expect(second.verdict?.survey).toBe(false)
  })
})

describe('an answer of somebody else that upstream can’t take', () => {
  it('withholds no yes from whoever is on the page now', async () => {
    const memory = memoryApi()
    let isBroken = false
    const { visitor, base } = await setUp(request =>
      isBroken && isResponse(request) ? { status: 500 } : memory.handle(request),
    )
    const event = response({ ticket: await visitor.invite() })
    isBroken = true
    const view = pageView()
    const { results, verdict } = await createVisitor(base).send({ events: [event, view], ask: {} })
    expect(results).toEqual({ [event.id]: KEPT, [view.id]: DONE })
    expect(verdict?.survey).toBe(true)
  })
})

describe('an opt-out', () => {
  it('is written though upstream says of the end user that there is a conflict', async () => {
    const memory = memoryApi()
    let conflicts = 1
    const { visitor } = await setUp(request =>
      request.method === 'PUT' && conflicts-- > 0 ? { status: 409 } : memory.handle(request),
    )
    await visitor.act(pageView())
    const event = optOut()
    expect(await visitor.act(event)).toEqual([KEPT])
    expect(await visitor.act({ ...event, tried })).toEqual([DONE])
    expect(memory.endUsers).toMatchObject([{ properties: { zeroten_opt_out: true } }])
  })
})

describe('a batch whose time is over', () => {
  it('begins no post after it was answered: another proxy has its turn', async () => {
    const memory = memoryApi()
    let slowMs = 0
    const { upstream, newProxy } = await setUp(async request => {
      const isSlow = request.method === 'GET' && request.path.endsWith('/page_views')
      const ms = slowMs
      slowMs = isSlow ? 0 : slowMs
      const reply = memory.handle(request)
      if (isSlow) await sleep(ms)
      return reply
    })
    const timeouts = { request: 1_000, upstream: 3_000, settle: 100 }
    const one = await newProxy({ timeouts })
    const other = await newProxy({ timeouts: { ...timeouts, request: 8_000 } })
    const first = createVisitor(one.base)
    await first.act(pageView())
    const event = pageView({ url: 'https://shop.example/b', tried })
    slowMs = 2_000
    expect(await first.act(event)).toEqual([KEPT])
    expect(await createVisitor(other.base, first.identity).act(event)).toEqual([DONE])
    // Until the first proxy has its answer, too.
    await sleep(2_000)
    expect(upstream.apiRequests().filter(isPageView)).toHaveLength(2)
  })

  it('begins none either where it had to wait for another token', async () => {
    const memory = memoryApi()
    let revoked: string | undefined
    let tokenMs = 0
    const upstream = await startScriptedServer({
      async token(_, count) {
        await sleep(tokenMs)
        tokenMs = 0
        return tokenReply(count)
      },
      api: request =>
        isPageView(request) && request.headers.authorization === revoked
          ? { status: 401 }
          : memory.handle(request),
    })
    const timeouts = { request: 1_000, upstream: 3_000, settle: 100 }
    const start = async (request: number) =>
      (await startProxy(onTestFinished, { api: upstream.url, timeouts: { ...timeouts, request } })).base
    const first = createVisitor(await start(1_000))
    await first.act(pageView())
    const second = createVisitor(await start(8_000), first.identity)
    await second.send({ ask: {} })
    const event = pageView({ url: 'https://shop.example/b' })
    revoked = 'Bearer token-1'
    tokenMs = 2_000
    expect(await first.act(event)).toEqual([KEPT])
    expect(await second.act({ ...event, tried })).toEqual([DONE])
    // Until the first proxy has its token, too.
    await sleep(2_000)
    expect(memory.records.page_views.filter(({ url }) => url === event.url)).toHaveLength(1)
  })
})

describe('a look at the answers while one is written', () => {
  it('does not make the proxy ask again', async () => {
    const memory = memoryApi()
    let isSlow = false
    const { visitor, newProxy } = await setUp(async request => {
      const reply = memory.handle(request)
      if (isSlow && request.method === 'GET' && request.path.endsWith('/responses')) {
        isSlow = false
        await sleep(500)
      }
      return reply
    })
    const ticket = await visitor.invite()
    const tab = createVisitor((await newProxy()).base, visitor.identity)
    isSlow = true
    const asking = tab.send({ ask: {} })
    await expect.poll(() => isSlow).toBe(false)
    expect(await tab.act(response({ ticket }))).toEqual([DONE])
    await asking
    expect((await tab.send({ ask: {} })).verdict?.survey).toBe(false)
  })
})

describe('an upstream with its own idea of pages', () => {
  it('that gives 25 a page: nothing is doubled', async () => {
    const memory = memoryApi()
    memory.bend.perPage = asked => Math.min(asked, 25)
    const { visitor, newProxy } = await setUp(memory.handle)
    const at = Math.floor(Date.now() / 1_000)
    for (const fromS of [at - 100, at - 50])
      await visitor.act(...Array.from({ length: 20 }, (_, n) => pageView({ at: fromS + n })))
    const last = pageView({ at })
    await visitor.act(last)
    const again = createVisitor((await newProxy()).base, visitor.identity)
    expect(await again.act({ ...last, tried })).toEqual([DONE])
    expect(memory.records.page_views).toHaveLength(41)
  })

  it('that knows no pages: nobody waits for ever', async () => {
    const memory = memoryApi()
    memory.bend.page = () => 1
    memory.bend.perPage = () => 100_000
    const { visitor } = await setUp(memory.handle)
    for (let n = 0; n < 3; n++) await visitor.act(...Array.from({ length: 20 }, () => pageView()))
    expect(await visitor.act(pageView({ tried, url: 'https://shop.example/b' }))).toEqual([DONE])
  })
})
