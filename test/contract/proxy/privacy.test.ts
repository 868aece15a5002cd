import { Writable } from 'node:stream'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pageView, response } from '../../support/events.js'
import { createVisitor, DONE, startProxy, useBoth } from '../../support/start-proxy.js'

describe('what visitors write', () => {
  const shared = useBoth({ allowUnverified: true })

  it.each([
    ['emoji with joiners', '👩🏽‍🚀👨‍👩‍👧‍👦'],
    ['right-to-left overrides', 'שלום \u202e fed cba \u202c'],
    ['combining marks', 'Z̸̢̛a̷͇̎l̶̰͝g̵̣̈o̴̥͑'],
    ['separators', 'a\u2028b\u2029c\u0085d'],
    ['markup', '<img src=x onerror=alert(1)>&amp;"\'`{{7*7}}'],
    ['SQL', "'); DROP TABLE responses;--"],
    ['lines', 'one\r\ntwo\n\tthree'],
    ['the wire’s own marks', 'a=b&c=d;score=0;text=x%00%0a+'],
  ])('case 31: %s arrive as they were written', async (_, text) => {
    const visitor = createVisitor(shared().base)
    expect(await visitor.act(response({ ticket: await visitor.invite(), text }))).toEqual([DONE])
    expect((await shared().responses(visitor.email))[0]?.text).toBe(text)
  })

  it('case 32: stands in no log and no metric, and every record is one line of JSON', async () => {
    const lines: string[] = []
    const sink = new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const proxies = [
      await startProxy(onTestFinished, {
        api: shared().api.url,
        allowUnverified: true,
        logger: pino({ level: 'trace' }, sink),
      }),
      await startProxy(onTestFinished, {
        api: 'http://127.0.0.1:9',
        allowUnverified: true,
        logger: pino({ level: 'trace' }, sink),
      }),
    ]
    const evil = 'canary\n{"level":60,"msg":"canary"}\u001b[31mcanary'
    for (const { base, proxy } of proxies) {
      const visitor = createVisitor(base, { email: 'canary.person@example.com', properties: { name: evil } })
      const ticket = (await visitor.send({ events: [pageView()], ask: {} })).verdict?.ticket
      await visitor.act(response({ ticket, text: evil }), pageView({ url: `https://x/${evil}` }))
      await fetch(`${base}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'canary', 'x-request-id': 'canary {' },
        body: `{"canary":"${evil}`,
      })
      await fetch(`${base}/canary%0a%1b[31m?canary=1`)
      expect(proxy.metrics()).not.toContain('canary')
    }
    expect(lines.length).toBeGreaterThan(4)
    for (const line of lines) {
      expect(line.trimEnd()).not.toMatch(/\n|canary|@/)
      expect(JSON.parse(line)).toHaveProperty('msg')
    }
  })

  it('case 33: ten thousand paths are no more series than one', async () => {
    const { proxy } = await startProxy(onTestFinished, { api: shared().api.url })
    const seriesAfter = async (from: number, to: number) => {
      for (let n = from; n < to; n++)
        await proxy(new Request(`https://shop.example/${n}/events`, { method: n % 2 ? 'GET' : 'POST' }))
      return proxy.metrics().split('\n').length
    }
    expect(await seriesAfter(1, 10_000)).toBe(await seriesAfter(0, 1))
  })
})
