import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { signIdentity } from '../../../src/proxy/index.js'
import { pageView, response } from '../../support/events.js'
import { createVisitor, DONE, IDENTITY_SECRET, startProxy, useBoth } from '../../support/start-proxy.js'

const LIMITED = { status: 'retry', reason: 'rate_limited' }
const newEmail = () => `${randomUUID()}@example.com`

describe('a stranger who claims bare e-mails', () => {
  const shared = useBoth()
  const start = (limits: object, more: object = {}) =>
    startProxy(onTestFinished, {
      api: shared().api.url,
      identitySecret: IDENTITY_SECRET,
      allowUnverified: true,
      allowImmediate: true,
      limits,
      // Nothing refills meanwhile.
      monotonic: () => 0,
      ...more,
    })

  it('uses up nothing of the limits of their owner, who proves to be it', async () => {
    const { base } = await start({ identityRequestsPerMinute: 3, identityEventsPerMinute: 3 })
    const email = newEmail()
    const stranger = createVisitor(base, { email })
    for (let n = 0; n < 3; n++) expect(await stranger.act(pageView())).toEqual([DONE])
    await expect(stranger.act(pageView())).rejects.toThrow(/429/)
    const token = await signIdentity({ email }, IDENTITY_SECRET)
    expect(await createVisitor(base, { token }).act(pageView())).toEqual([DONE])
  })

  it('speaks for so many of them an hour, known ones or new', async () => {
    const { base } = await start({ clientClaimsPerHour: 2 })
    const [known, unknown] = [newEmail(), newEmail()]
    await shared().caller.post('/v1/end_users', { email: known })
    const first = createVisitor(base, { email: newEmail() })
    expect(await first.act(pageView())).toEqual([DONE])
    expect(await createVisitor(base, { email: newEmail() }).act(pageView())).toEqual([DONE])
    for (const email of [known, unknown]) {
      const answer = await createVisitor(base, { email }).send({ events: [pageView()], ask: {} })
      expect(Object.values(answer.results)).toEqual([LIMITED])
      expect(answer.verdict).toBeUndefined()
    }
    expect(await shared().endUser(unknown)).toBeUndefined()
    // Whom it spoke for before is counted once.
    expect(await first.act(pageView())).toEqual([DONE])
  })

  it('gives so many answers an hour, and a proven visitor of the same address as many as they like', async () => {
    const { base } = await start({ clientAnswersPerHour: 2 })
    const answer = async (claim: object) => {
      const visitor = createVisitor(base, claim)
      return visitor.act(response({ ticket: await visitor.invite({ survey_immediately: true }) }))
    }
    expect(await answer({ email: newEmail() })).toEqual([DONE])
    expect(await answer({})).toEqual([DONE])
    expect(await answer({ email: newEmail() })).toEqual([LIMITED])
    expect(await answer({})).toEqual([LIMITED])
    const token = await signIdentity({ email: newEmail() }, IDENTITY_SECRET)
    expect(await answer({ token })).toEqual([DONE])
  })

  it('has a ticket that counts no more where the e-mail does not, or at another base', async () => {
    const { base } = await start({})
    const { ticket } = await createVisitor(base, { email: newEmail() }).send({ events: [pageView()] })
    const strict = await start({}, { allowUnverified: false })
    const elsewhere = await start({}, { base: '/other' })
    for (const proxy of [strict, elsewhere])
      expect(await createVisitor(proxy.base).act(pageView({ ticket }))).toEqual([
        { status: 'retry', reason: 'ticket_invalid' },
      ])
    expect(await createVisitor(base).act(pageView({ ticket }))).toEqual([DONE])
  })
})
