import { DATABASE } from './database.js'
import { eventWords } from './event-words.js'

/** What waits on this device: an event, or a draft of which nothing was made yet. */
export interface Waiting {
  id: string
  /** Time of the act, as this device prints it. */
  at: string
  what: string
  /** Whose it is: the hash that the widget keeps, the same for the same visitor. */
  owner: string
  isDraft: boolean
}

const OBJECT_STORE = 'e'
/** An event's key begins with its priority, a digit. */
const EVENT_KEYS = IDBKeyRange.bound('0', ':')
const DRAFT_KEYS = IDBKeyRange.bound('s|draft|', 's|draft}')

interface Stored {
  event: { id: string; type: string; at: number; url?: string; score?: number }
  who?: string
  owner?: string
}

interface StoredDraft {
  id?: string
  who?: string
  owner?: string
  score?: number
  text?: string
  touchedMs: number
  final?: object
}

const request = <T>(pending: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    pending.onsuccess = () => resolve(pending.result)
    pending.onerror = () => reject(pending.error)
  })

const describe = ({ type, url, score }: Stored['event']): string => {
  if (url !== undefined) return `${eventWords(type)} of ${new URL(url, location.href).pathname}`
  return score === undefined ? eventWords(type) : `${eventWords(type)}, ${score}`
}

const clockTime = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB')

function draftRow({ id = '', who, owner = who, score, text, touchedMs }: StoredDraft): Waiting {
  const words = text ? `, “${text.length > 40 ? `${text.slice(0, 40)}…` : text}”` : ''
  return {
    id,
    at: clockTime(touchedMs),
    what: `draft of an answer: ${score}${words}`,
    owner: owner ?? '',
    isDraft: true,
  }
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
    const [stored, drafts] = await Promise.all([
      request(store.getAll(EVENT_KEYS)) as Promise<Stored[]>,
      request(store.getAll(DRAFT_KEYS)) as Promise<(StoredDraft | undefined)[]>,
    ])
    const events = stored.map(({ event, who, owner = who }) => ({
      id: event.id,
      at: clockTime(event.at * 1_000),
      what: describe(event),
      owner: owner ?? '',
      isDraft: false,
    }))
    const open = drafts.filter(draft => draft?.id && draft.score !== undefined && !draft.final)
    return [...events, ...open.map(draft => draftRow(draft as StoredDraft))]
  } finally {
    database.close()
  }
}
