import { describe, expect, it, vi } from 'vitest'
import { createDevice } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { pass, passUntil, sleep } from '../../support/virtual-time.js'

const DAY_MS = 86_400_000

useFreshDevice()

const setUp = ({ keys = true, now = Date.now } = {}) => {
  const proxy = createFakeProxy({ keys, now })
  const device = createDevice(proxy)
  vi.stubGlobal('fetch', device.fetch)
  return { proxy, device }
}

describe('the second of an act', () => {
  it.each([3 * DAY_MS, -3 * DAY_MS])(
    'is true where the clock is off by %d ms and the first attempts met no network',
    async offMs => {
      const { proxy, device } = setUp({ now: () => Date.now() - offMs })
      const tab = await device.openTab()
      const actS = Math.floor(proxy.now() / 1_000)
      await tab.act()
      proxy.network = 'down'
      tab.flusher.flush()
      await pass(30_000)
      expect(proxy.records).toEqual([])
      proxy.network = 'up'
      tab.flusher.flush(0, true)
      await pass(5_000)
      expect(proxy.records.map(({ event: { at } }) => at)).toEqual([actS])
    },
  )

  it('is true also when a later page brings it, with the clock as wrong as before', async () => {
    const offMs = 3 * DAY_MS
    const { proxy, device } = setUp({ now: () => Date.now() - offMs })
    const tab = await device.openTab()
    const actS = Math.floor(proxy.now() / 1_000)
    await tab.act()
    proxy.network = 'down'
    tab.flusher.flush()
    await pass(10_000)
    tab.crash()
    proxy.network = 'up'
    // Without locks, the lease of the crashed tab runs out first.
    const next = await device.openTab()
    next.flusher.flush()
    await pass(60_000)
    expect(proxy.records.map(({ event: { at } }) => at)).toEqual([actS])
  })

  it.each([10_000, 3_600_000])(
    'is true after the device slept %d ms while an answer was on its way',
    async ms => {
      const { proxy, device } = setUp()
      const tab = await device.openTab()
      await tab.act()
      tab.flusher.flush(0, true)
      await passUntil(() => proxy.batches.length > 0)
      // It is read on waking: monotonic clocks stood still meanwhile.
      sleep(ms)
      await pass(1_000)
      const actS = Math.floor(Date.now() / 1_000)
      const { id } = await tab.act()
      await pass(2_000)
      tab.flusher.flush(0, true)
      await pass(5_000)
      const at = proxy.records.find(({ event }) => event.id === id)?.event.at ?? 0
      expect(Math.abs(at - actS)).toBeLessThanOrEqual(2)
    },
  )

  it('is the same in every attempt where the clock is a little off', async () => {
    const { proxy, device } = setUp({ keys: false, now: () => Date.now() + 3_000 })
    const tab = await device.openTab()
    await tab.act()
    proxy.network = 'lossy'
    tab.flusher.flush()
    await pass(1_000)
    proxy.restart()
    proxy.network = 'up'
    // A later act's answer tells how far the clock is off, before the first one comes again.
    tab.flusher.ask({})
    tab.flusher.flush(0, true)
    await pass(60_000)
    expect(proxy.records).toHaveLength(1)
    expect(await tab.queue.keys()).toEqual([])
  })

  it.each([1_000, 3_000, 4_500])(
    'is the same in every attempt where the clock is %d ms fast, which becomes known as a page goes that comes back',
    async fastMs => {
      const { proxy, device } = setUp({ keys: false, now: () => Date.now() - fastMs })
      const tab = await device.openTab()
      tab.flusher.ask({})
      tab.flusher.flush()
      await passUntil(() => proxy.batches.length > 0)
      await tab.act()
      proxy.network = 'lossy'
      tab.flusher.flushOnPageHide()
      await pass(100)
      proxy.restart()
      proxy.network = 'up'
      tab.flusher.flush(0, true)
      await pass(60_000)
      expect(proxy.records).toHaveLength(1)
    },
  )
})
