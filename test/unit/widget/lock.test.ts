import { describe, expect, it, vi } from 'vitest'
import { createLock } from '../../../src/widget/lock.js'
import { breakOnePut } from '../../support/broken-storage.js'
import { createDevice } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { pass, turns } from '../../support/virtual-time.js'

useFreshDevice()

describe('a Web Lock that a frozen tab holds', () => {
  it('is stolen after its time, though the tab was frozen before it said until when', async () => {
    let isHeld = true
    const locks = {
      async request(_: string, { steal }: { steal?: true }, work: (lock: object | null) => unknown) {
        if (steal) isHeld = false
        return work(isHeld ? null : {})
      },
    }
    vi.stubGlobal('navigator', { locks, webdriver: false })
    const proxy = createFakeProxy({ keys: true })
    const device = createDevice(proxy)
    vi.stubGlobal('fetch', device.fetch)
    const tab = await device.openTab()
    await tab.state.update(() => ({ leaseUntilMs: 0 }))
    await tab.act()
    tab.flusher.flush()
    await pass(40_000)
    expect(proxy.records).toEqual([])
    await pass(20_000)
    expect(proxy.records).toHaveLength(1)
  })
})

describe('without Web Locks', () => {
  it('one tab works at a time, though storage breaks once as the first takes its turn', async () => {
    vi.stubGlobal('navigator', { locks: undefined, webdriver: false })
    const device = createDevice(createFakeProxy({ keys: true }))
    const tabs = [await device.openTab(), await device.openTab()]
    breakOnePut()
    let working = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++working)
      await turns(100)
      working--
      return undefined
    }
    await Promise.all(tabs.map(({ state }) => createLock('x', state)(work)))
    expect(most).toBe(1)
  })
})
