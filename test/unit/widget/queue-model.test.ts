import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeliveryEvent } from '../../../src/wire/delivery.js'
import { breakStorage, fillStorage, fillStorageOnce } from '../../support/broken-storage.js'
import { createDevice, type Device, type DeviceTab } from '../../support/device.js'
import { createFakeProxy, type FakeProxy, type NetworkState } from '../../support/fake-proxy.js'
import { fakeTime, pass, turns } from '../../support/virtual-time.js'

const PEOPLE = ['', 'a@example.com', 'b@example.com']
const TABS = 2

beforeEach(fakeTime)
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** The plain array that everything is held against. */
interface Model {
  acts: { id: string; type: DeliveryEvent['type']; who: string; tab: DeviceTab; isStored: boolean }[]
}

interface Real {
  device: Device
  proxy: FakeProxy
  tabs: DeviceTab[]
  evicted: number
  /** Given up for good, and said so. */
  rejected: Set<string>
}

type Command = fc.AsyncCommand<Model, Real>

const tabOf = ({ tabs }: Real, index: number) => tabs[index % TABS] as DeviceTab

const listen = (real: Real, tab: DeviceTab) => {
  tab.emitter.on('evicted', ({ pageViews, answers }) => {
    real.evicted += pageViews + answers
  })
  tab.emitter.on('rejected', ({ id }) => void real.rejected.add(id))
  return tab
}

const command = (name: string, run: (model: Model, real: Real) => Promise<unknown> | unknown): Command => ({
  check: () => true,
  run: async (model, real) => {
    await run(model, real)
  },
  toString: () => name,
})

/** Acts without waiting: whatever comes next may come before it is stored. */
const act = (index: number, type: DeliveryEvent['type']) =>
  command(`${type} in tab ${index}`, (model, real) => {
    const tab = tabOf(real, index)
    const id = crypto.randomUUID()
    const entry = { id, type, who: tab.who, tab, isStored: false }
    model.acts.push(entry)
    const more =
      type === 'response' ? { id, type, score: 9, origin_url: 'https://site.example/' } : { id, type }
    tab.act(more as Partial<DeliveryEvent>).then(() => {
      entry.isStored = true
    })
    if (type !== 'page_view') tab.flusher.flush(0, true)
  })

const replace = (index: number, how: 'crash' | 'close') =>
  command(`${how} of tab ${index}`, async ({ acts }, real) => {
    const tab = tabOf(real, index)
    const { who } = tab
    // What had no place but its memory goes with it.
    if (tab.store.hasUnpersisted()) for (const act of acts) act.isStored &&= act.tab !== tab
    tab[how]()
    real.tabs[index % TABS] = listen(real, await real.device.openTab(who))
  })

/** Until the next such command. */
const storage = (name: string, begin: () => unknown) =>
  command(`storage ${name}`, async () => {
    await turns()
    vi.restoreAllMocks()
    begin()
  })

const STORAGE = {
  fullOnce: storage('is full, and has room once something has made it', () => fillStorageOnce()),
  full: storage('is full', () => fillStorage()),
  unwritable: storage('breaks as it is written', () => fillStorage(() => true, 'broken')),
  unreadable: storage('breaks as it is read', () => breakStorage('get')),
  unlisted: storage('breaks as its keys are listed', () => breakStorage('getAllKeys')),
  well: storage('is well', () => undefined),
}

