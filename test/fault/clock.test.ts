import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { useStage } from '../support/stage.js'

const DAY_MS = 86_400_000

/** The device's clock is so far off, until it is corrected. */
const skew = (ms: number) => {
  const page = window as unknown as { skewMs: number }
  page.skewMs = ms
  const { now } = Date
  Date.now = () => now() + page.skewMs
}

/** Somebody sets the clock right. */
const correct = (page: Page) => page.evaluate('skewMs = 0')

describe('device clock three days off', () => {
  const stage = useStage()

  it.each([
    { how: 'ahead', ms: 3 * DAY_MS },
    { how: 'behind', ms: -3 * DAY_MS },
  ])('$how: every act has its true time, in the first batch and after a reload', async ({ ms }) => {
    const { context, newTab, site, allArrived } = await stage.scene()
    await context.addInitScript(skew, ms)
    const tab = await newTab()
    await tab.open('/first')
    await tab.answer(9, 'in three days')
    site.fault = 'refuse'
    await tab.views('/kept/', 3)
    site.fault = undefined
    await tab.reload()
    await allArrived()
    expect(site.batches.flatMap(({ events }) => events).filter(({ clamped }) => clamped)).toEqual([])
  })

  // One that was behind can't be told from a device that slept: monotonic clocks stand still meanwhile in some browsers.
  it('ahead, and corrected between act and flush, in one page’s life: exact', async () => {
    const { newTab, site, allArrived } = await stage.scene()
    site.fault = 'refuse'
    const tab = await newTab()
    await tab.page.addInitScript(skew, 3 * DAY_MS)
    await tab.open('/first')
    await tab.views('/before/', 3)
    await correct(tab.page)
    await tab.views('/after/', 3)
    site.fault = undefined
    await tab.hearOnline()
    await allArrived()
  })

  it('ahead, and corrected over a reload, with no offset learned: clamped and marked', async () => {
    const { acts, newTab, site, allArrived } = await stage.scene()
    site.fault = 'refuse'
    const tab = await newTab()
    await tab.page.addInitScript(skew, 3 * DAY_MS)
    await tab.open('/ahead')
    await expect.poll(() => site.batches.length).toBeGreaterThan(0)
    await tab.page.close()
    const before = site.batches.length
    site.fault = undefined
    const next = await newTab()
    await next.open('/right')
    // It can't be told when it was, but that it was not in the future.
    for (const act of acts) act.toMs = Date.now() + 5_000
    await allArrived()
    const delivered = site.batches.slice(before).flatMap(({ events }) => events)
    expect(delivered.map(event => ['url' in event && new URL(event.url).pathname, event.clamped])).toEqual(
      expect.arrayContaining([
        ['/ahead', true],
        ['/right', undefined],
      ]),
    )
  })
})
