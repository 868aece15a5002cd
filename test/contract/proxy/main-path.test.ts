import { describe, expect, it, onTestFinished } from 'vitest'
import { signIdentity } from '../../../src/proxy/index.js'
import type { IdentityClaim } from '../../../src/wire/delivery.js'
import { decline, optOut, pageView, response } from '../../support/events.js'
import { createVisitor, DONE, IDENTITY_SECRET, startProxy, useBoth } from '../../support/start-proxy.js'

describe('the main path', () => {
  const shared = useBoth()
  const newVisitor = (claim?: Partial<IdentityClaim>) => createVisitor(shared().base, claim)

  it('records a page view for a new anonymous visitor, and asks them at once', async () => {
    const visitor = newVisitor()
    const event = pageView({ url: 'https://shop.example/cart?token=secret#top' })
    const answer = await visitor.send({ events: [event], ask: {} })
    expect(answer.results).toEqual({ [event.id]: DONE })
    expect(answer).toMatchObject({ identity: 'anonymous', verdict: { survey: true } })
    const [record] = await shared().pageViews(visitor.email)
    expect(record?.url).toBe('https://shop.example/cart')
    expect(Date.parse(`${record?.at}Z`)).toBe(event.at * 1_000)
  })

  it('tells its operator once, and without naming it, that a parameter is cut off which a page keeps', async () => {
    const { base, logs } = await startProxy(onTestFinished, { api: shared().api.url, keepQuery: ['q'] })
    const visitor = createVisitor(base)
    const told = () => logs.filter(({ message }) => message.includes('keepParams'))
    await visitor.act(pageView({ url: 'https://shop.example/?q=bell' }), pageView())
    expect(told()).toEqual([])
    await visitor.act(pageView({ url: 'https://shop.example/?q=bell&page=2' }))
    await visitor.act(pageView({ url: 'https://shop.example/?page=3' }))
    expect(told()).toHaveLength(1)
    expect(JSON.stringify(told())).not.toContain('page=')
    expect((await shared().pageViews(visitor.email)).map(({ url }) => url)).toContain(
      'https://shop.example/?q=bell',
    )
  })

  it('stores a response with score, text, page, address and the time of the act', async () => {
    const visitor = newVisitor()
    const ticket = await visitor.invite()
    const event = response({ ticket, score: 10, text: 'Grüße 👋🏽', share: true })
    expect(await visitor.act(event)).toEqual([DONE])
    const [record] = await shared().responses(visitor.email)
    expect(record).toMatchObject({
      score: 10,
      text: 'Grüße 👋🏽',
      origin_url: 'https://shop.example/',
      ip_address: '127.0.0.1',
    })
    expect(Date.parse(`${record?.created_at}Z`)).toBe(event.at * 1_000)
    expect((await shared().endUser(visitor.email))?.properties).toEqual({ zeroten_share_feedback: true })
  })

  it('stores a decline, and does not ask again', async () => {
    const visitor = newVisitor()
    const ticket = await visitor.invite()
    expect(await visitor.act(decline({ ticket }))).toEqual([DONE])
    expect(await shared().declines(visitor.email)).toHaveLength(1)
    expect((await visitor.ask()).survey).toBe(false)
  })

  it('keeps an opt-out with the end user, and asks nobody who has opted out', async () => {
    const visitor = newVisitor()
    expect(await visitor.act(optOut())).toEqual([DONE])
    expect((await shared().endUser(visitor.email))?.properties).toEqual({ zeroten_opt_out: true })
    expect((await visitor.ask()).survey).toBe(false)
  })

  it('files what a proven identity does under its e-mail, with its properties, and tells it the gates', async () => {
    const token = await signIdentity(
      { email: 'Ada@Example.com', createdAt: 1_600_000_000, properties: { plan: 'pro' } },
      IDENTITY_SECRET,
    )
    const visitor = newVisitor({ token, properties: { plan: 'free', seats: 3 } })
    const { verdict, identity } = await visitor.send({ events: [pageView()], ask: {} })
    expect(identity).toBe('proven')
    expect(verdict?.gates?.every(({ open }) => open)).toBe(true)
    expect(await shared().endUser('ada@example.com')).toMatchObject({
      external_created_at: 1_600_000_000,
      properties: { plan: 'pro', seats: 3 },
    })
  })

  it('takes an event by its ticket alone, whoever is on the page', async () => {
    const ada = newVisitor()
    const { ticket = '' } = await ada.send({ events: [pageView()] })
    const bob = newVisitor()
    expect(await bob.act(pageView({ ticket }))).toEqual([DONE])
    expect(await shared().pageViews(ada.email)).toHaveLength(2)
    expect(await shared().endUser(bob.email)).toBeUndefined()
  })

  it('creates nobody for a request that asks for a verdict alone', async () => {
    const visitor = newVisitor()
    const { verdict } = await visitor.send({ ask: { no_page_views: true } })
    expect(verdict?.survey).toBe(true)
    expect(await shared().endUser(visitor.email)).toBeUndefined()
  })

  it('costs one request upstream once the visitor is known', async () => {
    const visitor = newVisitor()
    await visitor.send({ events: [pageView()], ask: {} })
    shared().upstream()
    await visitor.send({ events: [pageView()], ask: {} })
    expect(shared().upstream()).toEqual(['POST /v1/end_users/:end_user_id/page_views'])
  })
})
