import { promisifyRequest } from 'idb-keyval'
import { openDatabase } from './database.js'

const TRIES = 3
const PAUSE_MS = 60_000

export type Entry = readonly [key: string, value: unknown]

/**
 * What the queue asks of storage. Every method settles, and none but `write` ever rejects: where IndexedDB is blocked,
 * hangs or breaks, memory serves for this page, and what it holds moves over once IndexedDB works again.
 */
export interface Store {
  /** All keys, sorted. */
  keys(): Promise<string[]>
  getMany(keys: string[]): Promise<unknown[]>
  /** Puts and deletes in one transaction. @throws QuotaExceededError: the caller can make room */
  write(entries: Entry[], unwanted?: string[]): Promise<void>
  /** Keeps entries in memory, where storage is full even after making room. */
  remember(entries: Entry[]): void
  /** Reads and writes in one transaction, so that of two tabs only one can be first. */
  update<T>(key: string, change: (old: T | undefined) => T): Promise<void>
}

export function createStore(name: string, onDeleted: () => void): Store {
  const database = openDatabase(name, onDeleted)
  const memory = new Map<string, unknown>()
  let pausedUntilMs = 0

  /** Tries IndexedDB three times, then leaves it alone for a minute. */
  const attempt = async <T>(work: () => Promise<T>, instead: () => T): Promise<T> => {
    for (let tries = TRIES; tries-- && performance.now() >= pausedUntilMs; ) {
      try {
        return await work()
      } catch (error) {
        if ((error as Error | undefined)?.name === 'QuotaExceededError') throw error
        if (!tries) pausedUntilMs = performance.now() + PAUSE_MS
      }
    }
    return instead()
  }

  const put = (entries: Entry[], unwanted: string[]) =>
    database('readwrite', store => {
      for (const [key, value] of entries) store.put(value, key)
      for (const key of unwanted) store.delete(key)
      return promisifyRequest(store.transaction)
    })

  const remember = (entries: Entry[]) => {
    for (const [key, value] of entries) memory.set(key, value)
  }

  /** Moves what memory holds to the database, which works. */
  const moveOver = async () => {
    const entries = [...memory]
    await put(entries, [])
    for (const [key, value] of entries) if (memory.get(key) === value) memory.delete(key)
  }

  return {
    remember,
    keys: async () => {
      const stored = await attempt(
        async () => {
          // A failure is one of space: memory goes on holding it, and the next look tries again.
          if (memory.size) await moveOver().catch(() => undefined)
          return (await database('readonly', store => promisifyRequest(store.getAllKeys()))) as string[]
        },
        () => [],
      )
      return [...new Set([...stored, ...memory.keys()])].filter(key => typeof key === 'string').sort()
    },
    getMany: keys =>
      attempt(
        () => database('readonly', store => Promise.all(keys.map(key => promisifyRequest(store.get(key))))),
        () => [],
      ).then(found => keys.map((key, index) => (memory.has(key) ? memory.get(key) : found[index]))),
    write: (entries, unwanted = []) => {
      for (const key of unwanted) memory.delete(key)
      return attempt(
        () => put(entries, unwanted),
        () => remember(entries),
      )
    },
    update: <T>(key: string, change: (old: T | undefined) => T) => {
      const inMemory = () => {
        memory.set(key, change(memory.get(key) as T | undefined))
      }
      return attempt<void>(
        () =>
          database('readwrite', async store => {
            store.get(key).onsuccess = ({ target }) => {
              const { result } = target as IDBRequest<T | undefined>
              store.put(change(memory.has(key) ? (memory.get(key) as T) : result), key)
            }
            await promisifyRequest(store.transaction)
            memory.delete(key)
          }),
        inMemory,
        // Full: a small record like this lives in memory until there is room.
      ).catch(inMemory)
    },
  }
}
