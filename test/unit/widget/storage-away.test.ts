import { IDBObjectStore } from 'fake-indexeddb'
import { describe, expect, it, vi } from 'vitest'
import { createQueue } from '../../../src/widget/courier/queue.js'
import type { State } from '../../../src/widget/storage/shared-state.js'
import { openDraft } from '../../../src/widget/survey-flow/draft.js'
import type { DeliveryEvent } from '../../../src/wire/delivery.js'
import {
  breakOnePut,
  breakStorage,
  fillStorage,
  fillStorageOnce,
  fillStorageUntilDeleted,
} from '../../support/broken-storage.js'
import { createDevice, type DeviceTab } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { pass } from '../../support/virtual-time.js'

/** IndexedDB is left alone for so long once it has failed. */
const PAUSE_MS = 61_000

useFreshDevice()

const setUp = async ({ keys = true } = {}) => {
  const proxy = createFakeProxy({ keys })
  const device = createDevice(proxy)
  vi.stubGlobal('fetch', device.fetch)
  return {
    proxy,
    device,
    tab: await device.openTab(),
    recorded: () => proxy.records.map(({ event: { id } }) => id),
  }
}

const keysIn = async ({ store }: DeviceTab, prefix: string) =>
  ((await store.keys()) ?? []).filter(key => key.startsWith(prefix))
const answer = { type: 'response', score: 9, ticket: 'somebody' } as Partial<DeliveryEvent>

/** Does what a later page must still know of. */
const remember = async ({ state }: DeviceTab) => {
  const memory = { isOptedOut: true as const, known: { a: { ticket: 't' } } }
  await state.update(() => memory)
  return { ...memory, anonymousId: state.get().anonymousId }
}

describe('what the tabs share', () => {
  it('is kept where storage is full for a moment', async () => {
    const { device, tab } = await setUp()
    const memory = await remember(tab)
    fillStorageOnce()
    tab.flusher.ask({})
    tab.flusher.flush(0, true)
    await pass(2_000)
    const next = await device.openTab()
    expect(next.state.get()).toMatchObject(memory)
  })

  it('is kept where storage is full until page views have made room', async () => {
    const { device, tab } = await setUp()
    const memory = await remember(tab)
    for (let count = 0; count < 60; count++) await tab.act()
    const isFull = fillStorageUntilDeleted()
    await tab.act()
    expect(isFull()).toBe(false)
    await tab.store.keys()
    const next = await device.openTab()
    expect(next.state.get()).toMatchObject(memory)
  })

  it('is kept where the database can’t be read for a moment', async () => {
    const { device, tab } = await setUp()
    const memory = await remember(tab)
    const heal = breakStorage('get')
    await tab.state.update()
    heal()
    await pass(PAUSE_MS)
    await tab.store.keys()
    const next = await device.openTab()
    expect(next.state.get()).toMatchObject(memory)
  })

  it('is kept where the database breaks once more as what it had missed is told to it', async () => {
    const { device, tab } = await setUp()
    const heal = breakStorage('get')
    const memory = await remember(tab)
    heal()
    await pass(PAUSE_MS)
    breakOnePut()
    await tab.store.keys()
    const next = await device.openTab()
    expect(next.state.get()).toMatchObject(memory)
  })

  it('is kept where the database is too slow to be opened', async () => {
    const { device, tab } = await setUp()
    const memory = await remember(tab)
    tab.crash()
    const { indexedDB } = globalThis
    vi.stubGlobal('indexedDB', { open: () => ({}) })
    const opening = device.openTab()
    await pass(7_000)
    const slow = await opening
    vi.stubGlobal('indexedDB', indexedDB)
    await pass(PAUSE_MS)
    slow.flusher.ask({})
    slow.flusher.flush(0, true)
    await pass(3_000)
    const next = await device.openTab()
    expect(next.state.get()).toMatchObject(memory)
  })

  it('takes in what one tab says while another one’s database fails', async () => {
    const { device, tab } = await setUp()
    const other = await device.openTab()
    const heal = breakStorage('get')
    await tab.state.update()
    heal()
    await other.state.update(() => ({ isOptedOut: true }))
    await pass(PAUSE_MS)
    await tab.store.keys()
    const next = await device.openTab()
    expect(next.state.get().isOptedOut).toBe(true)
  })

  it('counts dead letters on where storage was full, so that none takes another one’s place in silence', async () => {
    const { proxy, tab } = await setUp()
    const bad = new Set<string>()
    proxy.refuse = ({ events }) => (events.some(({ id }) => bad.has(id)) ? 422 : undefined)
    let evicted = 0
    tab.emitter.on('evicted', ({ answers }) => {
      evicted += answers
    })
    const bury = async () => {
      const { id } = await tab.act()
      bad.add(id)
      tab.flusher.flush(0, true)
      await pass(10_000)
    }
    await bury()
    await bury()
    const makeRoom = fillStorageOnce()
    await tab.state.update()
    makeRoom()
    await bury()
    expect((await keysIn(tab, 'x|')).length + evicted).toBe(3)
  })
})

describe.each(['commit', 'request'] as const)('storage that says at the %s that it is full', where => {
  it('gets room from page views', async () => {
    const { tab } = await setUp()
    for (let count = 0; count < 60; count++) await tab.act()
    let evicted = 0
    tab.emitter.on('evicted', ({ pageViews }) => {
      evicted += pageViews
    })
    fillStorageOnce(where)
    await tab.act(answer)
    expect(evicted).toBeGreaterThan(0)
  })

  it('has an answer for good once there is room', async () => {
    const { device, tab } = await setUp()
    for (let count = 0; count < 60; count++) await tab.act()
    fillStorageUntilDeleted(where)
    await tab.act(answer)
    tab.crash()
    vi.restoreAllMocks()
    const next = await device.openTab()
    expect(await keysIn(next, '1|')).toHaveLength(1)
  })
})

