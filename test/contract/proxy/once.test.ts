import { describe, expect, it, onTestFinished } from 'vitest'
import { decline, pageView, response } from '../../support/events.js'
import { startLossyFront } from '../../support/lossy-front.js'
import { createVisitor, DONE, DUPLICATE, startProxy, useBoth } from '../../support/start-proxy.js'

const ALREADY = { status: 'rejected', reason: 'already_answered' }
const KEPT = { status: 'retry', reason: 'upstream' }

describe('an event reaches the API once', () => {
  const shared = useBoth()

  it('case 3: a replayed event is a duplicate, and nothing is asked upstream', async () => {
    const both = shared()
    const visitor = createVisitor(both.base)
    const event = pageView()
    expect(await visitor.act(event)).toEqual([DONE])
    both.upstream()
    expect(await visitor.act(event, { ...event, tried: true })).toEqual([DUPLICATE, DUPLICATE])
    expect(both.upstream()).toEqual([])
  })

  it('case 4: two tabs that send the same response at once make one', async () => {
    const both = shared()
    const visitor = createVisitor(both.base)
    const event = response({ ticket: await visitor.invite() })
    const results = await Promise.all(Array.from({ length: 10 }, () => visitor.act(event)))
    for (const result of results.flat()) expect([DONE, DUPLICATE]).toContainEqual(result)
    expect(await both.responses(visitor.email)).toHaveLength(1)
  })

  it('case 4: the first page views of one e-mail, all at once, make one end user', async () => {
    const both = shared()
    const { base } = await startProxy(onTestFinished, { api: both.api.url, allowUnverified: true })
    const tabs = Array.from({ length: 20 }, (_, n) =>
      createVisitor(base, { email: n % 2 ? 'Grace@example.com' : ' grace@EXAMPLE.com' }),
    )
    both.upstream()
    const results = await Promise.all(tabs.map(tab => tab.act(pageView())))
    expect(results.flat()).toEqual(Array.from({ length: 20 }, () => DONE))
    expect(both.upstream().filter(call => call === 'POST /v1/end_users')).toHaveLength(1)
    expect(await both.pageViews('grace@example.com')).toHaveLength(20)
  })

  it('case 4: two proxies that find nobody at once make one end user', async () => {
    const both = shared()
    const start = () => startProxy(onTestFinished, { api: both.api.url, allowUnverified: true })
    const [one, other] = await Promise.all([start(), start()])
    const email = 'hedy@example.com'
    const results = await Promise.all(
      [one.base, other.base].map(base => createVisitor(base, { email }).act(pageView())),
    )
    expect(results).toEqual([[DONE], [DONE]])
    expect(await both.pageViews(email)).toHaveLength(2)
  })

  it('finds or makes an end user anew that upstream has deleted meanwhile', async () => {
    const both = shared()
    const visitor = createVisitor(both.base)
    await visitor.act(pageView())
    await both.caller.delete(`/v1/end_users/${(await both.endUser(visitor.email))?.id}`)
    const ticket = await visitor.invite()
    expect(await visitor.act(response({ ticket }), pageView())).toEqual([DONE, DONE])
    expect(await both.pageViews(visitor.email)).toHaveLength(2)
    expect(await both.responses(visitor.email)).toHaveLength(1)
  })
})

