import { IDBObjectStore } from 'fake-indexeddb'
import { describe, expect, it, vi } from 'vitest'
import { OWN_MS } from '../../../src/widget/courier/event-key.js'
import { createDevice, type DeviceTab } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { pass, turns } from '../../support/virtual-time.js'

useFreshDevice()

const setUp = ({ keys = true } = {}) => {
  const proxy = createFakeProxy({ keys })
  const device = createDevice(proxy)
  vi.stubGlobal('fetch', device.fetch)
  return { proxy, device, recorded: () => proxy.records.map(({ event: { id } }) => id) }
}

const waitingIn = async ({ store }: DeviceTab) =>
  ((await store.keys()) ?? []).filter(key => /^[12]\|/.test(key))
const deadIn = async ({ store }: DeviceTab) =>
  ((await store.keys()) ?? []).filter(key => key.startsWith('x|'))

describe('what was tried before', () => {
  it('by another tab is said to be tried, also by the tab whose act it was', async () => {
    const { proxy, device, recorded } = setUp({ keys: false })
    const [mine, other] = [await device.openTab(), await device.openTab()]
    const { id } = await mine.act()
    await pass(OWN_MS)
    proxy.network = 'lossy'
    other.flusher.flush()
    await pass(1_000)
    other.crash()
    proxy.restart()
    proxy.network = 'up'
    mine.flusher.flush(0, true)
    await pass(5_000)
    expect(recorded()).toEqual([id])
  })

  it('by another tab is said to be tried when the page of the act goes', async () => {
    const { proxy, device, recorded } = setUp({ keys: false })
    const [mine, other] = [await device.openTab(), await device.openTab()]
    const { id } = await mine.act()
    await pass(OWN_MS)
    other.flusher.flush()
    await pass(1_000)
    proxy.restart()
    mine.close()
    await pass(5_000)
    expect(recorded()).toEqual([id])
  })

  it('by a page that went and came back is said to be tried', async () => {
    const { proxy, device, recorded } = setUp({ keys: false })
    const tab = await device.openTab()
    const { id } = await tab.act()
    proxy.network = 'lossy'
    tab.flusher.flushOnPageHide()
    await pass(1_000)
    proxy.restart()
    proxy.network = 'up'
    tab.flusher.flush(0, true)
    await pass(5_000)
    expect(recorded()).toEqual([id])
  })
})

describe('a database that another page deletes', () => {
  it('comes back with what this page has stored, said to be tried: other tabs may have delivered it', async () => {
    const { proxy, device, recorded } = setUp({ keys: false })
    const [mine, other] = [await device.openTab(), await device.openTab()]
    const { id } = await mine.act()
    await pass(OWN_MS)
    // Of this, the tab whose act it was has not heard.
    other.flusher.flush()
    await pass(1_000)
    expect(recorded()).toEqual([id])
    proxy.restart()
    other.crash()
    indexedDB.deleteDatabase(device.name)
    await pass(1_000)
    expect(await waitingIn(mine)).toHaveLength(1)
    mine.flusher.flush(0, true)
    await pass(5_000)
    expect(recorded()).toEqual([id])
    expect(await waitingIn(mine)).toEqual([])
  })
})

describe('a device whose database another page deletes', () => {
  it('stays the one that it was, so that what was tried without a ticket is not somebody else’s', async () => {
    const { device } = setUp()
    const tab = await device.openTab()
    const { anonymousId } = tab.state.get()
    indexedDB.deleteDatabase(device.name)
    await pass(1_000)
    const next = await device.openTab()
    expect(next.state.get().anonymousId).toBe(anonymousId)
  })
})

describe('a page that goes', () => {
  it('sends also what came while a flush was looking at what waits', async () => {
    const { device, recorded } = setUp()
    const tab = await device.openTab()
    const looking = tab.queue.keys()
    const acting = tab.act()
    await Promise.all([looking, acting])
    tab.close()
    await pass(1_000)
    expect(recorded()).toEqual([(await acting).id])
  })
})

describe('whose it is', () => {
  it.each(Array.from({ length: 25 }, (_, count) => count + 1))(
    'does not change with who comes %d turns into a flush, and neither do the tickets',
    async count => {
      const { device, proxy } = setUp()
      const tab = await device.openTab('a@example.com')
      await tab.act()
      tab.flusher.ask({})
      tab.flusher.flush()
      vi.advanceTimersByTime(1)
      await turns(count)
      tab.who = 'b@example.com'
      tab.flusher.ask({})
      await pass(5_000)
      tab.who = 'a@example.com'
      tab.flusher.flush()
      await pass(5_000)
      expect(proxy.records.map(({ whose }) => whose)).toEqual(['a@example.com'])
      for (const [who, { ticket }] of Object.entries(tab.state.get().known)) expect(ticket).toBe(who)
    },
  )
})

