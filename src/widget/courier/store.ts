import { promisifyRequest } from 'idb-keyval'
import { committed } from '../storage/database.js'
import { openDatabase, type Transact } from './open-database.js'

export type Entry = readonly [key: string, value: unknown]

/** @param isAway the database is: then `old` is what this page changed it to meanwhile, if it did */
export type Change<T> = (old: T | undefined, isAway?: boolean) => T

/**
 * What the queue asks of storage. Every method settles and none rejects: where IndexedDB is blocked, hangs, breaks or is
 * full, memory serves for this page, and what it holds moves over once IndexedDB works again.
 */
export interface Store {
  /** All keys, sorted; undefined where they can't be read just now. */
  keys(): Promise<string[] | undefined>
  get(key: string): Promise<unknown>
  /** Whether there is something that memory alone has. @param key something under this one. @default under any */
  hasUnpersisted(key?: string): boolean
  /** Puts and deletes in one transaction. @param makeRoom called where storage is full; then it is tried once more */
  write(entries: Entry[], unwanted?: string[], makeRoom?: () => Promise<void>): Promise<void>
  /**
   * Reads and writes in one transaction, so that of two tabs only one can be first. A change that can't be stored is made
   * to what memory has, and once more to what the database has when that works again.
   */
  update<T>(key: string, change: Change<T>): Promise<void>
}

/** The database, and what it does not have yet. */
interface Parts {
  transact: Transact
  /** Always newer than what the database has. */
  memory: Map<string, unknown>
  /** The changes that made what is in memory of what was updated. */
  missed: Map<string, Change<unknown>[]>
}

async function write(
  { transact, memory, missed }: Parts,
  entries: Entry[],
  unwanted: string[],
  makeRoom?: () => Promise<void>,
): Promise<void> {
  for (const key of unwanted) for (const map of [memory, missed]) map.delete(key)
  for (const [key, value] of entries) memory.set(key, value)
  const attempt = () =>
    transact(async store => {
      // What was removed since is not put back.
      for (const [key, value] of entries) if (memory.get(key) === value) store.put(value, key)
      for (const key of unwanted) store.delete(key)
      // By itself it commits when the page has heard of each request; a page that goes before that would lose it all.
      store.transaction.commit?.()
      await committed(store.transaction)
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

async function update(
  { transact, memory, missed }: Parts,
  key: string,
  ...changes: Change<unknown>[]
): Promise<void> {
  let count = 0
  const isStored = await transact(async store => {
    const request = store.get(key)
    request.onsuccess = () => {
      // Not before this one's turn: whether an earlier transaction of this page is stored shows only now.
      const earlier = missed.get(key) ?? []
      count = earlier.length
      try {
        const value = [...earlier, ...changes].reduce((old, change) => change(old), request.result)
        if (value) store.put(value, key)
      } catch {
        // What a callback of IndexedDB throws would reach the page's `window.onerror`.
        store.transaction.abort()
      }
    }
    await committed(store.transaction)
    return true
  }).catch(() => false)
  const earlier = missed.get(key) ?? []
  if (isStored) {
    memory.delete(key)
    missed.set(key, earlier.slice(count))
  } else {
    missed.set(key, [...earlier, ...changes])
    for (const change of changes) memory.set(key, change(memory.get(key), true))
  }
}

export function createStore(name: string, onDeleted: () => void): Store {
  const transact = openDatabase(name, onDeleted)
  const parts: Parts = { transact, memory: new Map(), missed: new Map() }
  const { memory, missed } = parts
  return {
    write: (entries, unwanted = [], makeRoom) => write(parts, entries, unwanted, makeRoom),
    hasUnpersisted: key => (key ? memory.has(key) : memory.size > 0),
    keys: async () => {
      // The database may work again.
      for (const [key, [first]] of [...missed]) if (first) await update(parts, key)
      if (memory.size)
        await write(
          parts,
          [...memory].filter(([key]) => !missed.has(key)),
          [],
        )
      const stored = await transact(store => promisifyRequest(store.getAllKeys()))
      return stored && [...new Set([...stored, ...memory.keys()].map(String))].sort()
    },
    get: async key => memory.get(key) ?? transact<unknown>(store => promisifyRequest(store.get(key))),
    update: (key, change) => update(parts, key, change as Change<unknown>),
  }
}
