import { delMany, getMany, keys, setMany, type UseStore, update } from 'idb-keyval'

const OBJECT_STORE = 'e'
const OPEN_MS = 2_000
const TRANSACTION_MS = 5_000
const TRIES = 3
const PAUSE_MS = 60_000

/**
 * What the queue asks of storage. Every method settles; none but `setMany` ever rejects: where IndexedDB is blocked,
 * hangs or breaks, memory serves for this page, and what it holds moves over once IndexedDB works again.
 */
export interface Store {
  /** All keys, sorted. */
  keys(): Promise<string[]>
  getMany(keys: string[]): Promise<unknown[]>
  /** All entries or none. @throws QuotaExceededError, the one failure that the caller can do something about */
  setMany(entries: [key: string, value: unknown][]): Promise<void>
  /** Keeps entries in memory, where storage is full even after making room. */
  remember(entries: [key: string, value: unknown][]): void
  delMany(keys: string[]): Promise<void>
  /** Reads and writes in one transaction, so that of two tabs only one can be first. */
  update<T>(key: string, change: (old: T | undefined) => T): Promise<void>
}

const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error('IndexedDB timed out')), ms)),
  ])

/**
 * A `UseStore` for idb-keyval that survives what happens to a database in a page's life: an open() that fails once or
 * hangs (Safari 14, https://bugs.webkit.org/show_bug.cgi?id=226547), a connection that the browser closes, and
 * another tab that deletes the database.
 *
 * @param onDeleted another tab deletes the database; what this page still knows may be written anew
 */
function openDatabase(name: string, onDeleted: () => void): UseStore {
  let opening: Promise<IDBDatabase> | undefined
  const reset = () => {
    opening = undefined
  }
  const open = () =>
    (opening ??= within(
      OPEN_MS,
      new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name)
        request.onupgradeneeded = () => request.result.createObjectStore(OBJECT_STORE)
        request.onerror = () => reject(request.error)
        request.onsuccess = () => {
          const database = request.result
          database.onclose = reset
          database.onversionchange = () => {
            database.close()
            reset()
            onDeleted()
          }
          resolve(database)
        }
      }),
    ).catch(error => {
      reset()
      throw error
    }))
  const attempt: UseStore = (mode, callback) =>
    open().then(database =>
      within(
        TRANSACTION_MS,
        Promise.resolve(callback(database.transaction(OBJECT_STORE, mode).objectStore(OBJECT_STORE))),
      ),
    )
  return (mode, callback) =>
    attempt(mode, callback).catch(error => {
      // The connection was closed between our look at it and the transaction.
      if (error?.name !== 'InvalidStateError') throw error
      reset()
      return attempt(mode, callback)
    })
}

export function createStore(name: string, onDeleted: () => void): Store {
  const database = openDatabase(name, onDeleted)
  const memory = new Map<string, unknown>()
  let pausedUntilMs = 0

  /** Tries IndexedDB three times, then leaves it alone for a minute. */
  const attempt = async <T>(work: () => Promise<T>, instead: () => T): Promise<T> => {
    for (let tries = 1; performance.now() >= pausedUntilMs; tries++) {
      try {
        const result = await work()
        if (memory.size) await moveToDatabase()
        return result
      } catch (error) {
        if ((error as Error)?.name === 'QuotaExceededError') throw error
        if (tries === TRIES) pausedUntilMs = performance.now() + PAUSE_MS
      }
    }
    return instead()
  }

  const moveToDatabase = async () => {
    const entries = [...memory]
    try {
      await setMany(entries, database)
      for (const [key, value] of entries) if (memory.get(key) === value) memory.delete(key)
    } catch {
      // Still full or broken: memory keeps it, and the next success tries again.
    }
  }

  const remember = (entries: [string, unknown][]) => {
    for (const [key, value] of entries) memory.set(key, value)
  }

  return {
    remember,
    keys: async () => {
      const stored = await attempt(
        () => keys<string>(database),
        () => [],
      )
      return [...new Set([...stored, ...memory.keys()])].filter(key => typeof key === 'string').sort()
    },
    getMany: wanted =>
      attempt(
        () => getMany(wanted, database),
        () => [],
      ).then(found => wanted.map((key, index) => (memory.has(key) ? memory.get(key) : found[index]))),
    setMany: entries =>
      attempt(
        () => setMany(entries, database),
        () => remember(entries),
      ),
    delMany: unwanted => {
      for (const key of unwanted) memory.delete(key)
      return attempt(
        () => delMany(unwanted, database),
        () => undefined,
      )
    },
    update: async <T>(key: string, change: (old: T | undefined) => T) => {
      const inMemory = () => {
        memory.set(key, change(memory.get(key) as T | undefined))
      }
      try {
        await attempt(() => update<T>(key, change, database), inMemory)
      } catch {
        // Full: a small record like this lives in memory until there is room.
        inMemory()
      }
    },
  }
}