describe('a store that breaks', () => {
  it('costs nothing when records can’t be read for a while', async () => {
    const { device, recorded } = setUp()
    const tab = await device.openTab()
    const { id } = await tab.act()
    const { get } = IDBObjectStore.prototype
    const broken = vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (
      this: InstanceType<typeof IDBObjectStore>,
      key,
    ) {
      if (String(key).includes(id)) throw new DOMException('broken', 'UnknownError')
      return get.call(this, key)
    })
    tab.flusher.flush()
    await pass(5_000)
    broken.mockRestore()
    await pass(70_000)
    tab.flusher.flush(0, true)
    await pass(70_000)
    expect(recorded()).toEqual([id])
    expect(await deadIn(tab)).toEqual([])
  })

  it('gives way to memory when it is full for everything, even for making room', async () => {
    const { device, recorded } = setUp()
    const tab = await device.openTab()
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    const { id } = await tab.act()
    tab.flusher.flush()
    await pass(5_000)
    expect(recorded()).toEqual([id])
  })

  it.each(['junk', 7, {}, { known: null }, []])(
    'is taken for empty where its shared record is %j',
    async junk => {
      const { device, recorded } = setUp()
      const first = await device.openTab()
      await first.store.write([['s', junk]])
      const tab = await device.openTab()
      const { id } = await tab.act()
      tab.flusher.flush()
      await pass(2_000)
      expect(recorded()).toEqual([id])
    },
  )

  it('is tidied of what is no record of ours, which becomes a dead letter', async () => {
    const { device, recorded } = setUp()
    const tab = await device.openTab()
    const { id } = await tab.act()
    const keys = [...'abc'].map(name => `2|${Date.now() - OWN_MS}|1000|${name}|10`)
    await tab.store.write([
      [keys[0] as string, null],
      [keys[1] as string, 'junk'],
      [keys[2] as string, { event: { id: 'another' } }],
      ['foreign', {}],
    ])
    tab.flusher.flush()
    await pass(5_000)
    expect(recorded()).toEqual([id])
    expect(await waitingIn(tab)).toEqual([])
    expect(await deadIn(tab)).toHaveLength(3)
  })
})

describe('something before the proxy that refuses', () => {
  it('one event is met in few requests, with one dead letter', async () => {
    const { proxy, device, recorded } = setUp()
    const tab = await device.openTab()
    const poison = await tab.act()
    for (let count = 0; count < 19; count++) await tab.act()
    let requests = 0
    proxy.refuse = ({ events }) => {
      requests++
      return events.some(({ id }) => id === poison.id) ? 422 : undefined
    }
    tab.flusher.flush()
    await pass(10_000)
    expect(recorded()).toHaveLength(19)
    expect(requests).toBeLessThanOrEqual(11)
    expect(await waitingIn(tab)).toEqual([])
    expect(await deadIn(tab)).toHaveLength(1)
  })

  it('everything, for an hour, costs nothing and is not stormed', async () => {
    const { proxy, device, recorded } = setUp()
    const tab = await device.openTab()
    for (let count = 0; count < 30; count++) await tab.act()
    let requests = 0
    proxy.refuse = () => {
      requests++
      return 400
    }
    tab.flusher.flush()
    await pass(3_600_000)
    expect(requests).toBeLessThan(250)
    expect(await deadIn(tab)).toEqual([])
    proxy.refuse = () => undefined
    tab.flusher.flush(0, true)
    await pass(600_000)
    expect(recorded()).toHaveLength(30)
  })
})

describe('events that the proxy wants later, for their tickets’ sake', () => {
  it.each([60, 150])('keep no others from being delivered: %d of them', async count => {
    const { proxy, device, recorded } = setUp()
    const { take } = proxy
    const isStale = ({ ticket }: { ticket?: string | undefined }) => ticket === 'of an old secret'
    proxy.take = batch => {
      const answer = take({ ...batch, events: batch.events.filter(event => !isStale(event)) })
      for (const { id } of batch.events.filter(isStale))
        answer.results[id] = { status: 'retry', reason: 'ticket_invalid' }
      return answer
    }
    // Of somebody who is not here any more: what is of the visitor on the page takes a fresh ticket.
    const old = await device.openTab('gone@example.com')
    for (let acts = 0; acts < count; acts++) await old.act({ ticket: 'of an old secret' })
    old.crash()
    const seen: string[] = []
    for (let pages = 0; pages < 4; pages++) {
      const tab = await device.openTab()
      seen.push((await tab.act()).id)
      tab.flusher.ask({}, 2_000)
      tab.flusher.flush()
      await pass(30_000)
      tab.crash()
      await pass(50_000)
    }
    expect(recorded()).toEqual(seen)
  })
})

describe('an event that the proxy wants later', () => {
  it('goes again when it has rested, also where more waited than one batch takes', async () => {
    const { proxy, device, recorded } = setUp()
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const { take } = proxy
    let refused = ''
    proxy.take = batch => {
      const isRefused = !refused && batch.events.length > 0
      if (isRefused) refused = batch.events[0]?.id ?? ''
      const answer = take(isRefused ? { ...batch, events: batch.events.slice(1) } : batch)
      if (isRefused) answer.results[refused] = { status: 'retry', reason: 'upstream' }
      return answer
    }
    const tab = await device.openTab()
    for (let acts = 0; acts < 40; acts++) await tab.act()
    tab.flusher.flush()
    await pass(5_000)
    expect(recorded()).toHaveLength(39)
    await pass(120_000)
    expect(recorded()).toContain(refused)
  })
})
