import { describe, expect, it, vi } from 'vitest'
import { createDevice } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { pass } from '../../support/virtual-time.js'

useFreshDevice()

describe('the wish for a verdict', () => {
  it('that comes with an act while a flush looks what there is goes with that act, in one request', async () => {
    const proxy = createFakeProxy({ keys: true })
    const device = createDevice(proxy)
    vi.stubGlobal('fetch', device.fetch)
    const tab = await device.openTab()
    const { keys } = tab.queue
    tab.queue.keys = async () => {
      const found = await keys()
      tab.queue.keys = keys
      await tab.act()
      tab.flusher.ask({ event_name: 'with the act' }, 2_000)
      return found
    }
    tab.flusher.ask({ event_name: 'before it' })
    await pass(10_000)
    const asked = proxy.batches.filter(({ ask }) => ask)
    expect(asked.map(({ ask, events }) => [ask?.event_name, events.length])).toEqual([['with the act', 1]])
  })
})
