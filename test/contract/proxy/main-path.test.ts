import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signIdentity } from '../../../src/proxy/index.js'
import type { Decline, EndUser, PageView, ResponseRecord } from '../../../src/wire/v1.js'
import { decline, optOut, pageView, response } from '../../support/proxy-events.js'
import { callerOf, type RunningApi, startApi } from '../../support/start-api.js'
import { createVisitor, IDENTITY_SECRET, startProxy } from '../../support/start-proxy.js'

let api: RunningApi
let base: string
let caller: Awaited<ReturnType<typeof callerOf>>
const undo: (() => Promise<void>)[] = []

beforeAll(async () => {
  api = await startApi(close => void undo.push(close))
  caller = await callerOf(api)
  const proxy = await startProxy(close => void undo.push(close), {
    api: api.url,
    identitySecret: IDENTITY_SECRET,
  })
  base = proxy.base
})
afterAll(async () => {
  for (const close of undo.toReversed()) await close()
})

async function endUserOf(email: string): Promise<EndUser | undefined> {
  const { body } = await caller.get<EndUser[]>(`/v1/end_users?email=${encodeURIComponent(email)}`)
  return body[0]
}
async function recordsOf<T>(email: string, kind: string): Promise<T[]> {
  const endUser = await endUserOf(email)
  const { body } = await caller.get<T[]>(`/v1/end_users/${endUser?.id}/${kind}`)
  return body
}

describe('the main path', () => {
  it('records a page view for a new anonymous visitor, and asks them at once', async () => {
    const visitor = createVisitor(base)
    const event = pageView({ url: 'https://shop.example/cart?token=secret#top' })
    const answer = await visitor.send({ events: [event], ask: {} })
    expect(answer.results).toEqual({ [event.id]: { status: 'done' } })
    expect(answer).toMatchObject({ identity: 'anonymous', verdict: { survey: true } })
    const [record] = await recordsOf<PageView>(visitor.email, 'page_views')
    expect(record?.url).toBe('https://shop.example/cart')
    expect(Date.parse(`${record?.at}Z`)).toBe(event.at * 1_000)
  })

  it('stores a response with score, text, page, address and the time of the act', async () => {
    const visitor = createVisitor(base)
    const ticket = await visitor.invite()
    const event = response({ ticket, score: 10, text: 'Grüße 👋🏽', share: true })
    expect(await visitor.act(event)).toEqual({ status: 'done' })
    const [record] = await recordsOf<ResponseRecord>(visitor.email, 'responses')
    expect(record).toMatchObject({
      score: 10,
      text: 'Grüße 👋🏽',
      origin_url: 'https://shop.example/page',
      ip_address: '127.0.0.1',
    })
    expect(Date.parse(`${record?.created_at}Z`)).toBe(event.at * 1_000)
    expect((await endUserOf(visitor.email))?.properties).toEqual({ zeroten_share_feedback: true })
  })

  it('stores a decline, and does not ask again', async () => {
    const visitor = createVisitor(base)
    const ticket = await visitor.invite()
    expect(await visitor.act(decline({ ticket }))).toEqual({ status: 'done' })
    expect(await recordsOf<Decline>(visitor.email, 'declines')).toHaveLength(1)
    expect((await visitor.ask()).survey).toBe(false)
  })

  it('keeps an opt-out with the end user, and asks nobody who has opted out', async () => {
    const visitor = createVisitor(base)
    expect(await visitor.act(optOut())).toEqual({ status: 'done' })
    expect((await endUserOf(visitor.email))?.properties).toEqual({ zeroten_opt_out: true })
    expect((await visitor.ask()).survey).toBe(false)
  })

  it('files what a proven identity does under its e-mail, with its properties, and tells it the gates', async () => {
    const token = await signIdentity(
      { email: 'Ada@Example.com', createdAt: 1_600_000_000, properties: { plan: 'pro' } },
      IDENTITY_SECRET,
    )
    const visitor = createVisitor(base, { token, properties: { plan: 'free', seats: 3 } })
    const { verdict, identity } = await visitor.send({ events: [pageView()], ask: {} })
    expect(identity).toBe('proven')
    expect(verdict?.gates?.map(({ gate, open }) => [gate, open])).toEqual([
      ['consent', true],
      ['opt_out', true],
      ['first_survey', true],
      ['resurvey_response', true],
      ['resurvey_decline', true],
      ['sampling', true],
      ['page_views', true],
      ['properties', true],
    ])
    expect(await endUserOf('ada@example.com')).toMatchObject({
      external_created_at: 1_600_000_000,
      properties: { plan: 'pro', seats: 3 },
    })
  })

  it('takes an event by its ticket alone, whoever is on the page', async () => {
    const ada = createVisitor(base)
    const { ticket } = await ada.send({ events: [pageView()] })
    const bob = createVisitor(base)
    expect(await bob.act(pageView({ ticket: ticket ?? '' }))).toEqual({ status: 'done' })
    expect(await recordsOf(ada.email, 'page_views')).toHaveLength(2)
    expect(await endUserOf(bob.email)).toBeUndefined()
  })

  it('creates nobody for a request that asks for a verdict alone', async () => {
    const visitor = createVisitor(base)
    const { verdict } = await visitor.send({ ask: { no_page_views: true } })
    expect(verdict?.survey).toBe(true)
    expect(await endUserOf(visitor.email)).toBeUndefined()
  })
})
