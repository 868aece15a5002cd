import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { signIdentity } from '../../../src/proxy/index.js'
import { batchOf, decline, optOut, pageView, response } from '../../support/events.js'
import { createVisitor, DONE, IDENTITY_SECRET, post, startProxy, useBoth } from '../../support/start-proxy.js'

const nowS = () => Math.floor(Date.now() / 1_000)
const NEEDS_TICKET = { status: 'rejected', reason: 'ticket_required' }
const ALREADY = { status: 'rejected', reason: 'already_answered' }

describe('whose an event is', () => {
  const shared = useBoth({
    identify: request => {
      const email = request.headers.get('cookie')?.replace('session=', '')
      return email ? { email } : null
    },
  })
  const newEmail = () => `${randomUUID()}@example.com`

  it('case 1: is not what the page claims, while there is a session', async () => {
    const [victim, ada] = [newEmail(), newEmail()]
    const identity = { anonymous_id: randomUUID(), email: victim, properties: { plan: 'owned' } }
    const batch = batchOf({ identity, events: [pageView()], ask: {} })
    const { body } = await post(shared().base, batch, { cookie: `session=${ada}` })
    expect(body.identity).toBe('proven')
    expect(await shared().pageViews(ada)).toHaveLength(1)
    expect(await shared().endUser(victim)).toBeUndefined()
  })

  it('case 1: is an anonymous visitor’s where the page but claims an e-mail; nothing of its owner is touched', async () => {
    const email = newEmail()
    await shared().caller.post('/v1/end_users', { email, properties: { plan: 'pro' } })
    const before = await shared().endUser(email)
    const visitor = createVisitor(shared().base, { email, properties: { plan: 'owned' } })
    const { identity, verdict } = await visitor.send({ events: [pageView(), optOut()], ask: {} })
    expect(identity).toBe('anonymous')
    expect(verdict?.gates).toBeUndefined()
    expect(await shared().endUser(email)).toEqual(before)
  })

  it('case 2: stays open while its token is refused: no verdict, no ticket, nothing upstream', async () => {
    const visitor = createVisitor(shared().base, { token: 'a.b.c' })
    const event = pageView()
    shared().upstream()
    const answer = await visitor.send({ events: [event], ask: {} })
    expect(answer).toMatchObject({
      identity_problem: 'identity_invalid',
      results: { [event.id]: { status: 'retry', reason: 'identity_invalid' } },
    })
    expect(Object.keys(answer).sort()).toEqual(['id', 'identity_problem', 'now', 'results', 'v'])
    expect(shared().upstream()).toEqual([])
  })

  it('case 2: is the ticket’s even while the token is refused; a forged ticket is kept, nothing goes upstream', async () => {
    const ada = createVisitor(shared().base)
    const { ticket = '' } = await ada.send({ events: [pageView()] })
    const { ticket: foreign = '' } = await createVisitor(
      (
        await startProxy(onTestFinished, {
          api: shared().api.url,
          ticketSecret: 'b1946ac92492d2347c6235b4d2611184',
        })
      ).base,
    ).send()
    shared().upstream()
    const visitor = createVisitor(shared().base, { token: 'a.b.c' })
    expect(
      await visitor.act(
        pageView({ ticket }),
        pageView({ ticket: foreign }),
        pageView({ ticket: `${ticket.slice(0, -4)}AAAA` }),
        pageView({ ticket: 'x' }),
      ),
    ).toEqual([DONE, ...Array.from({ length: 3 }, () => ({ status: 'retry', reason: 'ticket_invalid' }))])
    expect(shared().upstream()).toEqual(['POST /v1/end_users/:end_user_id/page_views'])
  })

  it('case 2: a ticket obtains neither verdict nor new ticket', async () => {
    const { ticket = '' } = await createVisitor(shared().base).send({ events: [pageView()] })
    const { body } = await post(shared().base, batchOf({ events: [pageView({ ticket })], ask: {} }))
    expect(Object.keys(body).sort()).toEqual(['id', 'now', 'results', 'v'])
  })

  it('case 2: a session that can’t be asked keeps the events', async () => {
    const failing = await startProxy(onTestFinished, {
      api: shared().api.url,
      identify: () => Promise.reject(new Error('no canary here')),
    })
    shared().upstream()
    expect(await createVisitor(failing.base).act(pageView())).toEqual([
      { status: 'retry', reason: 'identity_invalid' },
    ])
    expect(shared().upstream()).toEqual([])
    expect(JSON.stringify(failing.logs)).toContain('identify() failed')
  })

  it('case 3: the same identity token is good again and again, until its end', async () => {
    const email = newEmail()
    const token = await signIdentity({ email }, IDENTITY_SECRET)
    for (let n = 0; n < 3; n++)
      expect(await createVisitor(shared().base, { token }).act(pageView())).toEqual([DONE])
    expect(await shared().pageViews(email)).toHaveLength(3)
  })

  it('is nobody’s without ticket and identity', async () => {
    const event = pageView()
    const { body } = await post(shared().base, batchOf({ events: [event] }))
    expect(body.results[event.id]).toEqual({ status: 'retry', reason: 'identity_missing' })
  })
})

