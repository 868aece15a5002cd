import { describe, expect, it } from 'vitest'
import { deleteDatabase, putRecords } from '../support/in-page-database.js'
import { passInSteps } from '../support/pass-in-steps.js'
import { UNAVAILABLE } from '../support/relay.js'
import type { Scene, Tab } from '../support/scene.js'
import { useStage } from '../support/stage.js'

const stage = useStage()

/** A tab with the fault in each of its pages from the start. */
const openTab = async (scene: Scene, fault: () => void): Promise<Tab> => {
  const tab = await scene.newTab()
  await tab.page.addInitScript(fault)
  await tab.open('/first')
  return tab
}

/** `indexedDB.open` never settles as long as the page's `isHanging` is true. */
const hang = () => {
  const { open } = IDBFactory.prototype
  const page = Object.assign(window, { isHanging: true })
  IDBFactory.prototype.open = function (this: IDBFactory, ...args) {
    return page.isHanging ? ({} as IDBOpenDBRequest) : open.apply(this, args)
  }
}

const failOnce = () => {
  const { open } = IDBFactory.prototype
  IDBFactory.prototype.open = () => {
    IDBFactory.prototype.open = open
    const request = { error: new DOMException('broken', 'UnknownError') } as IDBOpenDBRequest
    queueMicrotask(() => request.onerror?.(new Event('error')))
    return request
  }
}

/** Lends the page's connection to the test. */
const lendConnection = () => {
  const { open } = IDBFactory.prototype
  IDBFactory.prototype.open = function (this: IDBFactory, ...args) {
    const request = open.apply(this, args)
    request.addEventListener('success', () => Object.assign(window, { connection: request.result }))
    return request
  }
}

/** There is no room for anything; with `answersOnly`, none for answers, until something is deleted. */
const fillUp = (answersOnly?: unknown) => {
  let isFull = true
  const { put, delete: remove } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, value, key) {
    const request = put.call(this, value, key)
    if (!isFull || (answersOnly && !String(key).startsWith('1|'))) return request
    const { transaction } = this
    Object.defineProperty(transaction, 'error', { value: new DOMException('full', 'QuotaExceededError') })
    // The browser finds out when it writes.
    transaction.commit = () => undefined
    request.addEventListener('success', () => transaction.abort())
    return request
  }
  IDBObjectStore.prototype.delete = function (this: IDBObjectStore, key) {
    isFull = !answersOnly
    return remove.call(this, key)
  }
}

const block = () => {
  for (const name of ['indexedDB', 'localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException('denied', 'SecurityError')
      },
    })
}

