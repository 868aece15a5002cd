import { describe, expect, it, vi } from 'vitest'
import { createLock } from '../../../src/widget/courier/lock.js'
import { breakOnePut } from '../../support/broken-storage.js'
import { createDevice } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { turns } from '../../support/virtual-time.js'

useFreshDevice()

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
