import { encode } from '../boot/platform.js'

/** Where page views lie that no database had as their page went: `localStorage` is the one store that a page has time for then. */
export const unsavedKey = (name: string): string => `${name}:unsaved`

/** Keeps them beside those that earlier pages left. */
export function saveUnsaved(name: string, events: { key?: string; stored?: unknown }[]): void {
  try {
    for (const { key, stored } of events) {
      if (!stored) continue
      const earlier = localStorage[unsavedKey(name)]
      localStorage[unsavedKey(name)] = `${earlier ? `${earlier},` : ''}[${encode(key)},${encode(stored)}]`
    }
  } catch {
    // Storage is blocked or full, or something else lies there, which the courier removes: the page's last request has to do.
  }
}

export function dropUnsaved(name: string): void {
  try {
    localStorage.removeItem(unsavedKey(name))
  } catch {
    // Storage is blocked: nothing was kept there.
  }
}