/** An upstream as others are: it ignores keys, or it honours them; its answers are lost, and it may list late. */
describe.each([
  ['that honours keys', true],
  ['that ignores keys', false],
])('before an upstream %s', (_, idempotency) => {
  const shared = useBoth({ api: { idempotency } })

  async function setUp(listLateMs = 0) {
    const lossy = await startLossyFront(onTestFinished, shared().api.url, { listLateMs })
    const options = { api: lossy.url, timeouts: { settle: 150, upstream: 2_000 } }
    return {
      ...shared(),
      lossy,
      /** A proxy that remembers nothing of the others. */
      newProxy: async () => (await startProxy(onTestFinished, options)).base,
    }
  }

  it('an answer that is lost is looked up or repeated, by a proxy that knows nothing of it', async () => {
    const { newProxy, lossy, pageViews, responses } = await setUp()
    const first = await newProxy()
    const visitor = createVisitor(first)
    const ticket = await visitor.invite()
    const events = [
      response({ ticket, text: 'Fine' }),
      pageView(),
      pageView({ url: 'https://shop.example/b' }),
    ]
    lossy.decide(method => (method === 'POST' ? 'lose' : 'pass'))
    expect(await visitor.act(...events)).toEqual([KEPT, KEPT, KEPT])
    lossy.decide(() => 'pass')
    const again = createVisitor(await newProxy(), visitor.identity)
    expect(await again.act(...events.map(event => ({ ...event, tried: true as const })))).toEqual([
      DONE,
      DONE,
      DONE,
    ])
    expect(await responses(visitor.email)).toHaveLength(1)
    expect(await pageViews(visitor.email)).toHaveLength(3)
  })

  it.each([-4, 0, 4])(
    'what a first attempt by a wrong clock wrote is found, where the device corrects its second try by %d s more',
    async networkS => {
      const { newProxy, lossy, pageViews, responses } = await setUp()
      const visitor = createVisitor(await newProxy())
      const ticket = await visitor.invite()
      const nowS = Math.floor(Date.now() / 1_000)
      const offS = 3 * 86_400
      const events = [response({ ticket, at: nowS + 6 }), pageView({ at: nowS })]
      lossy.decide(method => (method === 'POST' ? 'lose' : 'pass'))
      const ahead = events.map(event => ({ ...event, at: event.at + offS }))
      await visitor.send({ events: ahead, sent_at: Date.now() + offS * 1_000 })
      lossy.decide(() => 'pass')
      const again = createVisitor(await newProxy(), visitor.identity)
      const [tried, corrected] = [true as const, true as const]
      const repeated = events.map(event => ({ ...event, at: event.at + networkS, tried, corrected }))
      for (const result of await again.act(...repeated)) expect([DONE, DUPLICATE]).toContainEqual(result)
      expect(await responses(visitor.email)).toHaveLength(1)
      // With that by which the visitor was invited.
      expect(await pageViews(visitor.email)).toHaveLength(2)
    },
  )

  it('what a device dated ahead of the API’s clock is found all the same', async () => {
    const { newProxy, lossy, pageViews } = await setUp()
    const visitor = createVisitor(await newProxy())
    const event = pageView({ at: Math.floor(Date.now() / 1_000) + 200 })
    lossy.decide(method => (method === 'POST' ? 'lose' : 'pass'))
    await visitor.act(event)
    // The first attempt made the end user, this one the page view.
    expect(await visitor.act({ ...event, tried: true })).toEqual([KEPT])
    lossy.decide(() => 'pass')
    const again = createVisitor(await newProxy(), visitor.identity)
    expect(await again.act({ ...event, tried: true })).toEqual([DONE])
    expect(await pageViews(visitor.email)).toHaveLength(1)
  })

  it('equal page views of one second are as many as they were', async () => {
    const { newProxy, lossy, pageViews } = await setUp()
    const visitor = createVisitor(await newProxy())
    const at = Math.floor(Date.now() / 1_000)
    const [a, b, c, d] = [pageView({ at }), pageView({ at }), pageView({ at }), pageView({ at })]
    await visitor.act(a, b)
    lossy.decide(method => (method === 'POST' ? 'lose' : 'pass'))
    expect(await visitor.act(c)).toEqual([KEPT])
    lossy.decide(() => 'refuse')
    expect(await visitor.act(d)).toEqual([KEPT])
    lossy.decide(() => 'pass')
    const again = createVisitor(await newProxy(), visitor.identity)
    const tried = [a, b, c, d].map(event => ({ ...event, tried: true as const }))
    expect(await again.act(...tried)).toEqual([DONE, DONE, DONE, DONE])
    expect(await pageViews(visitor.email)).toHaveLength(4)
  })

  it('what upstream lists late is waited for', async () => {
    const { newProxy, lossy, pageViews, responses } = await setUp(100)
    const visitor = createVisitor(await newProxy())
    const ticket = await visitor.invite()
    const events = [response({ ticket }), pageView()]
    lossy.decide(method => (method === 'POST' ? 'lose' : 'pass'))
    expect(await visitor.act(...events)).toEqual([KEPT, KEPT])
    lossy.decide(() => 'pass')
    const again = createVisitor(await newProxy(), visitor.identity)
    expect(await again.act(...events.map(event => ({ ...event, tried: true as const })))).toEqual([
      DONE,
      DONE,
    ])
    expect(await responses(visitor.email)).toHaveLength(1)
    expect(await pageViews(visitor.email)).toHaveLength(2)
  })

  it('a decline that was tried and never arrived is written', async () => {
    const { newProxy, declines } = await setUp()
    const visitor = createVisitor(await newProxy())
    const event = decline({ ticket: await visitor.invite(), tried: true })
    expect(await visitor.act(event)).toEqual([DONE])
    expect(await visitor.act(event)).toEqual([DUPLICATE])
    expect(await declines(visitor.email)).toHaveLength(1)
  })

  it('another answer of the same yes is refused, by any proxy', async () => {
    const { newProxy, responses, declines } = await setUp()
    const visitor = createVisitor(await newProxy())
    const ticket = await visitor.invite()
    expect(await visitor.act(response({ ticket }))).toEqual([DONE])
    const elsewhere = createVisitor(await newProxy(), visitor.identity)
    // A second later, as people are; answers of one second and one content are one.
    const at = Math.floor(Date.now() / 1_000) + 1
    expect(await elsewhere.act(response({ ticket, at, tried: true }), decline({ ticket, at }))).toEqual([
      ALREADY,
      ALREADY,
    ])
    expect(await responses(visitor.email)).toHaveLength(1)
    expect(await declines(visitor.email)).toHaveLength(0)
  })
})
