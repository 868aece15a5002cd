import { describe, expect, it, vi } from 'vitest'
import { OWN_MS } from '../../../src/widget/courier/event-key.js'
import { evict } from '../../../src/widget/courier/quota.js'
import type { DeliveryEvent } from '../../../src/wire/delivery.js'
import { createDevice, type DeviceTab } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { pass, passUntil } from '../../support/virtual-time.js'

const DAY_MS = 86_400_000

useFreshDevice()

const setUp = () => {
  const proxy = createFakeProxy({ keys: true })
  const device = createDevice(proxy)
  vi.stubGlobal('fetch', device.fetch)
  return { proxy, device, recorded: () => proxy.records.map(({ event: { id } }) => id) }
}

const keysIn = async ({ store }: DeviceTab, prefix: RegExp) =>
  ((await store.keys()) ?? []).filter(key => prefix.test(key))
const answer = { type: 'response', score: 9, ticket: 'somebody' } as Partial<DeliveryEvent>
const long = (length: number): Partial<DeliveryEvent> => ({
  url: `https://site.example/${'x'.repeat(length)}`,
})
const sizeOf = (value: unknown) => JSON.stringify(value).length

describe('what waits', () => {
  it.each<[string, Partial<DeliveryEvent>, number]>([
    ['a page view', {}, 14],
    ['an answer', answer, 60],
  ])('%s is delivered in its last hour, and is a dead letter after it', async (_, kind, days) => {
    const { proxy, device, recorded } = setUp()
    const tab = await device.openTab()
    proxy.network = 'down'
    const { id } = await tab.act(kind)
    tab.crash()
    const other = await device.openTab()
    const rest = DAY_MS / 48
    vi.setSystemTime(Date.now() + rest)
    const late = await other.act(kind)
    other.crash()
    vi.setSystemTime(Date.now() + days * DAY_MS - rest)
    proxy.network = 'up'
    const next = await device.openTab()
    await next.act()
    next.flusher.flush()
    await pass(60_000)
    expect(await keysIn(next, /^x\|/)).toHaveLength(1)
    expect(recorded()).toContain(late.id)
    expect(recorded()).not.toContain(id)
  })

  it('does not expire in the page that saw it happen, should the clock be set forward meanwhile', async () => {
    const { proxy, device, recorded } = setUp()
    const nowMs = Date.now()
    vi.setSystemTime(nowMs - 20 * DAY_MS)
    const tab = await device.openTab()
    const { id } = await tab.act()
    vi.setSystemTime(nowMs)
    tab.flusher.flush()
    await pass(5_000)
    expect(await keysIn(tab, /^x\|/)).toEqual([])
    expect(recorded()).toEqual([id])
    expect(proxy.records).toHaveLength(1)
  })

  it('is 200 answers at most: the oldest go, and that is told once', async () => {
    const { proxy, device, recorded } = setUp()
    const tab = await device.openTab()
    proxy.network = 'down'
    const acts: DeliveryEvent[] = []
    for (let count = 0; count < 203; count++) acts.push(await tab.act(answer))
    acts.push(await tab.act())
    tab.flusher.flush()
    await pass(2_000)
    expect(await keysIn(tab, /^1\|/)).toHaveLength(200)
    proxy.network = 'up'
    tab.flusher.flush(0, true)
    await pass(30_000)
    expect(recorded().sort()).toEqual(
      acts
        .slice(3)
        .map(({ id }) => id)
        .sort(),
    )
    expect(proxy.batches.map(({ evicted }) => evicted).filter(evicted => evicted)).toEqual([
      { page_view: 0, response: 3 },
    ])
  })

  it('is 512 KiB at most: page views make way for answers', async () => {
    const { proxy, device } = setUp()
    const tab = await device.openTab()
    proxy.network = 'down'
    for (let count = 0; count < 60; count++) await tab.act(long(10_000))
    await tab.act(answer)
    tab.flusher.flush()
    await pass(2_000)
    const keys = await keysIn(tab, /^[12]\|/)
    const bytes = keys.reduce((sum, key) => sum + Number(key.split('|')[4]), 0)
    expect(bytes).toBeLessThanOrEqual(512 * 1_024)
    expect(bytes).toBeGreaterThan(500 * 1_024)
    expect(keys[0]?.startsWith('1|')).toBe(true)
  })

  it('is 800 page views at most, also where the proxy answers and wants everything later', async () => {
    const { proxy, device } = setUp()
    const tab = await device.openTab()
    const { take } = proxy
    proxy.take = batch => {
      const answer = take({ ...batch, events: [] })
      for (const { id } of batch.events) answer.results[id] = { status: 'retry', reason: 'upstream' }
      return answer
    }
    for (let count = 0; count < 850; count++) await tab.act()
    tab.flusher.flush()
    await pass(60_000)
    expect(await keysIn(tab, /^2\|/)).toHaveLength(800)
  })

  it('is given up for good beyond twenty dead letters, and that is told', async () => {
    const { device } = setUp()
    const tab = await device.openTab()
    let told = 0
    tab.emitter.on('evicted', ({ answers }) => {
      told += answers
    })
    await tab.store.write(
      Array.from({ length: 23 }, (_, n) => [`2|${Date.now() - OWN_MS}|1000|junk-${n}|10`, 'junk'] as const),
    )
    tab.flusher.flush()
    await pass(5_000)
    expect(await keysIn(tab, /^x\|/)).toHaveLength(20)
    expect(told).toBe(3)
  })
})

describe('what had to go undelivered', () => {
  it('is told, also what goes while a batch that tells of it is under way', async () => {
    const { proxy, device } = setUp()
    const [tab, other] = [await device.openTab(), await device.openTab()]
    await tab.state.update(() => ({ evicted: { page_view: 3, response: 0 } }))
    await tab.act()
    tab.flusher.flush()
    await passUntil(() => proxy.batches.length > 0)
    // Where storage is full, the other tab waits for no lock.
    for (let count = 0; count < 4; count++) await other.act()
    const waiting = await other.queue.keys()
    await evict(other, waiting.slice(0, 2))
    await pass(3_000)
    await other.act()
    other.flusher.flush()
    await pass(3_000)
    expect(proxy.batches.flatMap(({ evicted }) => evicted?.page_view ?? [])).toEqual([3, 2])
  })
})

describe('a batch', () => {
  it('is of 20 events and 32 KiB at most, but for one that is larger and goes alone', async () => {
    const { proxy, device, recorded } = setUp()
    const tab = await device.openTab()
    for (let count = 0; count < 8; count++) await tab.act(long(10_000))
    await tab.act(long(45_000))
    for (let count = 0; count < 30; count++) await tab.act()
    tab.flusher.flush()
    await pass(30_000)
    expect(recorded()).toHaveLength(39)
    const large = proxy.batches.filter(({ events }) => sizeOf(events) > 33_000)
    expect(large.map(({ events }) => events.length)).toEqual([1])
    expect(Math.max(...proxy.batches.map(({ events }) => events.length))).toBe(20)
  })

  it('leaves only when the store has its events as tried', async () => {
    const { proxy, device } = setUp()
    const tab = await device.openTab()
    await tab.act()
    tab.store.write = () => new Promise(() => undefined)
    tab.flusher.flush()
    await pass(5_000)
    expect(proxy.batches).toEqual([])
  })
})
