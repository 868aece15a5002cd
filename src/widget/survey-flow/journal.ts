import type { DeliveryEvent } from '../../wire/delivery.js'
import { encode } from '../boot/platform.js'

export interface JournalEntry {
  event: DeliveryEvent
  isSettled: boolean
  /** The response that a score would make as it stands: the visitor has not sent it. */
  isDraft?: true
}

/** An answer between the click and its put, in localStorage: the one write that survives a renderer's crash at once. */
export interface Journal {
  /** @returns what to drop it by */
  write(entry: JournalEntry): string
  read(): JournalEntry | undefined
  /** @param written nothing but this */
  drop(written?: string): void
}

export function createJournal(key: string): Journal {
  const guarded = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch {
      // Storage is blocked or full, or the entry is not ours: then the put alone has to do.
      return undefined
    }
  }
  return {
    write: entry => {
      const text = encode(entry)
      guarded(() => localStorage.setItem(key, text))
      return text
    },
    read: () => {
      const found = guarded(() => JSON.parse(localStorage.getItem(key) ?? 'null'))
      return found?.event?.id ? found : undefined
    },
    drop: written =>
      guarded(() => {
        if (!written || localStorage.getItem(key) === written) localStorage.removeItem(key)
      }),
  }
}
