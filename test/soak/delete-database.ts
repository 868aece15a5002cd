import type { StoredEvent } from '../../src/widget/courier/queue.js'
import type { DeliveryEvent } from '../../src/wire/delivery.js'
import type { Act } from '../support/compare.js'
import { readRecords } from '../support/in-page-database.js'
import type { Scene } from '../support/scene.js'
import type { Device } from './device.js'
import type { Visitor } from './visitor.js'

/** In a page of the site's origin: deletes the database. Resolves with the events that waited in it, and dead letters. */
const deleteAll = (): Promise<DeliveryEvent[]> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onupgradeneeded = () => opening.result.createObjectStore('e')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const database = opening.result
      const transaction = database.transaction('e')
      const all = transaction.objectStore('e').getAll()
      transaction.oncomplete = () => {
        database.close()
        const deleting = indexedDB.deleteDatabase('zeroten:/zeroten')
        deleting.onerror = () => reject(deleting.error)
        deleting.onsuccess = () => resolve(all.result.flatMap(({ event }) => event ?? []))
      }
    }
  })

/** Of two answers within some seconds nobody can tell which it is. */
const isOf = (act: Act, event: DeliveryEvent) =>
  event.type === 'page_view'
    ? act.type === 'page_view' && act.path === new URL(event.url).pathname
    : act.type === event.type && Math.abs(act.fromMs - event.at * 1_000) < 10_000

/** Longer than a page needs to store its own again. Where it was delivered meanwhile, this is waited for in vain. */
const RESTORED_MS = 3_000

/**
 * Another page of the origin deletes the widget's database. What pages that are still there have stored must survive it,
 * and these live on until they have stored it again; what was left by pages that are gone, and the draft, may be lost.
 */
export async function deleteDatabase(
  scene: Scene,
  device: Device,
  visitors: readonly Visitor[],
  tell: (line: string) => void,
): Promise<void> {
  const page = await scene.context.newPage()
  try {
    await page.goto(`${scene.site.url}/empty.js`)
    const known = new Set((await Promise.all(visitors.map(visitor => visitor.ownIds()))).flat())
    const deleted = await page.evaluate(deleteAll)
    for (const draft of device.drafts.values()) draft.isUncertain = true
    for (const event of deleted) {
      const isKnown = known.has(event.id)
      tell(`deleted, ${isKnown ? 'known to a page' : 'and its page is gone'}: ${JSON.stringify(event)}`)
      if (isKnown) continue
      for (const act of scene.acts) if (isOf(act, event)) act.isUncertain = true
    }
    const awaited = new Set(deleted.map(({ id }) => id).filter(id => known.has(id)))
    const deadlineMs = Date.now() + RESTORED_MS
    while (awaited.size && Date.now() < deadlineMs)
      for (const { event } of (await page.evaluate(readRecords, '')) as Partial<StoredEvent>[])
        if (event) awaited.delete(event.id)
    if (awaited.size) tell(`delivered, or not yet stored again: ${[...awaited].join(' ')}`)
  } finally {
    await page.close()
  }
}
