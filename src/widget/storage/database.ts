export const OBJECT_STORE = 'e'

/** With a request's time-out it stays below the 20 s for which an event belongs to its own page alone. */
const TIMEOUT_MS = 4_000

/** Resolves with the handler called `done`, rejects with the one called `failed`. */
const settled = <T>(target: IDBRequest<T> | IDBTransaction, done: string, failed: string): Promise<T> =>
  new Promise((resolve, reject) => {
    Object.assign(target, {
      [done]: () => resolve((target as IDBRequest<T>).result),
      [failed]: () => reject(target.error),
    })
  })

/** The `error` event of a request comes by before its transaction knows why it aborts. */
export const committed = (transaction: IDBTransaction): Promise<unknown> =>
  settled(transaction, 'oncomplete', 'onabort')

/** Rejects with undefined after so many milliseconds. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  // Its rejection is heard also where the page has replaced `Promise`, so that there is no race.
  work.catch(() => undefined)
  return Promise.race([work, new Promise<never>((_, reject) => setTimeout(reject, ms))])
}

/** Goes on with a request's result in its transaction. */
export function onSuccess<T>(request: IDBRequest<T>, work: (result: T) => void): void {
  request.onsuccess = () => {
    try {
      work(request.result)
    } catch {
      // What a callback of IndexedDB throws would reach the page's `window.onerror`.
      request.transaction?.abort()
    }
  }
}

/** A connection. @param onCreated the database was none, and is made */
export function connect(name: string, onCreated?: () => unknown): Promise<IDBDatabase> {
  const request = indexedDB.open(name)
  request.onupgradeneeded = () => {
    request.result.createObjectStore(OBJECT_STORE)
    onCreated?.()
  }
  return settled(request, 'onsuccess', 'onerror')
}

/** A database, by transactions. */
export type Transact = (work: (store: IDBObjectStore, isNew: boolean) => void) => Promise<void>

/**
 * The core's database: one connection, opened with the first transaction, since one that must be opened first would lose an
 * event whose page goes within milliseconds. It makes way for another tab that deletes the database.
 *
 * @returns runs a transaction. `work` makes the requests, also in their handlers, and hears whether the database was none
 *   before; rejects where IndexedDB is blocked, hangs, breaks or is full
 */
export function openCoreDatabase(name: string): Transact {
  let opening: Promise<IDBDatabase> | undefined
  let isNew = false
  const open = async () => {
    const database = await connect(name, () => {
      isNew = true
    })
    database.onclose = database.onversionchange = () => {
      database.close()
      opening = undefined
    }
    return database
  }
  const run: Transact = async work => {
    opening ??= open()
    const transaction = (await opening).transaction(OBJECT_STORE, 'readwrite')
    work(transaction.objectStore(OBJECT_STORE), isNew)
    isNew = false
    await committed(transaction)
  }
  return async work => {
    try {
      await within(TIMEOUT_MS, run(work))
    } catch (error) {
      opening = undefined
      throw error
    }
  }
}
