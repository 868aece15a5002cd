import { describe, expect, it, onTestFinished } from 'vitest'
import type { NodeProxyOptions } from '../../../src/proxy/node/index.js'
import type { PageViewEvent } from '../../../src/wire/delivery.js'
import { pageView, response } from '../../support/events.js'
import { memoryApi } from '../../support/memory-upstream.js'
import { type ReceivedRequest, type Reply, startScriptedServer } from '../../support/scripted-server.js'
import { createVisitor, DONE, startProxy } from '../../support/start-proxy.js'
import { isPageView, isResponse } from '../../support/toy-upstream.js'

/** A browser may send an event once more before the first copy has come to its end, and in any order. */

const KEPT = { status: 'retry', reason: 'upstream' }
const tried = true as const
const nowS = () => Math.floor(Date.now() / 1_000)

const isListOf = (collection: string, { method, path }: ReceivedRequest) =>
  method === 'GET' && path.endsWith(`/${collection}`)
const isOf = ({ url }: PageViewEvent, request: ReceivedRequest) =>
  isPageView(request) && new URLSearchParams(request.body).get('url') === url

const lose = (answer: { destroy(): void }) => void answer.destroy()

/** An API that ignores keys, a proxy before it, and a visitor whom it knows. */
async function setUp(options: Partial<NodeProxyOptions> = {}) {
  const memory = memoryApi()
  /** Answers otherwise than the API would, whatever it has done. */
  const script: { answer(request: ReceivedRequest, reply: Reply): Reply | Promise<Reply> } = {
    answer: (_, reply) => reply,
  }
  const upstream = await startScriptedServer({
    api: async request => script.answer(request, (await memory.handle(request)) as Reply),
  })
  const { base } = await startProxy(onTestFinished, {
    api: upstream.url,
    timeouts: { settle: 1 },
    ...options,
  })
  const visitor = createVisitor(base)
  await visitor.act(pageView({ url: 'https://shop.example/first' }))
  const viewsOf = ({ url }: PageViewEvent) => memory.records.page_views.filter(view => view.url === url)
  return { memory, script, upstream, visitor, viewsOf }
}

describe('a first request that comes after the second one, whose answer was lost', () => {
  it('does not double a page view', async () => {
    const { script, visitor, viewsOf } = await setUp()
    const event = pageView({ url: 'https://shop.example/b' })
    script.answer = (request, reply) => (isPageView(request) ? lose : reply)
    expect(await visitor.act({ ...event, tried })).toEqual([KEPT])
    script.answer = (_, reply) => reply
    expect(await visitor.act(event)).toEqual([DONE])
    expect(viewsOf(event)).toHaveLength(1)
  })

  it('does not double a response that is listed late', async () => {
    const { memory, script, visitor } = await setUp({ timeouts: { settle: 400 } })
    const event = response({ ticket: await visitor.invite() })
    let listedMs = 0
    script.answer = (request, reply) => {
      if (isListOf('responses', request) && Date.now() < listedMs) return { json: [] }
      if (!isResponse(request)) return reply
      listedMs = Date.now() + 200
      return lose
    }
    expect(await visitor.act({ ...event, tried })).toEqual([KEPT])
    expect(await visitor.act(event)).toEqual([DONE])
    expect(memory.records.responses).toHaveLength(1)
  })
})

describe('a copy that is tried while a batch with the same event is at others', () => {
  it.each([
    ['the page’s first', {}],
    ['one more', { tried }],
  ])('does not double it, %s', async (_, more) => {
    const { script, upstream, visitor, viewsOf } = await setUp({ timeouts: { settle: 100 } })
    const last = pageView({ url: 'https://shop.example/last', at: nowS() })
    let losses = 1
    script.answer = async (request, reply) => {
      if (isPageView(request)) await new Promise(resolve => setTimeout(resolve, 40))
      return isOf(last, request) && losses-- > 0 ? lose : reply
    }
    const others = Array.from({ length: 19 }, (_, n) =>
      pageView({ url: `https://shop.example/${n}`, tried, at: last.at - 100 + n }),
    )
    const batch = visitor.act(...others, { ...last, tried })
    const lists = () => upstream.apiRequests().filter(request => isListOf('page_views', request)).length
    await expect.poll(lists, { interval: 2 }).toBe(1)
    expect(await visitor.act({ ...last, ...more })).toEqual([KEPT])
    expect(await batch).toEqual(Array.from({ length: 20 }, () => DONE))
    expect(viewsOf(last)).toHaveLength(1)
  })
})

describe('what was done before a log-in', () => {
  it('is not written once more after it, where its page went before the answer came', async () => {
    let session: { email: string } | null = null
    const { visitor, viewsOf } = await setUp({ identify: () => session })
    const event = pageView({ url: 'https://shop.example/login' })
    expect(await visitor.act(event)).toEqual([DONE])
    session = { email: 'ada@example.com' }
    expect(await visitor.act({ ...event, tried })).toEqual([{ status: 'duplicate' }])
    expect(viewsOf(event)).toHaveLength(1)
  })
})
