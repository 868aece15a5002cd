import { describe, expect, it, onTestFinished } from 'vitest'
import { batchOf, pageView } from '../../support/events.js'
import { CREDENTIALS } from '../../support/start-api.js'
import { startCommand } from '../../support/start-command.js'
import { createVisitor, DONE, startProxy, useBoth } from '../../support/start-proxy.js'

describe('case 38: a proxy that is told to end', () => {
  const shared = useBoth()

  /** Visitors who send one page view after the other until the proxy takes no more. */
  function startLoad(base: string, visitors: number) {
    const answered: string[] = []
    async function visit() {
      const { identity } = createVisitor(base)
      for (;;) {
        const event = pageView()
        const answer = await fetch(`${base}/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(batchOf({ identity, events: [event] })),
        }).catch((error: { cause?: { code?: string } }) => {
          // The port is closed, or this connection was idle when it closed.
          expect(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET']).toContain(error.cause?.code)
        })
        if (!answer) return
        expect(answer.status).toBe(200)
        expect((await answer.json()).results[event.id]).toEqual(DONE)
        answered.push(event.id)
      }
    }
    return { answered, ended: Promise.all(Array.from({ length: visitors }, visit)) }
  }

  it('by SIGTERM under load, answers all that it has written and exits 0 within ten seconds', async () => {
    const running = await startCommand(['proxy', '--port', '0', '--api', shared().api.url], {
      env: {
        WOOTRIC_CLIENT_ID: CREDENTIALS.clientId,
        WOOTRIC_CLIENT_SECRET: CREDENTIALS.clientSecret,
      },
    })
    shared().upstream()
    const { answered, ended } = startLoad(`${running.url}/zeroten`, 8)
    await expect.poll(() => answered.length, { timeout: 10_000 }).toBeGreaterThan(8)
    const startMs = performance.now()
    expect(await running.stop()).toBe(0)
    expect(performance.now() - startMs).toBeLessThan(10_000)
    await ended
    // Each request that got as far as upstream was answered: none was cut off in the middle.
    const written = shared()
      .upstream()
      .filter(call => call === 'POST /v1/end_users/:end_user_id/page_views')
    expect(written).toHaveLength(answered.length)
  })

  it('in code, answers what it has begun, and 503 with Retry-After to what comes after', async () => {
    const { proxy, base } = await startProxy(onTestFinished, { api: shared().api.url })
    const visitors = Array.from({ length: 10 }, () => createVisitor(base))
    const body = (identity: object) => JSON.stringify({ ...batchOf({ events: [pageView()] }), identity })
    const ask = (identity: object) =>
      proxy(
        new Request('https://shop.example/zeroten/events', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: body(identity),
        }),
      )
    const begun = visitors.map(({ identity }) => ask(identity))
    const closed = proxy.close()
    const late = await ask(createVisitor(base).identity)
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1'])
    await closed
    const answers = await Promise.all(begun)
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(await proxy.ready()).toBe(false)
  })
})
