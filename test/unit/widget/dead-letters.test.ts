import { describe, expect, it, vi } from 'vitest'
import type { WidgetContext } from '../../../src/widget/boot/context.js'
import type { Courier } from '../../../src/widget/courier/courier.js'
import { createLock } from '../../../src/widget/courier/lock.js'
import { inspect as inspectWith, resend as resendWith } from '../../../src/widget/diagnostics/diagnostics.js'
import type { DeliveryEvent } from '../../../src/wire/delivery.js'
import { createDevice, type DeviceTab } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { pass } from '../../support/virtual-time.js'

const DAY_MS = 86_400_000

useFreshDevice()

const setUp = () => {
  const proxy = createFakeProxy({ keys: true })
  const device = createDevice(proxy)
  vi.stubGlobal('fetch', device.fetch)
  const bad = new Set<string>()
  proxy.refuse = ({ events }) => (events.some(({ id }) => bad.has(id)) ? 422 : undefined)
  return {
    proxy,
    device,
    bad,
    recorded: () => proxy.records.map(({ event: { id } }) => id),
    /** An act that something before the proxy refuses for good. */
    async bury(tab: DeviceTab) {
      const { id } = await tab.act()
      bad.add(id)
      tab.flusher.flush(0, true)
      await pass(10_000)
      return id
    },
  }
}

/** What the chunk is given, as far as it uses that here. */
const lend = (tab: DeviceTab, name: string) =>
  ({ ...tab, withLock: createLock(name, tab.state) }) as unknown as Courier & Pick<WidgetContext, 'emitter'>
const contextOf = ({ emitter }: Pick<WidgetContext, 'emitter'>) =>
  ({ emitter, isAllowed: () => true }) as unknown as WidgetContext
const inspect = (lent: ReturnType<typeof lend>) => inspectWith(contextOf(lent), lent)
const resend = (lent: ReturnType<typeof lend>) => resendWith(contextOf(lent), lent)

describe('a dead letter', () => {
  it('is shown with its reason, and sent again under its own id', async () => {
    const { device, bad, bury, recorded } = setUp()
    const tab = await device.openTab()
    const lent = lend(tab, device.name)
    const id = await bury(tab)
    expect((await inspect(lent)).failed).toMatchObject([{ id, type: 'page_view', reason: 'status_422' }])
    expect((await inspect(lent)).waiting).toEqual([])
    bad.clear()
    expect(await resend(lent)).toBe(1)
    await pass(5_000)
    expect(recorded()).toEqual([id])
    expect(await inspect(lent)).toMatchObject({ waiting: [], failed: [] })
  })

  it('is nothing that is refused for what the page says of its visitor: it waits until that is mended', async () => {
    const { device, proxy, recorded } = setUp()
    proxy.refuse = ({ identity }) => (identity ? 400 : undefined)
    const tab = await device.openTab()
    const lent = lend(tab, device.name)
    const { id } = await tab.act()
    tab.flusher.flush()
    await pass(3_600_000)
    expect(await inspect(lent)).toMatchObject({ waiting: [{ id }], failed: [] })
    proxy.refuse = () => undefined
    await pass(310_000)
    expect(recorded()).toEqual([id])
  })

  it('is nothing that was refused for what is mended right after: an empty batch passes, and so does the event', async () => {
    const { device, proxy, recorded } = setUp()
    proxy.refuse = ({ events }) => {
      if (events.length) return 400
      proxy.refuse = () => undefined
      return undefined
    }
    const tab = await device.openTab()
    const { id } = await tab.act()
    tab.flusher.flush()
    await pass(10_000)
    expect(recorded()).toEqual([id])
  })

  it('that is made while others are sent again stays one', async () => {
    const { device, bury } = setUp()
    const [tab, other] = [await device.openTab(), await device.openTab()]
    const lent = lend(tab, device.name)
    const first = await bury(tab)
    const { add } = tab.queue
    let second: Promise<string> | undefined
    const queue = {
      ...tab.queue,
      add: async (stored: Parameters<typeof add>[0]) => {
        second ??= bury(other)
        await pass(15_000)
        await add(stored)
      },
    }
    await resend({ ...lent, queue })
    await pass(60_000)
    const { failed } = await inspect(lent)
    expect(failed.map(({ id }) => id).sort()).toEqual([first, await second].sort())
  })

  it('of more than seven days is not sent again, and its going is told', async () => {
    const { device, bury } = setUp()
    const tab = await device.openTab()
    const lent = lend(tab, device.name)
    await bury(tab)
    const told: unknown[] = []
    tab.emitter.on('evicted', detail => told.push(detail))
    vi.setSystemTime(Date.now() + 8 * DAY_MS)
    expect((await inspect(lent)).failed).toEqual([])
    expect(await resend(lent)).toBe(0)
    expect(told).toEqual([{ pageViews: 0, answers: 1 }])
    expect(tab.state.get().evicted).toEqual({ page_view: 0, response: 1 })
  })

  it('that expired arrives when it is sent again, clamped to what the proxy takes', async () => {
    const { device, proxy, recorded } = setUp()
    const { take } = proxy
    proxy.take = batch => {
      const isOld = ({ at }: DeliveryEvent) => at < Date.now() / 1_000 - 62 * 86_400
      const answer = take({ ...batch, events: batch.events.filter(event => !isOld(event)) })
      for (const { id } of batch.events.filter(isOld))
        answer.results[id] = { status: 'retry', reason: 'clock' }
      return answer
    }
    const tab = await device.openTab()
    tab.flusher.ask({})
    tab.flusher.flush()
    await pass(2_000)
    const { id } = await tab.act({ type: 'response', score: 9, ticket: 'somebody' } as Partial<DeliveryEvent>)
    tab.crash()
    vi.setSystemTime(Date.now() + 63 * DAY_MS)
    const next = await device.openTab()
    const lent = lend(next, device.name)
    next.flusher.flush()
    await pass(5_000)
    expect((await inspect(lent)).failed).toMatchObject([{ id, reason: 'expired' }])
    await resend(lent)
    await pass(600_000)
    expect(recorded()).toEqual([id])
    expect(proxy.records).toMatchObject([{ event: { clamped: true } }])
  })
})
