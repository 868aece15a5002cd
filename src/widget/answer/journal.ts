import type { DeliveryEvent } from '../../wire/delivery.js'

/** An answer between the click and its put, in localStorage: the one write that survives a renderer's crash at once. */
export interface Journal {
  write(event: DeliveryEvent, isSettled: boolean): void
  read(): { event: DeliveryEvent; isSettled: boolean } | undefined
  drop(): void
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
    write: (event, isSettled) =>
      guarded(() => localStorage.setItem(key, JSON.stringify({ event, isSettled }))),
    read: () => {
      const found = guarded(() => JSON.parse(localStorage.getItem(key) ?? 'null'))
      return found?.event?.id ? found : undefined
    },
    drop: () => guarded(() => localStorage.removeItem(key)),
  }
}
