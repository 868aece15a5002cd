import type { Scene } from '../support/scene.js'
import type { Device } from './device.js'
import type { Visitor } from './visitor.js'

interface Deleted {
  id: string
  type: string
  /** Of a page view. */
  path: string
  atMs: number
}

/** In a page of the site's origin: deletes the database. Resolves with the events that waited in it. */
const deleteAll = (): Promise<Deleted[]> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onupgradeneeded = () => opening.result.createObjectStore('e')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const database = opening.result
      const waiting: Deleted[] = []
      const transaction = database.transaction('e')
      transaction.objectStore('e').openCursor(IDBKeyRange.bound('1|', '2|~')).onsuccess = ({ target }) => {
        const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result
        if (!cursor) return
        const { id, type, at, url } = cursor.value.event
        waiting.push({ id, type, path: url ? new URL(url).pathname : '', atMs: at * 1_000 })
        cursor.continue()
      }
      transaction.oncomplete = () => {
        database.close()
        const deleting = indexedDB.deleteDatabase('zeroten:/zeroten')
        deleting.onerror = () => reject(deleting.error)
        deleting.onsuccess = () => resolve(waiting)
      }
    }
  })

/**
 * Another page of the origin deletes the widget's database. What pages that are still there have stored must survive it;
 * what was left by pages that are gone, and the draft, may be lost.
 */
export async function deleteDatabase(
  scene: Scene,
  device: Device,
  visitors: readonly Visitor[],
): Promise<void> {
  const page = await scene.context.newPage()
  try {
    await page.goto(`${scene.site.url}/empty.js`)
    const known = new Set((await Promise.all(visitors.map(visitor => visitor.ownIds()))).flat())
    const deleted = await page.evaluate(deleteAll)
    for (const { id, type, path, atMs } of deleted) {
      if (known.has(id)) continue
      for (const act of scene.acts)
        if (
          act.type === type &&
          (act.type === 'page_view' ? act.path === path : Math.abs(act.fromMs - atMs) < 10_000)
        )
          act.isUncertain = true
    }
    for (const draft of device.drafts.values()) draft.isUncertain = true
  } finally {
    await page.close()
  }
}