describe('when an event was', () => {
  const shared = useBoth()

  it('is kept for correction where the device’s clock is wrong, and put right where that can’t be', async () => {
    const visitor = createVisitor(shared().base)
    const past = nowS() - 3 * 365 * 86_400
    const future = nowS() + 3 * 86_400
    expect(await visitor.act(pageView({ at: past }), pageView({ at: future }))).toEqual([
      { status: 'retry', reason: 'clock' },
      { status: 'retry', reason: 'clock' },
    ])
    expect(await shared().endUser(visitor.email)).toBeUndefined()
    expect(await visitor.act(pageView({ at: past, clamped: true }))).toEqual([DONE])
    const [record] = await shared().pageViews(visitor.email)
    expect(Math.abs(Date.parse(`${record?.at}Z`) / 1_000 - (nowS() - 62 * 86_400))).toBeLessThan(5)
  })

  it('is not taken again from a clock that is more than five seconds off', async () => {
    const visitor = createVisitor(shared().base)
    const event = pageView({ tried: true })
    const off = await visitor.send({ events: [event], sent_at: Date.now() - 6_000 })
    expect(off.results[event.id]).toEqual({ status: 'retry', reason: 'clock' })
    const right = await visitor.send({ events: [event], sent_at: Date.now() - 1_000 })
    expect(right.results[event.id]).toEqual(DONE)
  })

  it.each([-3 * 86_400, -6, 6, 400 * 86_400])(
    'is corrected in a first attempt by a clock that is %d s off',
    async offS => {
      const visitor = createVisitor(shared().base)
      const [sent, acted] = [Date.now() + offS * 1_000, nowS() + offS - 30]
      const event = pageView({ at: acted })
      const { results } = await visitor.send({ events: [event], sent_at: sent })
      expect(results[event.id]).toEqual(DONE)
      const [record] = await shared().pageViews(visitor.email)
      expect(Math.abs(Date.parse(`${record?.at}Z`) / 1_000 - (nowS() - 30))).toBeLessThan(5)
    },
  )

  it('is for an answer no time before it was asked for', async () => {
    const visitor = createVisitor(shared().base)
    const ticket = await visitor.invite()
    await visitor.act(decline({ ticket, at: nowS() - 40 * 86_400 }))
    const [record] = await shared().declines(visitor.email)
    expect(Math.abs(Date.parse(`${record?.created_at}Z`) / 1_000 - nowS())).toBeLessThan(5)
    expect((await visitor.ask()).survey).toBe(false)
  })
})

describe('an unproven identity', () => {
  const shared = useBoth({ allowUnverified: true })
  const newEmail = () => `${randomUUID()}@example.com`

  it('writes properties where it creates, and changes none that are there', async () => {
    const email = newEmail()
    await createVisitor(shared().base, { email, properties: { plan: 'free' } }).act(pageView())
    await createVisitor(shared().base, { email, properties: { plan: 'owned' } }).act(pageView(), optOut())
    expect((await shared().endUser(email))?.properties).toEqual({ plan: 'free' })
  })

  it('changes properties with leave', async () => {
    const email = newEmail()
    const { base } = await startProxy(onTestFinished, {
      api: shared().api.url,
      allowUnverified: true,
      allowUnverifiedUpdates: true,
    })
    await createVisitor(base, { email, properties: { plan: 'free' } }).act(pageView())
    await createVisitor(base, { email, properties: { plan: 'pro' } }).act(pageView(), optOut())
    expect((await shared().endUser(email))?.properties).toEqual({ plan: 'pro', zeroten_opt_out: true })
  })

  it('case 35: can’t tell an e-mail that exists from one that does not', async () => {
    const [known, unknown] = [newEmail(), newEmail()]
    await shared().caller.post('/v1/end_users', { email: known, properties: { plan: 'pro' } })
    const shapeOf = async (email: string) => {
      const event = pageView()
      const answer = await createVisitor(shared().base, { email }).send({ events: [event], ask: {} })
      const { ticket = '', verdict, results, identity } = answer
      return {
        names: Object.keys(answer),
        result: results[event.id],
        identity,
        ticketLength: ticket.length,
        verdict: {
          ...verdict,
          ticket: verdict?.ticket?.length,
          until: (verdict?.until ?? 0) - nowS() > 86_000,
        },
      }
    }
    expect(await shapeOf(known)).toEqual(await shapeOf(unknown))
  })
})

