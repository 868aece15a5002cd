import { promisifyRequest, type UseStore } from 'idb-keyval'

const OBJECT_STORE = 'e'
const OPEN_MS = 2_000
const TRANSACTION_MS = 5_000

const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
  Promise.race([work, new Promise<never>((_, reject) => setTimeout(reject, ms))])

/**
 * idb-keyval's `UseStore`, for a database that survives what happens in a page's life: an open() that fails once or
 * hangs (Safari 14, https://bugs.webkit.org/show_bug.cgi?id=226547), a connection that the browser closes, and another
 * tab that deletes the database.
 *
 * @param onDeleted another tab deletes the database: what this page still knows may be written anew
 */
export function openDatabase(name: string, onDeleted: () => void): UseStore {
  let opening: Promise<IDBDatabase> | undefined
  const reset = () => {
    opening = undefined
  }
  const open = async () => {
    const request = indexedDB.open(name)
    request.onupgradeneeded = () => request.result.createObjectStore(OBJECT_STORE)
    const database = await within(OPEN_MS, promisifyRequest(request))
    database.onclose = reset
    database.onversionchange = () => {
      database.close()
      reset()
      onDeleted()
    }
    return database
  }
  return async (mode, callback) => {
    for (let isRetry = false; ; isRetry = true) {
      opening ??= open()
      try {
        const transaction = (await opening).transaction(OBJECT_STORE, mode)
        return await within(TRANSACTION_MS, Promise.resolve(callback(transaction.objectStore(OBJECT_STORE))))
      } catch (error) {
        // One retry: the connection may have been closed between our look at it and the transaction.
        if (isRetry || (error as Error | undefined)?.name === 'QuotaExceededError') throw error
        reset()
      }
    }
  }
}
