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

const put = (store: IDBObjectStore, entries: Entry[], unwanted: string[]): Promise<void> => {
  for (const [key, value] of entries) store.put(value, key)
  for (const key of unwanted) store.delete(key)
  // By itself it commits when the page has heard of each request; a page that goes before that would lose it all.
  store.transaction.commit?.()
  return promisifyRequest(store.transaction)
}

export function createStore(name: string, onDeleted: () => void): Store {
  const transact = openDatabase(name, onDeleted)
  const memory = new Map<string, unknown>()

  /** Moves what memory holds to the database, which may work again. */
  const moveOver = async (entries: Entry[]) =>
    transact(
      'readwrite',
      async store => {
        await put(store, entries, [])
        for (const [key, value] of entries) if (memory.get(key) === value) memory.delete(key)
      },
      () => undefined,
    )

  return {
    isVolatile: () => memory.size > 0,
    keys: async () => {
      // Where it finds no room, it goes on living in memory.
      if (memory.size) await moveOver([...memory]).catch(() => undefined)
      const stored = await transact(
        'readonly',
        store => promisifyRequest(store.getAllKeys()),
        () => [],
      )
      return [...new Set([...stored, ...memory.keys()].map(String))].sort()
    },
    get: async key =>
      memory.get(key) ??
      transact<unknown>(
        'readonly',
        store => promisifyRequest(store.get(key)),
        () => undefined,
      ),
    write: (entries, unwanted = [], makeRoom) => {
      const inMemory = () => {
        for (const [key, value] of entries) memory.set(key, value)
      }
      const attempt = () => transact('readwrite', store => put(store, entries, unwanted), inMemory)
      // Else what memory has of them would win over what is written now.
      for (const key of [...entries.map(([key]) => key), ...unwanted]) memory.delete(key)
      return attempt()
        .catch(async () => {
          await makeRoom?.()
          return attempt()
        })
        .catch(inMemory)
    },
    update: <T>(key: string, change: (old: T | undefined) => T) => {
      const inMemory = () => {
        memory.set(key, change(memory.get(key) as T | undefined))
      }
      return transact(
        'readwrite',
        async store => {
          const request = store.get(key)
          request.onsuccess = () => store.put(change((memory.get(key) as T) ?? request.result), key)
          await promisifyRequest(store.transaction)
          memory.delete(key)
        },
        inMemory,
      ).catch(inMemory)
    },
  }
}
