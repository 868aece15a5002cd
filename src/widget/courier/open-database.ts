import { nowMs } from '../boot/platform.js'
import { connect, OBJECT_STORE, within } from '../storage/database.js'

const OPEN_MS = 2_000
const TRANSACTION_MS = 5_000
const TRIES = 3
const PAUSE_MS = 60_000

/**
 * One transaction, for reading and writing. Resolves with undefined where IndexedDB is blocked, hangs or breaks; rejects
 * where storage is full, and only then.
 */
export type Transact = <T>(work: (store: IDBObjectStore) => Promise<T>) => Promise<T | undefined>

/**
 * A database that survives what happens in a page's life: an open() that fails once or hangs (Safari 14,
 * https://bugs.webkit.org/show_bug.cgi?id=226547), a connection that the browser closes, and another tab that deletes the
 * database. What fails is tried three times on a new connection; then IndexedDB is left alone for a minute.
 *
 * @param onDeleted another tab, or the browser at the site's wish (`Clear-Site-Data`), deletes the database, or may have:
 *   what this page still knows may be written anew
 */
export function openDatabase(name: string, onDeleted: () => void): Transact {
  let opening: Promise<IDBDatabase> | undefined
  let pausedUntilMs = 0
  let wasOpen = false
  const reset = () => {
    opening = undefined
  }
  const open = async () => {
    // Where it was deleted, an event of the connection need not have said so.
    const database = await within(
      OPEN_MS,
      connect(name, () => wasOpen && onDeleted()),
    )
    wasOpen = true
    database.onclose = database.onversionchange = () => {
      wasOpen = false
      database.close()
      reset()
      onDeleted()
    }
    return database
  }
  return async work => {
    for (let tries = TRIES; tries-- && nowMs() >= pausedUntilMs; ) {
      opening ??= open()
      try {
        const transaction = (await opening).transaction(OBJECT_STORE, 'readwrite')
        return await within(TRANSACTION_MS, work(transaction.objectStore(OBJECT_STORE)))
      } catch (error) {
        if ((error as Error | undefined)?.name === 'QuotaExceededError') throw error
        reset()
        if (!tries) pausedUntilMs = nowMs() + PAUSE_MS
      }
    }
    return undefined
  }
}
