import { describe, expect, it, onTestFinished } from 'vitest'
import { batchOf, pageView } from '../../support/events.js'
import { CREDENTIALS } from '../../support/start-api.js'
import { startCommand } from '../../support/start-command.js'
import { createVisitor, DONE, startProxy, useBoth } from '../../support/start-proxy.js'

describe('case 38: a proxy that is told to end', () => {
  const shared = useBoth()

  /** Visitors who send one page view after the other until the proxy takes no more; what each was told. */
  async function loadUntilGone(base: string, visitors: number, isEnding: () => boolean) {
    const told: (number | 'gone')[] = []
    const answered: string[] = []
    await Promise.all(
      Array.from({ length: visitors }, async () => {
        const { identity } = createVisitor(base)
        for (;;) {
          const event = pageView()
          const begunBeforeTheEnd = !isEnding()
          try {
            const answer = await fetch(`${base}/events`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(batchOf({ identity, events: [event] })),
            })
            const body = await answer.json()
            told.push(answer.status)
            if (answer.status !== 200) return
            expect(body.results[event.id]).toEqual(DONE)
            answered.push(event.id)
          } catch (error) {
            // A connection that the closed port refused: nothing was sent, so nothing is lost.
            const { cause } = error as { cause?: { code?: string } }
            told.push('gone')
            if (begunBeforeTheEnd && !isEnding()) throw error
            expect(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET']).toContain(cause?.code)
            return
          }
        }
      }),
    )
    return { told, answered }
  }

  it('by SIGTERM under load, answers what it has begun and exits 0 within ten seconds', async () => {
    const running = await startCommand(['proxy', '--port', '0', '--api', shared().api.url], {
      env: {
        WOOTRIC_CLIENT_ID: CREDENTIALS.clientId,
        WOOTRIC_CLIENT_SECRET: CREDENTIALS.clientSecret,
      },
    })
    let isEnding = false
    const load = loadUntilGone(`${running.url}/zeroten`, 8, () => isEnding)
    // Until it is really under load, rather than for some time.
    await expect.poll(() => shared().upstream().length, { timeout: 10_000 }).toBeGreaterThan(0)
    isEnding = true
    const startMs = performance.now()
    expect(await running.stop()).toBe(0)
    expect(performance.now() - startMs).toBeLessThan(10_000)
    const { told } = await load
    for (const status of told) expect([200, 503, 'gone']).toContain(status)
    expect(told).toContain(200)
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
