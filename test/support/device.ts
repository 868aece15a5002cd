import { randomUUID } from 'node:crypto'
import { createEmitter, type Emitter } from '../../src/widget/boot/emitter.js'
import { createClock } from '../../src/widget/courier/event-time.js'
import { createFlusher, type Flusher } from '../../src/widget/courier/flusher.js'
import { createLock } from '../../src/widget/courier/lock.js'
import { createQueue, type Queue } from '../../src/widget/courier/queue.js'
import { makeRoom } from '../../src/widget/courier/quota.js'
import { createState, type SharedState } from '../../src/widget/courier/state-store.js'
import { createStore, type Store } from '../../src/widget/courier/store.js'
import type { Batch, DeliveryEvent } from '../../src/wire/delivery.js'
import type { FakeProxy } from './fake-proxy.js'

const LATENCY_MS = 40

/** A tab with all of the core that delivers, and nothing else. */
export interface DeviceTab {
  store: Store
  state: SharedState
  queue: Queue
  flusher: Flusher
  emitter: Emitter
  /** Who is here: an e-mail, or the empty string. */
  who: string
  /** Does something as the widget does. Resolves when it is stored. */
  act(more?: Partial<DeliveryEvent>): Promise<DeliveryEvent>
  /** Nothing of it goes on: no callback, no write, no timer. What it has sent is on its way. */
  crash(): void
  /** As the browser does it: `pagehide` first. */
  close(): void
}

/** One browser profile. Its tabs share the global `indexedDB`, and reach the proxy through the global `fetch`. */
export interface Device {
  /** Of its database. */
  name: string
  openTab(who?: string): Promise<DeviceTab>
  /** For `vi.stubGlobal('fetch', …)`. */
  fetch: typeof fetch
}

const forever = new Promise<never>(() => undefined)

export function createDevice(proxy: FakeProxy, { name = randomUUID() as string } = {}): Device {
  const tabs = new Map<string, { isAlive: boolean }>()

  const wait = (ms: number, signal: AbortSignal | null | undefined) =>
    new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
      setTimeout(resolve, ms)
    })

  const fetchAs = async (life: { isAlive: boolean }, init: RequestInit): Promise<Response> => {
    if (!life.isAlive) return forever
    const { network } = proxy
    if (network === 'mute') await wait(3_600_000, init.signal)
    const batch = JSON.parse(String(init.body)) as Batch
    const refusal = Number(network) || proxy.refuse(batch)
    // At once: whatever happens to the tab from here on, the request has left it.
    const isTaken = !refusal && (network === 'up' || network === 'lossy')
    const answer = isTaken ? proxy.take(batch) : undefined
    await wait(LATENCY_MS, init.signal)
    if (!life.isAlive) return forever
    if (network === 'down' || network === 'lossy') throw new TypeError('Failed to fetch')
    return answer ? new Response(JSON.stringify(answer)) : new Response('no', { status: refusal || 502 })
  }

  return {
    name,
    fetch: (url, init = {}) => {
      const life = tabs.get(new URL(String(url)).pathname)
      return life ? fetchAs(life, init) : forever
    },
    async openTab(who = '') {
      const life = { isAlive: true }
      const path = `/${tabs.size}`
      tabs.set(path, life)
      /** What a dead tab would do next does not happen. */
      const mortal = <T>(work: Promise<T>): Promise<T> =>
        work.then(
          value => (life.isAlive ? value : forever),
          error => (life.isAlive ? Promise.reject(error) : forever),
        )

      const emitter = createEmitter({})
      const real = createStore(name, () => {
        tab.state.restore()
        tab.queue.restore()
      })
      const store: Store = {
        hasUnpersisted: real.hasUnpersisted,
        keys: () => (life.isAlive ? mortal(real.keys()) : forever),
        get: key => (life.isAlive ? mortal(real.get(key)) : forever),
        write: (...args) => (life.isAlive ? mortal(real.write(...args)) : forever),
        update: (...args) => (life.isAlive ? mortal(real.update(...args)) : forever),
      }
      const state = createState(store)
      const queue: Queue = createQueue(store, emitter, () => makeRoom({ queue, state, emitter }))
      const clock = createClock()
      const flusher = createFlusher({
        url: `https://site.example${path}`,
        queue,
        state,
        clock,
        emitter,
        withLock: createLock(name, state),
        identityHash: () => tab.who,
        isAllowed: () => life.isAlive,
        onOwnerless: () => undefined,
        onProblem: () => undefined,
        request: () => ({}),
        claim: () => ({ anonymous_id: 'nobody', ...(tab.who && { email: tab.who }) }),
      })
      const tab: DeviceTab = {
        store,
        state,
        queue,
        flusher,
        emitter,
        who,
        async act(more) {
          const moment = clock.moment()
          const ticket = state.get().known[tab.who]?.ticket
          const event = {
            v: 1,
            id: randomUUID(),
            type: 'page_view',
            at: Math.floor(moment.atMs / 1_000),
            url: `https://site.example/${randomUUID()}`,
            ...(ticket && { ticket }),
            ...more,
          } as DeliveryEvent
          await flusher.add(event, moment)
          return event
        },
        crash() {
          life.isAlive = false
        },
        close() {
          flusher.flushOnPageHide()
          tab.crash()
        },
      }
      await state.update()
      return tab
    },
  }
}
