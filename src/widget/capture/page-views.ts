import type { Emitter } from '../boot/emitter.js'
import type { Listen } from '../boot/page-events.js'
import type { PageSlot } from '../boot/page-slot.js'
import type { Settings } from '../settings/settings.js'
import { normalizeUrl } from './page-url.js'

export interface PageViewParts {
  settings: Settings
  emitter: Pick<Emitter, 'guard'>
  listen: Listen
  slot: PageSlot
  signal: AbortSignal
}

/**
 * Calls back for each page view: load, navigation within the document (by the Navigation API where the browser has it, else
 * by `pushState`, `replaceState`, `popstate` and, where hashes are routes, `hashchange`), return from the back/forward cache, activation of a prerendered page, and first visibility of a page
 * that was opened in the background. What happens before anybody sees the page counts once they do, as one.
 *
 * The signal ends it; the history methods get their own back unless somebody wrapped them since
 */
export function onPageView(
  { settings, slot, emitter, listen, signal }: PageViewParts,
  record: (url: string) => void,
): void {
  const isShown = () =>
    document.visibilityState === 'visible' && !(document as { prerendering?: boolean }).prerendering
  let wasShown = false

  const look = (event?: Event) => {
    wasShown ||= isShown()
    const url = normalizeUrl(undefined, settings)
    // A page from the back/forward cache is viewed again, with the address that it had.
    if (!wasShown || (url === slot.url && !(event as PageTransitionEvent | undefined)?.persisted)) return
    slot.url = url
    record(url)
  }
  const view = emitter.guard(look)

  for (const type of ['popstate', 'hashchange', 'pageshow', 'visibilitychange', 'prerenderingchange'])
    listen(type, look)
  const { navigation } = window as { navigation?: EventTarget & { currentEntry?: object | null } }
  // A page may have a variable of that name; and a document of an opaque origin has no entries.
  if (navigation?.currentEntry) navigation.addEventListener('currententrychange', view, { signal })
  else wrapHistory(view, signal)
  view()
}

function wrapHistory(view: () => void, signal: AbortSignal): void {
  for (const name of ['pushState', 'replaceState'] as const) {
    // Where it lives: a method of `history` itself would hide what the page puts on the prototype later.
    const holder: History = Object.getOwnPropertyDescriptor(history, name)
      ? history
      : Object.getPrototypeOf(history)
    const original = holder[name]
    const wrapped: typeof original = function (this: History, ...args) {
      const result = original.apply(this, args)
      view()
      return result
    }
    // Without a throw where it is frozen: then such routes go uncounted.
    Reflect.set(holder, name, wrapped)
    signal.addEventListener('abort', () => {
      if (holder[name] === wrapped) holder[name] = original
    })
  }
}
