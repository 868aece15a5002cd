import { describe, expect, it, onTestFinished } from 'vitest'
import { batchOf, pageView, response } from '../../support/events.js'
import { type Reply, startScriptedServer } from '../../support/scripted-server.js'
import { createVisitor, DONE, post, startProxy } from '../../support/start-proxy.js'
import { isPageView, isResponse, toyApi } from '../../support/toy-upstream.js'

const KEPT = { status: 'retry', reason: 'upstream' }
const POISON = 'union select'

/** An API behind something that does not like a text. */
async function setUp(refuse: Reply) {
  const api = toyApi()
  const upstream = await startScriptedServer({
    api: request => (request.body.includes('select') ? refuse : api(request)),
  })
  const proxy = await startProxy(onTestFinished, { api: upstream.url, allowImmediate: true })
  return { ...proxy, upstream, act: () => createVisitor(proxy.base).act(pageView()) }
}

describe.each<[string, Reply]>([
  ['403', { status: 403 }],
  ['406', { status: 406 }],
  ['500', { status: 500 }],
  ['a reset', response => void response.destroy()],
])('a firewall that answers a text with %s', (_, refuse) => {
  it('closes the way to nobody else, however many visitors write it', async () => {
    const { base, act, proxy } = await setUp(refuse)
    const writers = Array.from({ length: 6 }, () => createVisitor(base))
    const tickets = await Promise.all(writers.map(writer => writer.invite({ survey_immediately: true })))
    for (let n = 0; n < 3; n++)
      for (const [index, writer] of writers.entries())
        expect(await writer.act(response({ ticket: tickets[index], text: POISON }))).toEqual([KEPT])
    expect(await act()).toEqual([DONE])
    expect((await post(base, batchOf())).status).toBe(200)
    expect(await proxy.ready()).toBe(true)
  })
})

it('an upstream that is down for everyone opens the breaker, and one visitor can’t hold it open', async () => {
  const clock = { nowMs: Date.now() }
  let isDown = true
  const api = toyApi()
  const upstream = await startScriptedServer({
    api: request => {
      const isPoison = isResponse(request) && request.body.includes('select')
      return isDown || isPoison ? { status: 503 } : api(request)
    },
  })
  const { base } = await startProxy(onTestFinished, {
    api: upstream.url,
    allowImmediate: true,
    now: () => clock.nowMs,
    monotonic: () => clock.nowMs,
  })
  isDown = false
  const writer = createVisitor(base)
  const ticket = await writer.invite({ survey_immediately: true })
  isDown = true
  for (let n = 0; n < 6; n++)
    await createVisitor(base)
      .act(pageView())
      .catch(() => undefined)
  expect((await post(base, batchOf())).status).toBe(503)
  isDown = false
  // The first who is let in again is the one who can't be served.
  clock.nowMs += 5_001
  expect(await writer.act(response({ ticket, text: POISON, at: Math.floor(clock.nowMs / 1_000) }))).toEqual([
    KEPT,
  ])
  expect(await createVisitor(base).act(pageView({ at: Math.floor(clock.nowMs / 1_000) }))).toEqual([DONE])
  expect(upstream.apiRequests().filter(isPageView).length).toBeGreaterThan(0)
})
