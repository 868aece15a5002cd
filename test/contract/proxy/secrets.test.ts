import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { signIdentity } from '../../../src/proxy/index.js'
import type { EventResult } from '../../../src/wire/delivery.js'
import { pageView, response } from '../../support/events.js'
import { CREDENTIALS, callerOf } from '../../support/start-api.js'
import { createVisitor, DONE, startBoth, startProxy, useBoth } from '../../support/start-proxy.js'

const newSecret = () => randomBytes(32).toString('hex')
const VISITORS = 8
const KEPT: EventResult = { status: 'retry', reason: 'upstream' }

describe('a secret that is being changed', () => {
  const shared = useBoth()
  const start = (options: object) => startProxy(onTestFinished, { api: shared().api.url, ...options })

  it('for tickets costs nothing: each proxy opens what the one before it has sealed', async () => {
    const [old, both, fresh] = [newSecret(), newSecret(), newSecret()]
    const proxies = [
      await start({ ticketSecret: old }),
      await start({ ticketSecret: `${both},${old}` }),
      await start({ ticketSecret: [fresh, both] }),
    ]
    const visitors = Array.from({ length: VISITORS }, () => createVisitor(proxies[0]?.base ?? ''))
    const work = visitors.map(async ({ identity, email }) => {
      let ticket: string | undefined
      let invitation: string | undefined
      for (const { base } of proxies) {
        const visitor = createVisitor(base, identity)
        const event = pageView({ ticket })
        const answer = await visitor.send({ events: [event], ask: {} })
        expect(answer.results[event.id]).toEqual(DONE)
        ticket = answer.ticket
        // The answer to the first invitation comes when its secret has been replaced.
        if (invitation) {
          expect(await visitor.act(response({ ticket: invitation }))).toEqual([DONE])
          break
        }
        invitation = answer.verdict?.ticket
      }
      expect(await createVisitor(proxies[2]?.base ?? '', identity).act(pageView({ ticket }))).toEqual([DONE])
      expect(await shared().responses(email)).toHaveLength(1)
      expect(await shared().pageViews(email)).toHaveLength(3)
    })
    await Promise.all(work)
  })

  it('for identities costs nothing: tokens of both count, and the new one signs', async () => {
    const [old, fresh] = [newSecret(), newSecret()]
    const { base } = await start({ identitySecret: [fresh, old] })
    for (const [email, secret] of [
      ['old@example.com', old],
      ['new@example.com', `${fresh},${old}`],
      ['newer@example.com', fresh],
    ] as const) {
      const token = await signIdentity({ email }, secret)
      expect(await createVisitor(base, { token }).act(pageView())).toEqual([DONE])
      expect(await shared().pageViews(email)).toHaveLength(1)
    }
    const foreign = await signIdentity({ email: 'x@example.com' }, newSecret())
    expect(await createVisitor(base, { token: foreign }).act(pageView())).toEqual([
      { status: 'retry', reason: 'identity_invalid' },
    ])
  })

  it('for the API costs nothing: what comes meanwhile waits, and is written once', async () => {
    const both = await startBoth(onTestFinished)
    const old = CREDENTIALS.clientSecret
    const visitors = Array.from({ length: VISITORS }, () => createVisitor(both.base))
    const tickets = await Promise.all(visitors.map(visitor => visitor.invite()))
    const [account] = await both.api.api.accounts.list()
    const { clientSecret } = await both.api.api.accounts.rotateSecret(account?.id ?? 0, { keepFormerS: 0 })
    const answers = tickets.map(ticket => response({ ticket }))
    const first = await Promise.all(
      visitors.map((visitor, n) => visitor.send({ events: answers.slice(n, n + 1) }).catch(() => undefined)),
    )
    for (const answer of first)
      for (const result of Object.values(answer?.results ?? {})) expect(result).toEqual(KEPT)
    // The ticket key was made of the old one.
    const next = await startProxy(onTestFinished, { api: both.api.url, clientSecret: [clientSecret, old] })
    const results = await Promise.all(
      visitors.map(({ identity }, n) =>
        createVisitor(next.base, identity).act({ ...(answers[n] ?? response()), tried: true }),
      ),
    )
    expect(results.flat()).toEqual(answers.map(() => DONE))
    const caller = await callerOf(both.api, {
      ...CREDENTIALS,
      clientSecret,
    })
    const { body } = await caller.get<unknown[]>('/v1/responses?per_page=50')
    expect(body).toHaveLength(VISITORS)
  })

  it('for the API may be known to the proxy first', async () => {
    const { base } = await start({ clientSecret: `${newSecret()},${CREDENTIALS.clientSecret}` })
    expect(await createVisitor(base).act(pageView())).toEqual([DONE])
  })
})

describe('a ticket that can’t be opened any more', () => {
  const shared = useBoth()

  it('is told once, counted each time, and its event goes with a fresh one of its owner’s', async () => {
    const foreign = await startProxy(onTestFinished, { api: shared().api.url, ticketSecret: newSecret() })
    const { base, logs, proxy } = await startProxy(onTestFinished, {
      api: shared().api.url,
      ticketSecret: newSecret(),
    })
    const { identity, email } = createVisitor('')
    const old = await createVisitor(foreign.base, identity).send({ ask: {}, events: [pageView()] })
    const view = pageView({ ticket: old.ticket })
    const answer = response({ ticket: old.verdict?.ticket })
    const visitor = createVisitor(base, identity)
    const refused = await visitor.send({ events: [view, answer], ask: {} })
    expect(Object.values(refused.results)).toEqual([
      { status: 'retry', reason: 'ticket_invalid' },
      { status: 'retry', reason: 'ticket_invalid' },
    ])
    await visitor.act(view)
    expect(logs.filter(({ message }) => message.startsWith('a ticket can’t be opened'))).toHaveLength(1)
    expect(proxy.metrics()).toContain('zeroten_tickets_invalid_total 3')
    const ticket = refused.verdict?.ticket
    expect(
      await visitor.act({ ...view, ticket: refused.ticket, tried: true }, { ...answer, ticket, tried: true }),
    ).toEqual([DONE, DONE])
    expect(await shared().responses(email)).toHaveLength(1)
    expect(await shared().pageViews(email)).toHaveLength(2)
  })
})
