import { DATABASE } from './database.js'

/** An event that waits on this device. */
export interface Waiting {
  id: string
  /** Time of the act, as this device prints it. */
  at: string
  what: string
}

const OBJECT_STORE = 'e'
/** An event's key begins with its priority, a digit. */
const EVENT_KEYS = IDBKeyRange.bound('0', ':')

interface Stored {
  event: { id: string; type: string; at: number; url?: string; score?: number }
}

const request = <T>(pending: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    pending.onsuccess = () => resolve(pending.result)
    pending.onerror = () => reject(pending.error)
  })

const describe = ({ type, url = '', score }: Stored['event']): string => {
  if (type === 'page_view') return `page view of ${new URL(url, location.href).pathname}`
  return type === 'response' ? `answer, ${score}` : type === 'decline' ? 'refusal' : 'opt-out'
}

/**
 * What stands in IndexedDB, read from IndexedDB itself rather than asked of the widget, so that the console shows what a
 * crash would leave.
 */
export async function readWaiting(): Promise<Waiting[]> {
  // To open a database that is not there yet would make it, without the widget's object store.
  const databases = await indexedDB.databases()
  if (!databases.some(({ name }) => name === DATABASE)) return []
  const database = await request(indexedDB.open(DATABASE))
  try {
    const store = database.transaction(OBJECT_STORE).objectStore(OBJECT_STORE)
    const stored = (await request(store.getAll(EVENT_KEYS))) as Stored[]
    return stored.map(({ event }) => ({
      id: event.id,
      at: new Date(event.at * 1_000).toLocaleTimeString('en-GB'),
      what: describe(event),
    }))
  } finally {
    database.close()
  }
}