describe('a visitor whose storage is full from the start', () => {
  it('is one and the same for as long as the page lives', async () => {
    fillStorage()
    const { tab } = await setUp()
    const ids = new Set<string>()
    const look = () => {
      ids.add(tab.state.get().anonymousId)
      return {}
    }
    await tab.state.update(look)
    await tab.state.update(look)
    look()
    expect(ids.size).toBe(1)
  })

  it('is known as they are while several changes are under way at once', async () => {
    fillStorage()
    const { tab } = await setUp()
    const memory = await remember(tab)
    const seen: State[] = []
    const look = (state: State) => {
      seen.push(state, tab.state.get())
      return {}
    }
    await Promise.all([tab.store.keys(), tab.state.update(look), tab.state.update(look)])
    for (const state of seen) expect(state).toMatchObject(memory)
  })

  it('has each change once where there is room again in the midst of them', async () => {
    const makeRoom = fillStorage()
    const { device, tab } = await setUp()
    const bury = ({ dead = 0 }: State) => ({ dead: dead + 1 })
    await tab.state.update(bury)
    const first = tab.state.update(bury)
    makeRoom()
    await Promise.all([first, tab.store.keys(), tab.state.update(bury)])
    const next = await device.openTab()
    expect(next.state.get().dead).toBe(3)
  })

  it('is whom another tab finds once there is room', async () => {
    const makeRoom = fillStorage()
    const { device, tab } = await setUp()
    const { anonymousId } = tab.state.get()
    makeRoom()
    await tab.store.keys()
    const next = await device.openTab()
    expect(next.state.get().anonymousId).toBe(anonymousId)
  })
})

describe('what has been delivered while storage failed', () => {
  it('does not come back as room is made for it', async () => {
    const { tab } = await setUp()
    const ROOM_MS = 2_000
    const queue = createQueue(
      tab.store,
      tab.emitter,
      () => new Promise(resolve => setTimeout(resolve, ROOM_MS)),
    )
    fillStorageOnce()
    const event = {
      v: 1,
      id: crypto.randomUUID(),
      type: 'page_view',
      at: 1,
      url: 'https://shop.example/',
    } as const
    const adding = queue.add({ event, owner: '' })
    await pass(500)
    await queue.remove(await queue.keys())
    await pass(ROOM_MS)
    await adding
    expect(await keysIn(tab, '2|')).toEqual([])
  })

  it('is said to be tried, should it be sent again since it could not be deleted', async () => {
    const { tab, proxy, recorded } = await setUp({ keys: false })
    const { id } = await tab.act()
    let isBroken = false
    const { put } = IDBObjectStore.prototype
    // From the moment on when it is to be marked.
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: InstanceType<typeof IDBObjectStore>,
      value,
      key,
    ) {
      isBroken ||= 'event' in value
      if (isBroken) throw new DOMException('broken', 'UnknownError')
      return put.call(this, value, key)
    })
    tab.flusher.flush(0, true)
    await pass(2_000)
    expect(recorded()).toEqual([id])
    vi.restoreAllMocks()
    proxy.restart()
    await pass(PAUSE_MS)
    tab.flusher.flush(0, true)
    await pass(5_000)
    expect(recorded()).toEqual([id])
    expect(proxy.batches.length).toBeGreaterThan(1)
  })

  it('is not counted twice among what had to go, though the count found no room', async () => {
    const { tab } = await setUp()
    for (let count = 0; count < 10; count++) await tab.act()
    fillStorage()
    await tab.act()
    const gone = 11 - (await tab.queue.keys()).length
    await tab.state.update()
    expect(tab.state.get().evicted).toEqual({ page_view: gone, response: 0 })
  })
})

describe('a draft of two tabs', () => {
  it('becomes one event, though storage breaks once as the first tab decides', async () => {
    const { device, tab } = await setUp()
    const other = await device.openTab()
    const start = { who: '', ticket: 't', originUrl: 'https://shop.example/' }
    const [drafts, { id }] = await openDraft(tab.store, 's|draft||', start)
    const [same] = await openDraft(other.store, 's|draft||', start)
    breakOnePut()
    const base = { v: 1, id, ticket: 't', at: 1 } as const
    const made = await Promise.all([
      drafts.finish(() => ({ ...base, type: 'response', score: 9, origin_url: start.originUrl })),
      same.finish(() => ({ ...base, type: 'decline', origin_url: start.originUrl })),
    ])
    expect(made.filter(Boolean)).toHaveLength(1)
  })
})

describe('what this page has seen happen', () => {
  it('is sent as the page goes, though the database is away', async () => {
    const { tab, recorded } = await setUp()
    const { id } = await tab.act()
    breakStorage('getAllKeys')
    await tab.queue.keys()
    tab.close()
    await pass(1_000)
    expect(recorded()).toEqual([id])
  })

  it('comes back after another page has deleted the database, though that was away before', async () => {
    const { device, tab } = await setUp()
    await tab.act()
    const heal = breakStorage('getAllKeys')
    await tab.queue.keys()
    heal()
    await pass(PAUSE_MS)
    await tab.state.update()
    indexedDB.deleteDatabase(device.name)
    await pass(1_000)
    expect(await keysIn(tab, '2|')).toHaveLength(1)
  })
})
