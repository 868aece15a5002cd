import 'fake-indexeddb/auto'
import { describe, expect, it, vi } from 'vitest'
import type { PageSlot } from '../../../src/widget/boot/page-slot.js'
import { pass } from '../../support/virtual-time.js'
import { openWidgetPage } from '../../support/widget-page.js'

describe('consent that is withdrawn', () => {
  it('stops also what was to be sent again', async () => {
    const page = openWidgetPage()
    page.proxy.network = 'down'
    const widget = page.start()
    await pass(3_000)
    widget.consent(false)
    await pass(100)
    page.proxy.network = 'up'
    await pass(600_000)
    expect(page.proxy.batches).toEqual([])
  })
})

describe('a widget that is stopped and started again', () => {
  it('loses no page view where IndexedDB is blocked', async () => {
    const page = openWidgetPage()
    vi.stubGlobal('indexedDB', {
      open() {
        throw new DOMException('blocked', 'SecurityError')
      },
    })
    const slot: PageSlot = {}
    const widget = page.start({}, slot)
    await pass(100)
    widget.page('/one')
    await pass(100)
    widget.stop()
    page.start({}, slot)
    await pass(70_000)
    expect(page.proxy.records.map(({ event }) => 'url' in event && new URL(event.url).pathname)).toContain(
      '/one',
    )
  })

  it('keeps the page view that waits for consent', async () => {
    const page = openWidgetPage()
    const slot: PageSlot = {}
    const first = page.start({ consent: 'pending' }, slot)
    await pass(1_000)
    first.stop()
    const second = page.start({ consent: 'pending' }, slot)
    await pass(1_000)
    second.consent(true)
    await pass(10_000)
    expect(page.proxy.records).toHaveLength(1)
  })
})