const index = fc.nat(TABS - 1)
const often = { weight: 4 }
const commandsWith = (storageFaults: Command[]) => [
  fc.oneof(
    {
      ...often,
      arbitrary: fc
        .tuple(index, fc.constantFrom('page_view' as const, 'page_view' as const, 'response' as const))
        .map(args => act(...args)),
    },
    {
      ...often,
      arbitrary: index.map(at =>
        command(`tab ${at} is woken`, (_, real) => tabOf(real, at).flusher.flush(0, true)),
      ),
    },
    {
      ...often,
      arbitrary: fc
        .constantFrom(100, 1_000, 3_000, 50_000)
        .map(ms => command(`${ms} ms pass`, () => pass(ms))),
    },
    {
      weight: 2,
      arbitrary: fc.integer({ min: 1, max: 12 }).map(count => command(`${count} turns`, () => turns(count))),
    },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom<NetworkState[]>('up', 'lossy', 'lossy', 'down', 'mute', 500, 413, 403)
        .map(network =>
          command(`network ${network}`, (_, { proxy }) => {
            proxy.network = network
          }),
        ),
    },
    { weight: 2, arbitrary: fc.constantFrom(...storageFaults) },
    { weight: 2, arbitrary: fc.constant(command('the proxy restarts', (_, { proxy }) => proxy.restart())) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(index, fc.constantFrom('crash' as const, 'close' as const))
        .map(args => replace(...args)),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(index, fc.constantFrom(...PEOPLE)).map(([at, who]) =>
        command(`"${who}" is in tab ${at}`, (_, real) => {
          tabOf(real, at).who = who
        }),
      ),
    },
  ),
]

/** Everyone comes by once more, and the network is well. */
const drain = async (real: Real) => {
  real.proxy.network = 'up'
  // A database that has failed is left alone for a minute.
  if (real.tabs.some(({ store }) => store.hasUnpersisted())) await pass(61_000)
  for (const tab of real.tabs) {
    await tab.store.keys()
    tab.close()
  }
  await pass(60_000)
  for (const who of PEOPLE) {
    const tab = listen(real, await real.device.openTab(who))
    // A lease of a crashed tab has to run out first, and held events have to come due.
    for (let tries = 0; tries < 6; tries++) {
      tab.flusher.flush(0, true)
      await pass(20_000)
    }
    tab.crash()
  }
  const last = await real.device.openTab()
  return ((await last.store.keys()) ?? []).filter(key => /^[12]\|/.test(key))
}

describe.each([
  { keys: true, storageFaults: Object.values(STORAGE) },
  // Where storage takes no mark of a try, and the answer is lost, and the page dies, only a key can tell.
  { keys: false, storageFaults: [STORAGE.fullOnce] },
])('the queue against a plain array, keys: $keys', ({ keys, storageFaults }) => {
  it('delivers every act once, and to whose it is, whatever happens to tabs and network', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commandsWith(storageFaults), { maxCommands: 40 }), async sequence => {
        vi.stubGlobal('indexedDB', new IDBFactory())
        const proxy = createFakeProxy({ keys })
        const device = createDevice(proxy)
        vi.stubGlobal('fetch', device.fetch)
        const model: Model = { acts: [] }
        const real: Real = { device, proxy, tabs: [], evicted: 0, rejected: new Set() }
        for (let count = 0; count < TABS; count++) real.tabs.push(listen(real, await device.openTab()))

        await fc.asyncModelRun(() => ({ model, real }), sequence)
        vi.restoreAllMocks()
        const left = await drain(real)

        const times = (id: string) => proxy.records.filter(({ event }) => event.id === id)
        const lost = model.acts.filter(
          ({ id, isStored }) => isStored && !real.rejected.has(id) && !times(id).length,
        )
        const doubled = model.acts.filter(({ id }) => times(id).length > 1)
        const strays = model.acts.filter(({ id, who }) =>
          times(id).some(({ whose }) => whose !== (who || 'nobody')),
        )
        expect({ left, doubled, strays }).toEqual({ left: [], doubled: [], strays: [] })
        // What had to make room was counted and told, and was no answer. (What is under way meanwhile may arrive.)
        expect(lost.filter(({ type }) => type === 'response')).toEqual([])
        expect(lost.length).toBeLessThanOrEqual(real.evicted)
      }),
      { numRuns: Number(process.env.RUNS ?? 40) },
    )
  }, 120_000)
})
