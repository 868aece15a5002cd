import { expect, it, onTestFinished } from 'vitest'
import { IDEMPOTENCY_RETENTION } from '../../../src/wire/v1.js'
import { collectGarbage } from '../../support/collect-garbage.js'
import { batchOf, pageView } from '../../support/events.js'
import { type Reply, startScriptedServer } from '../../support/scripted-server.js'
import { createVisitor, startProxy } from '../../support/start-proxy.js'
import { isPageView, toyApi } from '../../support/toy-upstream.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const CONNECTIONS = 32
const huge = 1_000_000_000

/** What upstream does to every page view. */
const faults: Record<string, Reply> = {
  hangs: () => undefined,
  dribbles(response) {
    response.writeHead(200, JSON_TYPE)
    const timer = setInterval(() => response.write(' '), 20)
    response.once('close', () => clearInterval(timer))
  },
  resets: response => void response.destroy(),
  'breaks off': response => void response.writeHead(200, { ...JSON_TYPE, 'content-length': '99' }).write('{'),
  'refuses with 401': { status: 401, headers: { 'www-authenticate': 'Bearer' } },
  'fails in HTML': response =>
    void response.writeHead(500, { 'content-type': 'text/html' }).end('<pre>at x</pre>'.repeat(1_000)),
  'answers garbage': response => void response.writeHead(200, JSON_TYPE).end('{"id":"1/../2"'),
  'asks to wait': { status: 429 },
  redirects: { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
  floods(response) {
    response.writeHead(200, JSON_TYPE)
    const block = Buffer.alloc(65_536, ' ')
    const fill = () => {
      while (!response.destroyed && response.write(block));
    }
    response.on('drain', fill)
    fill()
  },
}

/** Longer than whatever the proxy waits of its own accord before it tries again. */
const PAUSE_MS = 61_000

/** Once nothing is under way: heap, and timers and sockets that keep a process alive. */
async function readUsage() {
  const count = () => process.getActiveResourcesInfo().filter(name => name !== 'Immediate').length
  // Sockets and timers that are ending need a turn or two.
  let resources = count()
  for (let n = 0; n < 20; n++) {
    await new Promise(resolve => setTimeout(resolve, 10))
    resources = Math.min(resources, count())
  }
  collectGarbage()
  return { heapBytes: process.memoryUsage().heapUsed, resources }
}

/** An upstream that is well but for what is done to page views, or to who asks for a token. */
function startUpstream({ pageView, token }: { pageView?: Reply; token?: Reply }) {
  const api = toyApi()
  return startScriptedServer({
    ...(token && { token: () => token }),
    api(request) {
      if (pageView && isPageView(request)) return pageView
      const answer = api(request)
      // Upstream honours keys: so the page views of one visitor are not written one after the other.
      return typeof answer === 'function' ? answer : { ...answer, headers: { [IDEMPOTENCY_RETENTION]: '60' } }
    },
  })
}

const never: Reply = () => undefined

it.each([
  ...Object.entries(faults).map(([name, pageView]) => [name, () => startUpstream({ pageView })] as const),
  ['gives no token', () => startUpstream({ token: never })] as const,
  ['is not there', () => startUpstream({})] as const,
])('case 25: a thousand times that upstream %s leave nothing behind', async (name, start) => {
  const upstream = await start()
  let skippedMs = 0
  // One visitor alone never opens the breaker, so every event gets as far as upstream.
  const { proxy } = await startProxy(onTestFinished, {
    api: upstream.url,
    timeouts: { upstream: 60 },
    pool: { connections: CONNECTIONS },
    monotonic: () => performance.now() + skippedMs,
    limits: {
      clientEventsPerMinute: huge,
      identityEventsPerMinute: huge,
      identityRequestsPerMinute: huge,
      clientRequestsPerMinute: huge,
    },
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  })
  if (name === 'is not there') {
    // Known from better days are the token and the way.
    await expect.poll(() => proxy.ready()).toBe(true)
    await upstream.vanish()
  }
  const { identity } = createVisitor('')
  const send = async () => {
    const events = Array.from({ length: 20 }, () => pageView())
    const request = new Request('https://shop.example/zeroten/events', {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify(batchOf({ identity, events })),
    })
    const { results } = await (await proxy(request)).json()
    expect(Object.values(results)).toHaveLength(20)
    expect(results[events[0]?.id ?? '']).toEqual({ status: 'retry', reason: 'upstream' })
  }
  const sendEvents = async (count: number) => {
    for (let sent = 0; sent < count; sent += 200) {
      await Promise.all(Array.from({ length: 10 }, send))
      // What was told to wait, or waits of itself, tries again.
      skippedMs += PAUSE_MS
    }
  }
  // What is compiled at first use is no leak.
  await sendEvents(200)
  const before = await readUsage()
  await sendEvents(1_000)
  const after = await readUsage()
  // Both ends of the pool's connections live in this process; a thousand leaked ones would stand out.
  expect(after.resources - before.resources).toBeLessThanOrEqual(2 * CONNECTIONS + 8)
  // A thousand events are remembered as failed, by some hundred bytes each; the rest is noise.
  expect(after.heapBytes - before.heapBytes).toBeLessThan(8_000_000)
  await expect.poll(() => upstream.openRequests()).toBe(0)
})
