import { describe, expect, it, onTestFinished } from 'vitest'
import type { ProxyErrorAnswer } from '../../../src/wire/delivery.js'
import { batchOf, pageView, response } from '../../support/events.js'
import { createVisitor, DONE, post, startProxy, useBoth } from '../../support/start-proxy.js'

describe('limits', () => {
  const shared = useBoth({ trustProxy: ['127.0.0.1'], limits: { clientRequestsPerMinute: 240 } })
  const from = (ip: string) => ({ 'x-forwarded-for': ip })

  it('case 5: a thousand responses from one address are told 429 with Retry-After; others are served', async () => {
    const answers = []
    for (let n = 0; n < 1_000; n += 100)
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 100 }, () =>
            post<ProxyErrorAnswer>(shared().base, batchOf({ events: [response()] }), from('203.0.113.1')),
          ),
        )),
      )
    const refused = answers.filter(({ status }) => status === 429)
    // The bucket refills by four a second while the test runs.
    expect(answers.length - refused.length).toBeLessThan(400)
    for (const { headers, body } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(body.error.code).toBe('rate_limited')
    }
    expect((await post(shared().base, batchOf(), from('203.0.113.2'))).status).toBe(200)
  })

  it('case 6: forged addresses are one client where no proxy is trusted', async () => {
    const { base } = await startProxy(onTestFinished, {
      api: shared().api.url,
      limits: { clientRequestsPerMinute: 3 },
      // The bucket does not refill meanwhile.
      monotonic: () => 0,
    })
    const statuses = []
    for (let n = 0; n < 40; n++) statuses.push((await post(base, batchOf(), from(`198.51.100.${n}`))).status)
    expect(statuses.filter(status => status === 200).length).toBe(30)
    expect(statuses.at(-1)).toBe(429)
  })

  it('an address that has sent its kilobytes of an hour is told to wait, and others are served', async () => {
    const { base } = await startProxy(onTestFinished, {
      api: shared().api.url,
      trustProxy: ['127.0.0.1'],
      limits: { clientKilobytesPerHour: 100 },
      monotonic: () => 0,
    })
    const large = () => ({ ...batchOf(), padding: ' '.repeat(40_000) })
    const statuses = []
    for (let n = 0; n < 6; n++) statuses.push((await post(base, large(), from('203.0.113.1'))).status)
    expect([statuses[0], statuses.at(-1)]).toEqual([200, 429])
    expect((await post(base, large(), from('203.0.113.2'))).status).toBe(200)
  })

  it('an identity that sends too many events is told to wait, event by event', async () => {
    const { base } = await startProxy(onTestFinished, {
      api: shared().api.url,
      limits: { identityEventsPerMinute: 20 },
    })
    const visitor = createVisitor(base)
    const full = () => Array.from({ length: 20 }, () => pageView())
    expect(await visitor.act(...full())).toEqual(Array.from({ length: 20 }, () => DONE))
    const events = full()
    const answer = await visitor.send({ events })
    expect(events.map(({ id }) => answer.results[id])).toEqual(
      Array.from({ length: 20 }, () => ({ status: 'retry', reason: 'rate_limited' })),
    )
    expect(answer.retry_after_s).toBeGreaterThan(1)
  })

  it('a page view that has to wait brings no verdict, since without it that might be a wrong no', async () => {
    const { base } = await startProxy(onTestFinished, {
      api: shared().api.url,
      limits: { identityEventsPerMinute: 1 },
      // The bucket does not refill meanwhile.
      monotonic: () => 0,
    })
    const visitor = createVisitor(base)
    const ask = { min_page_views: 2 }
    const { verdict } = await visitor.send({ events: [pageView()], ask })
    expect(verdict?.survey).toBe(false)
    const second = await visitor.send({ events: [pageView()], ask })
    expect(Object.values(second.results)).toEqual([{ status: 'retry', reason: 'rate_limited' }])
    expect(second.verdict).toBeUndefined()
  })

  it('an address told by nobody is said once, and limits nobody', async () => {
    const { base, logs } = await startProxy(onTestFinished, {
      api: shared().api.url,
      clientIp: () => undefined,
      limits: { clientRequestsPerMinute: 1 },
    })
    for (let n = 0; n < 20; n++) expect((await post(base, batchOf())).status).toBe(200)
    expect(logs.filter(({ message }) => message.startsWith('no client address'))).toHaveLength(1)
  })
})
