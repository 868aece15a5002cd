import { IDBObjectStore } from 'fake-indexeddb'
import { vi } from 'vitest'

type Store = InstanceType<typeof IDBObjectStore>

/** What fake-indexeddb makes its requests of. */
interface Transaction {
  _execRequestAsync(request: { operation: () => unknown; source: Store }): EventTarget
  _abort(error: string): void
}

const request = (store: Store, operation: () => unknown) =>
  (store.transaction as unknown as Transaction)._execRequestAsync({ operation, source: store })

/** The put succeeds, and its transaction aborts. */
const putAndAbort = (store: Store, error: string) => {
  const put = request(store, () => undefined)
  put.addEventListener('success', () => (store.transaction as unknown as Transaction)._abort(error))
  return put
}

/** How a put fails: where browsers say that storage is full, and when what they store on breaks. */
const FAULTS = {
  /** Chromium. */
  commit: (store: Store) => putAndAbort(store, 'QuotaExceededError'),
  /** Firefox and WebKit, as the specification has it: the put fails, and so its transaction aborts. */
  request: (store: Store) =>
    request(store, () => {
      throw new DOMException('full', 'QuotaExceededError')
    }),
  broken: (store: Store) => putAndAbort(store, 'UnknownError'),
}

/** As long as `isFull` says so, nothing can be put. @returns how to end it */
export function fillStorage(isFull = () => true, where: keyof typeof FAULTS = 'commit'): () => void {
  const { put } = IDBObjectStore.prototype
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: Store, ...args) {
    return isFull() ? (FAULTS[where](this) as ReturnType<typeof put>) : put.apply(this, args)
  })
  return () => spy.mockRestore()
}

/** The next put finds storage full, and no other. */
export function fillStorageOnce(where?: keyof typeof FAULTS): () => void {
  let left = 1
  return fillStorage(() => left-- > 0, where)
}

/** Nothing can be put until something is deleted. @returns whether it still is so */
export function fillStorageUntilDeleted(where?: keyof typeof FAULTS): () => boolean {
  let isFull = true
  const remove = IDBObjectStore.prototype.delete
  vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (this: Store, ...args) {
    isFull = false
    return remove.apply(this, args)
  })
  fillStorage(() => isFull, where)
  return () => isFull
}

/** Requests of this kind fail. @returns how to end it */
export function breakStorage(method: 'get' | 'getAllKeys'): () => void {
  const spy = vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(() => {
    throw new DOMException('broken', 'UnknownError')
  })
  return () => spy.mockRestore()
}

/** The next put breaks, and no other. */
export const breakOnePut = () => fillStorageOnce('broken')
