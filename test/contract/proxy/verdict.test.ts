import { describe, expect, it, onTestFinished } from 'vitest'
import { signIdentity } from '../../../src/proxy/index.js'
import { decline, pageView, response } from '../../support/events.js'
import { startLossyFront } from '../../support/lossy-front.js'
import {
  createVisitor,
  DONE,
  IDENTITY_SECRET,
  startBoth,
  startProxy,
  useBoth,
} from '../../support/start-proxy.js'

const DAY_MS = 86_400_000
const nowS = () => Math.floor(Date.now() / 1_000)
let people = 0
const newEmail = () => `person-${people++}@example.com`

describe('the verdict', () => {
  const shared = useBoth()

  /** A device on which somebody is logged in. */
  async function device(email: string, base = shared().base) {
    return createVisitor(base, { token: await signIdentity({ email }, IDENTITY_SECRET) })
  }
  const startAt = async (nowMs: () => number, more = {}) =>
    (
      await startProxy(onTestFinished, {
        api: shared().api.url,
        identitySecret: IDENTITY_SECRET,
        now: nowMs,
        monotonic: nowMs,
        ...more,
      })
    ).base

  it('is not given to a batch that a wrong clock keeps back: without its page view it might be a wrong no', async () => {
    const phone = await device(newEmail())
    const agoMs = 3 * DAY_MS
    const batch = {
      events: [pageView({ at: nowS() - agoMs / 1_000, tried: true })],
      sent_at: Date.now() - agoMs,
      ask: {},
    }
    const { verdict, results } = await phone.send(batch)
    expect(Object.values(results)).toEqual([{ status: 'retry', reason: 'clock' }])
    expect(verdict).toBeUndefined()
  })

  it('is the same on every device and every proxy, from upstream’s own records', async () => {
    const email = newEmail()
    const phone = await device(email)
    expect(await phone.act(response({ ticket: await phone.invite() }))).toEqual([DONE])
    const laptop = await device(email, await startAt(Date.now))
    const verdict = await laptop.ask()
    expect(verdict.survey).toBe(false)
    expect(verdict.gates?.filter(({ open }) => !open)).toEqual([
      { gate: 'resurvey_response', open: false, value: 0, needed: 90 },
    ])
  })

  it.each([
    ['response', 90],
    ['decline', 30],
  ])('after a %s is no for %d days, then yes', async (type, days) => {
    const visitor = createVisitor(shared().base)
    const ticket = await visitor.invite()
    await visitor.act(type === 'response' ? response({ ticket }) : decline({ ticket }))
    const clock = { ms: Date.now() + days * DAY_MS - 3_600_000 }
    const later = createVisitor(await startAt(() => clock.ms), visitor.identity)
    expect((await later.send({ ask: {} })).verdict?.survey).toBe(false)
    clock.ms += 2 * 3_600_000
    const again = await later.send({ ask: {} })
    expect(again.verdict?.survey).toBe(true)
    expect(
      await later.act(decline({ ticket: again.verdict?.ticket, at: Math.floor(clock.ms / 1_000) })),
    ).toEqual([DONE])
  })

  it('waits thirty days after sign-up, and asks nobody whose property says no', async () => {
    const email = newEmail()
    await shared().caller.post('/v1/end_users', { email, external_created_at: nowS() - 29 * 86_400 })
    expect((await (await device(email)).ask()).survey).toBe(false)
    const properties = [{ property: 'plan', is: ['pro'] }]
    const base = await startAt(Date.now, { verdict: { properties } })
    const of = async (plan: string) =>
      createVisitor(base, {
        token: await signIdentity({ email: newEmail(), properties: { plan } }, IDENTITY_SECRET),
      })
    expect((await (await of('pro')).ask()).survey).toBe(true)
    expect((await (await of('free')).ask()).survey).toBe(false)
  })

  it.each([
    ['pro', 'free', false],
    ['free', 'pro', true],
  ])('goes by what the host proves now: was %s, is %s: %s', async (was, is, survey) => {
    const email = newEmail()
    const base = await startAt(Date.now, { verdict: { properties: [{ property: 'plan', is: ['pro'] }] } })
    const withPlan = async (plan: string) =>
      createVisitor(base, { token: await signIdentity({ email, properties: { plan } }, IDENTITY_SECRET) })
    await (await withPlan(was)).act(pageView())
    const { verdict } = await (await withPlan(is)).send({ ask: { no_page_views: true } })
    expect(verdict?.survey).toBe(survey)
  })

  it.each([true, false])('knows an answer that lists do not show yet, keys: %s', async idempotency => {
    const both = await startBoth(onTestFinished, { api: { idempotency } })
    const lossy = await startLossyFront(onTestFinished, both.api.url, { listLateMs: 500 })
    const visitor = createVisitor(both.base)
    const event = response({ ticket: await visitor.invite() })
    // That knows nothing of the visitor yet.
    const { base } = await startProxy(onTestFinished, { api: lossy.url, timeouts: { settle: 1_000 } })
    const again = createVisitor(base, visitor.identity)
    const { results, verdict } = await again.send({ events: [event], ask: {} })
    expect(Object.values(results)).toEqual([DONE])
    expect(verdict?.survey).toBe(false)
    await new Promise(resolve => setTimeout(resolve, 1_000))
    expect((await again.send({ ask: {} })).verdict?.survey).toBe(false)
  })

  it('hands out no yes that was answered, after upstream has deleted whoever answered', async () => {
    const both = shared()
    const visitor = createVisitor(both.base)
    expect(await visitor.act(response({ ticket: await visitor.invite() }))).toEqual([DONE])
    await both.caller.delete(`/v1/end_users/${(await both.endUser(visitor.email))?.id}`)
    const ticket = await visitor.invite()
    expect(await visitor.act(response({ ticket, at: nowS() + 2 }))).toEqual([DONE])
  })

  it('counts page views over all devices', async () => {
    const email = newEmail()
    const base = await startAt(Date.now, { verdict: { minPageViews: 3 } })
    const [phone, laptop] = [await device(email, base), await device(email, base)]
    expect((await phone.ask()).survey).toBe(false)
    expect((await laptop.ask()).survey).toBe(false)
    expect((await phone.ask()).survey).toBe(true)
  })

  it('listens to the host’s own record of consent', async () => {
    const consent = (request: Request) => request.headers.get('x-consent') === 'yes'
    const base = await startAt(Date.now, { consent })
    const visitor = createVisitor(base)
    const event = pageView()
    const answer = await visitor.send({ events: [event], ask: {} })
    expect(answer.results[event.id]).toEqual({ status: 'rejected', reason: 'consent_refused' })
    expect(answer.verdict?.survey).toBe(false)
    expect(await shared().endUser(visitor.email)).toBeUndefined()
  })

  it('can be forced for a demonstration, again and again, each yes for one answer', async () => {
    const base = await startAt(Date.now, { allowImmediate: true })
    const visitor = createVisitor(base)
    const ask = { survey_immediately: true as const }
    for (let n = 0; n < 3; n++) {
      const ticket = await visitor.invite(ask)
      expect(await visitor.act(response({ ticket, score: n }))).toEqual([DONE])
      expect(await visitor.act(response({ ticket, score: 9 }))).toEqual([
        { status: 'rejected', reason: 'already_answered' },
      ])
    }
    expect(await shared().responses(visitor.email)).toHaveLength(3)
    expect((await visitor.ask({ ...ask, opted_out: true })).survey).toBe(false)
  })

  it('is yes again at once where the site waits for nothing, each yes for one answer', async () => {
    const clock = { ms: Date.now() }
    const rules = { resurveyDays: 0, declineResurveyDays: 0 }
    const visitor = createVisitor(await startAt(() => clock.ms, { verdict: rules }))
    for (let n = 0; n < 3; n++) {
      const at = Math.floor(clock.ms / 1_000)
      const { verdict } = await visitor.send({ events: [pageView({ at })], ask: {} })
      expect(await visitor.act(response({ ticket: verdict?.ticket, at }))).toEqual([DONE])
      clock.ms += 2_000
    }
    expect(await shared().responses(visitor.email)).toHaveLength(3)
  })

  it('can’t be forced where that is not allowed', async () => {
    const visitor = createVisitor(shared().base)
    await visitor.act(decline({ ticket: await visitor.invite() }))
    expect((await visitor.ask({ survey_immediately: true })).survey).toBe(false)
  })

  it('is left out where upstream can’t be asked, and the answer is given all the same', async () => {
    const { base } = await startProxy(onTestFinished, { api: 'http://127.0.0.1:9' })
    const answer = await createVisitor(base).send({ ask: {} })
    expect(Object.keys(answer).sort()).toEqual(['id', 'identity', 'now', 'results', 'ticket', 'v'])
  })
})
