import { promisifyRequest } from 'idb-keyval'
import { openDatabase } from './database.js'

export type Entry = readonly [key: string, value: unknown]

/**
 * What the queue asks of storage. Every method settles and none rejects: where IndexedDB is blocked, hangs, breaks or is
 * full, memory serves for this page, and what it holds moves over once IndexedDB works again.
 */
export interface Store {
  /** All keys, sorted. */
  keys(): Promise<string[]>
  get(key: string): Promise<unknown>
  /** Whether there is something that memory alone has. */
  isVolatile(): boolean
  /** Puts and deletes in one transaction. @param makeRoom called where storage is full; then it is tried once more */
  write(entries: Entry[], unwanted?: string[], makeRoom?: () => Promise<void>): Promise<void>
  /** Reads and writes in one transaction, so that of two tabs only one can be first. */
  update<T>(key: string, change: (old: T | undefined) => T): Promise<void>
}

export function createStore(name: string, onDeleted: () => void): Store {
  const transact = openDatabase(name, onDeleted)
  /** What the database does not have yet: always newer than what it has. */
  const memory = new Map<string, unknown>()

  const write: Store['write'] = async (entries, unwanted = [], makeRoom) => {
    for (const key of unwanted) memory.delete(key)
    for (const [key, value] of entries) memory.set(key, value)
    const attempt = () =>
      transact(async store => {
        for (const [key, value] of entries) store.put(value, key)
        for (const key of unwanted) store.delete(key)
        // By itself it commits when the page has heard of each request; a page that goes before that would lose it all.
        store.transaction.commit?.()
        await promisifyRequest(store.transaction)
        for (const [key, value] of entries) if (memory.get(key) === value) memory.delete(key)
      })
    try {
      await attempt().catch(async () => {
        await makeRoom?.()
        await attempt()
      })
    } catch {
      // Where there is no room, it goes on living in memory.
    }
  }

  return {
    write,
    isVolatile: () => memory.size > 0,
    keys: async () => {
      // The database may work again.
      if (memory.size) await write([...memory])
      const stored = (await transact(store => promisifyRequest(store.getAllKeys()))) ?? []
      return [...new Set([...stored, ...memory.keys()].map(String))].sort()
    },
    get: async key => memory.get(key) ?? transact<unknown>(store => promisifyRequest(store.get(key))),
    update: async <T>(key: string, change: (old: T | undefined) => T) => {
      const isStored = await transact(async store => {
        const request = store.get(key)
        request.onsuccess = () => store.put(change((memory.get(key) as T) ?? request.result), key)
        await promisifyRequest(store.transaction)
        memory.delete(key)
        return true
      }).catch(() => false)
      if (!isStored) memory.set(key, change(memory.get(key) as T | undefined))
    },
  }
}
