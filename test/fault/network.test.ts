import { describe, expect, it } from 'vitest'
import { UPSTREAMS, useStage } from '../support/stage.js'

describe('the network', () => {
  const { scene } = useStage()

  it('offline: 50 page views and an answer, three reloads, online', async () => {
    const { newTab, goOffline, goOnline, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/first')
    await tab.page.getByRole('radio').first().waitFor()
    await goOffline()
    await tab.views('/offline/a', 20)
    await tab.answer(9, 'offline')
    await tab.reload()
    await tab.views('/offline/b', 20)
    await tab.reload()
    await tab.views('/offline/c', 10)
    await tab.reload()
    await goOnline()
    await allArrived()
  })

  it('every request fails while `onLine` is true: nothing is dropped, and the cadence slows', async () => {
    const { site, newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/first')
    await tab.page.getByRole('radio').first().waitFor()
    site.fault = 'refuse'
    // The browser itself repeats a request at once when a used connection breaks: that is the same batch.
    const attempts = () =>
      site.arrivals.filter((_, index) => site.batches[index]?.id !== site.batches[index - 1]?.id)
    const before = attempts().length
    await tab.answer(2, 'down')
    await tab.views('/down/', 10)
    await expect.poll(() => attempts().length, { timeout: 30_000 }).toBeGreaterThanOrEqual(before + 6)
    const [last = 0, secondLast = 0] = attempts().reverse()
    expect(last - secondLast).toBeGreaterThan(700)
    site.fault = undefined
    await tab.hearOnline()
    await allArrived()
  })
})

describe.each(UPSTREAMS)('a request without an answer, before $upstream', ({ keys }) => {
  const { scene } = useStage({ keys })

  it('the request is swallowed, then the page reloads: it is sent again', async () => {
    const { site, newTab, allArrived } = await scene()
    const tab = await newTab()
    site.fault = 'swallow'
    await tab.open('/swallowed')
    await expect.poll(() => site.batches.length).toBe(1)
    site.fault = undefined
    await tab.reload()
    await allArrived()
  })

  it('the proxy commits, the answer is lost: nothing is doubled, over a reload', async () => {
    const { site, newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/first')
    await tab.page.getByRole('radio').first().waitFor()
    site.fault = 'lose'
    await tab.answer(10, 'written, not told')
    await tab.view('/lost/1')
    await expect.poll(() => site.batches.length).toBeGreaterThan(3)
    await tab.reload()
    site.fault = undefined
    await tab.hearOnline()
    await allArrived()
  })
})