describe('IndexedDB', () => {
  it('open hangs: memory serves the page, and what waits there moves over when it opens again', async () => {
    const scene = await stage.scene()
    const { context, site, stored, allArrived } = scene
    await context.clock.install()
    const tab = await openTab(scene, hang)
    await allArrived()
    site.fault = 'refuse'
    await tab.views('/in-memory/', 3)
    expect((await stored()).waiting).toEqual([])
    await tab.page.evaluate('isHanging = false')
    // IndexedDB is left alone for a minute before it is tried again.
    await passInSteps(tab.page, 120_000)
    await expect.poll(async () => (await stored()).waiting.length).toBe(3)
    await tab.crash()
    site.fault = undefined
    await (await scene.newTab()).open('/next')
    await allArrived()
  })

  it('open hangs, offline, and the pages go: the next one that has a database delivers', async () => {
    const scene = await stage.scene()
    const { site, newTab, allArrived } = scene
    const tab = await openTab(scene, hang)
    await allArrived()
    site.fault = 'refuse'
    await tab.views('/in-memory/', 3)
    await tab.reload()
    await tab.views('/again/', 3)
    await tab.page.close()
    site.fault = undefined
    await (await newTab()).open('/next')
    await allArrived()
  })

  it('fails once: nothing of it is felt', async () => {
    const scene = await stage.scene()
    const tab = await openTab(scene, failOnce)
    scene.site.fault = 'refuse'
    await tab.views('/felt/', 3)
    await expect.poll(async () => (await scene.stored()).waiting.length).toBeGreaterThan(2)
    scene.site.fault = undefined
    await tab.answer(7, 'as ever')
    await scene.allArrived()
  })

  it('is deleted by another tab: what this page still knows is written anew', async () => {
    const scene = await stage.scene()
    const { site, newTab, stored, beside, allArrived } = scene
    const tab = await newTab()
    await tab.open('/first')
    await tab.page.getByRole('radio').first().waitFor()
    await allArrived()
    site.fault = 'refuse'
    await tab.views('/deleted/', 5)
    await tab.answer(9, 'deleted')
    await beside(deleteDatabase, 'zeroten:/zeroten')
    await expect.poll(async () => (await stored()).waiting.length).toBe(6)
    await tab.crash()
    site.fault = undefined
    await (await newTab()).open('/next')
    await allArrived()
  })

  it('is closed by the browser: the next transaction opens it again', async () => {
    const scene = await stage.scene()
    const { site, stored, allArrived } = scene
    const tab = await openTab(scene, lendConnection)
    await allArrived()
    site.fault = 'refuse'
    for (const isTold of [true, false]) {
      await tab.page.evaluate(isTold => {
        const { connection } = window as unknown as { connection: IDBDatabase }
        connection.close()
        if (isTold) connection.dispatchEvent(new Event('close'))
      }, isTold)
      await tab.view(`/closed/${isTold}`)
    }
    await expect.poll(async () => (await stored()).waiting.length).toBe(2)
    site.fault = undefined
    await tab.hearOnline()
    await allArrived()
  })

  it('quota exceeded: 50 page views make room for the answer, and their going is told', async () => {
    const scene = await stage.scene()
    const { acts, site, stored, allArrived } = scene
    const tab = await scene.newTab()
    await tab.open('/first')
    await tab.page.getByRole('radio').first().waitFor()
    await allArrived()
    site.fault = UNAVAILABLE
    await tab.views('/shed/', 50)
    await tab.views('/stays/', 60)
    await expect.poll(async () => (await stored()).waiting.length).toBe(110)
    await tab.page.evaluate(fillUp, 'answersOnly')
    await tab.answer(10, 'found room')
    expect((await stored()).waiting.length).toBeLessThan(111)
    // A flush that had taken some of them to send just then brings these all the same.
    for (const act of acts) act.isUncertain = act.type === 'page_view' && act.path.startsWith('/shed/')
    const before = site.batches.length
    site.fault = undefined
    await tab.hearOnline()
    await allArrived()
    expect(site.batches[before]?.evicted).toEqual({ page_view: 50, response: 0 })
  })

  it('quota exceeded for everything: memory serves, and the journal keeps the answer over a crash', async () => {
    const scene = await stage.scene()
    const { acts, site, stored, allArrived } = scene
    const tab = await openTab(scene, fillUp)
    await tab.page.getByRole('radio').first().waitFor()
    await tab.view('/from-memory')
    await allArrived()
    site.fault = 'refuse'
    await tab.answer(5, 'in the journal')
    expect((await stored()).waiting).toEqual([])
    await tab.crash()
    site.fault = undefined
    await (await scene.newTab()).open('/next')
    await allArrived()
    expect(acts).toHaveLength(4)
  })

  it('blocked altogether, as localStorage is: everything arrives while the page lives', async () => {
    const scene = await stage.scene()
    const tab = await openTab(scene, block)
    await tab.views('/blocked/', 3)
    await tab.answer(6, 'from memory')
    scene.site.fault = 'refuse'
    await tab.view('/blocked/later')
    scene.site.fault = undefined
    await tab.hearOnline()
    await scene.allArrived()
  })
})

describe('corrupt and foreign records in the store', () => {
  it('stop nothing: events that are none become dead letters, the rest is left alone', async () => {
    const scene = await stage.scene()
    const { newTab, beside, allArrived } = scene
    const tab = await newTab()
    await tab.open('/first')
    await allArrived()
    const key = (id: string, priority = 2) => `${priority}|${Date.now()}|1|${id}|99`
    const corrupt: [string, unknown][] = [
      [key('text'), 'a text'],
      [key('null', 1), null],
      [key('empty'), { event: null }],
      [key('another'), { event: { id: 'somebody' } }],
      [key('half', 1), { event: { id: 'half', type: 'response' }, who: '' }],
    ]
    await beside(putRecords, [
      ...corrupt,
      ['s', 'no state'],
      ['s|draft||', 'no draft'],
      ['x|0', 7],
      ['x|theirs', { reason: 'foreign' }],
      ['foreign', { some: 'thing' }],
    ])
    await tab.page.evaluate(() => localStorage.setItem('zeroten:/zeroten', '{"no": journal'))
    await tab.open('/after')
    await tab.views('/after/', 3)
    await allArrived({ dead: corrupt.length + 1 })
    await tab.open('/later')
    await tab.answer(9, 'in spite of it')
    await allArrived({ dead: corrupt.length + 1 })
  })
})
