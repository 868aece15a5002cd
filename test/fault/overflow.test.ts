import { describe, expect, it } from 'vitest'
import type { ResponseEvent } from '../../src/wire/delivery.js'
import { response } from '../support/events.js'
import { putRecords } from '../support/in-page-database.js'
import { useStage } from '../support/stage.js'
import { createVisitor } from '../support/start-proxy.js'

const PAGE_VIEWS = 5_000
const ANSWERS = 10
const MAX_PAGE_VIEWS = 800

/** An answer as an earlier page left it in the store. */
const recordOf = (event: ResponseEvent, sequence: number): [string, unknown] => [
  `1|${Date.now()}|${2_000 + sequence}|${event.id}|${JSON.stringify(event).length}`,
  { event, owner: '' },
]

describe('overflow', () => {
  const stage = useStage()

  it('5,000 page views around 10 answers: caps hold, 10 answers arrive, and what had to go is told', async () => {
    const { site, acts, newTab, stored, beside, problems, impressionArrived, allArrived } =
      await stage.scene()
    const tab = await newTab()
    await tab.open('/first')
    await impressionArrived()
    await allArrived()
    const counted: number[] = []
    await tab.page.exposeFunction('onEvicted', (pageViews: number) => void counted.push(pageViews))
    await tab.page.evaluate(() => {
      const { zeroten, onEvicted } = window as unknown as Record<string, (...rest: unknown[]) => void>
      zeroten?.('on', 'evicted', ({ pageViews }: { pageViews: number }) => onEvicted?.(pageViews))
    })

    site.fault = 'refuse'
    // By the page's own call: browsers pass over most of so many `pushState`s.
    const viewMany = async (from: number) => {
      const fromMs = Date.now()
      const paths = Array.from({ length: PAGE_VIEWS / 2 }, (_, index) => `/many/${from + index}`)
      await tab.page.evaluate(async urls => {
        const { zeroten } = window as unknown as { zeroten(...command: unknown[]): void }
        let stored = 0
        zeroten('on', 'queued', () => stored++)
        for (const [index, url] of urls.entries()) {
          zeroten('page', url)
          // No more at a time than a browser puts within seconds.
          while (index - stored > 50) await new Promise(resolve => setTimeout(resolve))
        }
      }, paths)
      const times = { fromMs, toMs: Date.now() }
      acts.push(...paths.map(path => ({ type: 'page_view' as const, path, isUncertain: true, ...times })))
    }
    await viewMany(0)
    // Of ten visitors, since each is asked once.
    const visitors = Array.from({ length: ANSWERS }, () => createVisitor(`${site.proxyUrl}/zeroten`))
    const tickets = await Promise.all(visitors.map(visitor => visitor.invite()))
    const answers = tickets.map((ticket, score) =>
      response({ ticket, score, text: `answer ${score}`, origin_url: `${site.url}/first` }),
    )
    await beside(putRecords, answers.map(recordOf))
    for (const { score, text = '', at } of answers)
      acts.push({ type: 'response', score, text, fromMs: at * 1_000, toMs: at * 1_000 })
    await viewMany(PAGE_VIEWS / 2)

    await tab.hearOnline()
    await expect
      .poll(async () => (await stored()).waiting.length, { timeout: 30_000 })
      .toBe(MAX_PAGE_VIEWS + ANSWERS)
    const before = site.batches.length
    site.fault = undefined
    await tab.hearOnline()
    await expect
      .poll(async () => (await problems(0)).filter(problem => !problem.startsWith('waits')), {
        timeout: 20_000,
      })
      .toEqual([])
    const gone = PAGE_VIEWS - MAX_PAGE_VIEWS
    expect(counted.reduce((sum, pageViews) => sum + pageViews, 0)).toBe(gone)
    const told = site.batches.slice(before).map(({ evicted }) => evicted)
    expect(told[0]).toEqual({ page_view: gone, response: 0 })
    await expect.poll(() => site.batches.at(-1)?.evicted).toBeUndefined()
  }, 120_000)
})
