import { describe, expect, it, vi } from 'vitest'
import { createStore } from '../../../src/widget/courier/store.js'
import { createDevice, type DeviceTab } from '../../support/device.js'
import { createFakeProxy } from '../../support/fake-proxy.js'
import { useFreshDevice } from '../../support/fresh-device.js'
import { pass } from '../../support/virtual-time.js'

useFreshDevice()

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const setUp = async () => {
  const proxy = createFakeProxy({ keys: true })
  const device = createDevice(proxy)
  vi.stubGlobal('fetch', device.fetch)
  return { proxy, device, tab: await device.openTab() }
}

/** Writes over a part of what the tabs share, as a fault of the disk would. */
const corrupt = async ({ store, state }: DeviceTab, part: object) => {
  await store.update('s', () => ({ ...state.get(), ...part }))
}

describe('what the tabs share', () => {
  for (const wrong of [42, '', 'not-a-uuid', null, {}, true])
    it(`gets a new anonymous id where it has ${JSON.stringify(wrong)} for one`, async () => {
      const { device, tab } = await setUp()
      await tab.state.update(() => ({ isOptedOut: true }))
      await corrupt(tab, { anonymousId: wrong })
      const next = await device.openTab()
      expect(next.state.get().anonymousId).toMatch(UUID)
      expect(next.state.get().isOptedOut).toBe(true)
      const last = await device.openTab()
      expect(last.state.get().anonymousId).toBe(next.state.get().anonymousId)
    })

  for (const wrong of ['often', Number.NaN, {}, null])
    it(`does not make a device knock without pause where it has failed ${String(wrong)} times`, async () => {
      const { proxy, device, tab } = await setUp()
      await corrupt(tab, { attempts: wrong })
      proxy.network = 'down'
      let requests = 0
      const { fetch } = device
      vi.stubGlobal('fetch', (...args: Parameters<typeof fetch>) => {
        requests++
        return fetch(...args)
      })
      const next = await device.openTab()
      await next.act()
      next.flusher.flush()
      await pass(30_000)
      expect(requests).toBeGreaterThan(0)
      expect(requests).toBeLessThan(60)
    })
})

describe('an event of an earlier page', () => {
  it('is delivered though nobody can say whose it is', async () => {
    const { proxy, tab } = await setUp()
    const { id } = await tab.act()
    const [key = ''] = (await tab.store.keys())?.filter(name => name.startsWith('2|')) ?? []
    await tab.store.update(key, old => ({ ...(old as object), owner: 7 }))
    tab.flusher.flush()
    await pass(2_000)
    expect(proxy.records.map(({ event }) => event.id)).toEqual([id])
  })
})

describe('an event of an earlier release', () => {
  it('is the visitor’s whom its field `who` names, and waits for them', async () => {
    const { proxy, device, tab } = await setUp()
    tab.who = 'ada@example.com'
    const { id } = await tab.act()
    const [key = ''] = (await tab.store.keys())?.filter(name => name.startsWith('2|')) ?? []
    await tab.store.update(key, old => {
      const { owner, ...rest } = old as { owner: string }
      return { ...rest, who: owner }
    })
    tab.crash()
    const others = await device.openTab('grace@example.com')
    others.flusher.flush()
    await pass(60_000)
    expect(proxy.records).toEqual([])
    const back = await device.openTab('ada@example.com')
    back.flusher.flush()
    await pass(60_000)
    expect(proxy.records.map(({ event, whose }) => [event.id, whose])).toEqual([[id, 'ada@example.com']])
  })
})

describe('a change that throws in the middle of a transaction', () => {
  it('rejects, and does not reach the page', async () => {
    const onError = vi.fn()
    addEventListener('error', onError)
    const store = createStore(crypto.randomUUID(), () => undefined)
    const broken = store.update('s', () => {
      throw new TypeError('broken')
    })
    await expect(broken).rejects.toThrow('broken')
    await store.update<object>('s', () => ({ works: true }))
    expect(await store.get('s')).toEqual({ works: true })
    removeEventListener('error', onError)
    expect(onError).not.toHaveBeenCalled()
  })
})