describe('ballot stuffing', () => {
  const shared = useBoth({ limits: { clientAnonymousPerHour: 40 } })

  it('case 41: no answer counts without the ticket of a yes', async () => {
    const visitor = createVisitor(shared().base)
    const { ticket = '' } = await visitor.send({ events: [pageView()] })
    shared().upstream()
    expect(await visitor.act(response(), decline(), response({ ticket }), decline({ ticket }))).toEqual(
      Array.from({ length: 4 }, () => NEEDS_TICKET),
    )
    expect(shared().upstream()).toEqual([])
  })

  it('case 41: one ticket is one answer, and so are two tickets of one period', async () => {
    const visitor = createVisitor(shared().base)
    const [first, second] = [await visitor.invite(), await visitor.invite()]
    const results = await visitor.act(
      response({ ticket: first }),
      response({ ticket: first, score: 1 }),
      response({ ticket: second, score: 2 }),
      decline({ ticket: second }),
    )
    expect(results.filter(result => result?.status === 'done')).toHaveLength(1)
    expect(results.filter(result => result?.status !== 'done')).toEqual([ALREADY, ALREADY, ALREADY])
    expect(await shared().responses(visitor.email)).toHaveLength(1)
  })

  it('case 41: no verdict says yes again after an answer', async () => {
    const visitor = createVisitor(shared().base)
    await visitor.act(response({ ticket: await visitor.invite() }))
    expect(await visitor.ask()).toEqual({
      survey: false,
      level: 'anonymous',
      until: expect.any(Number),
    })
  })

  it('case 41: a thousand new anonymous ids of one client make no more end users than the cap', async () => {
    const { base } = await startProxy(onTestFinished, {
      api: shared().api.url,
      limits: { clientAnonymousPerHour: 40, clientRequestsPerMinute: 2_000, clientEventsPerMinute: 2_000 },
    })
    shared().upstream()
    const results = []
    for (let n = 0; n < 1_000; n += 50)
      results.push(
        ...(await Promise.all(Array.from({ length: 50 }, () => createVisitor(base).act(pageView())))).flat(),
      )
    expect(results.filter(result => result?.status === 'done')).toHaveLength(40)
    expect(
      shared()
        .upstream()
        .filter(call => call === 'POST /v1/end_users'),
    ).toHaveLength(40)
    expect(new Set(results.map(result => JSON.stringify(result)))).toContain(
      JSON.stringify({ status: 'retry', reason: 'rate_limited' }),
    )
  })
})

describe('case 43: a visitor who marks everything as tried', () => {
  const shared = useBoth({ api: { idempotency: false } })

  it('does not make the proxy read upstream without bound', async () => {
    const { base } = await startProxy(onTestFinished, {
      api: shared().api.url,
      timeouts: { settle: 1 },
      limits: { identityLookUpPagesPerMinute: 5 },
    })
    const visitor = createVisitor(base)
    const results = []
    shared().upstream()
    for (let n = 0; n < 20; n++)
      results.push(...(await visitor.act(pageView({ tried: true }), pageView({ tried: true }))))
    const lists = shared()
      .upstream()
      .filter(call => call.startsWith('GET') && call.endsWith('page_views'))
    expect(lists).toHaveLength(5)
    expect(results.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => DONE))
    expect(results.slice(10)).toEqual(
      Array.from({ length: 30 }, () => ({ status: 'retry', reason: 'rate_limited' })),
    )
  })
})
