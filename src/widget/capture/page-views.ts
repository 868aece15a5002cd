import type { Emitter } from '../boot/emitter.js'
import type { Place } from '../boot/page-slot.js'
import type { Settings } from '../settings/settings.js'
import { normalizeUrl } from './page-url.js'

/** Whether page views may be recorded on this page at all: not where the browser says that its user does not want it. */
export function mayRecord({ ignorePrivacySignals }: Settings): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean }
  return ignorePrivacySignals || !(globalPrivacyControl || doNotTrack === '1')
}

/**
 * Calls back for each page view: load, history navigation (`pushState`, `replaceState`, `popstate`, `hashchange` where
 * hashes are routes), return from the back/forward cache, activation of a prerendered page, and first visibility of a page
 * that was opened in the background. What happens before anybody sees the page counts once they do, as one.
 *
 * @param signal ends it; the history methods get their own back unless somebody wrapped them since
 */
export function onPageView(
  settings: Settings,
  record: (url: string) => void,
  { place, guard, signal }: Pick<Emitter, 'guard'> & { place: Place; signal: AbortSignal },
): void {
  const isShown = () =>
    document.visibilityState === 'visible' && !(document as { prerendering?: boolean }).prerendering
  let wasShown = false

  const view = guard((event?: Event) => {
    wasShown ||= isShown()
    const url = normalizeUrl(undefined, settings)
    // A page from the back/forward cache is viewed again, with the address that it had.
    if (!wasShown || (url === place.url && !(event as PageTransitionEvent | undefined)?.persisted)) return
    place.url = url
    record(url)
  })

  // The last two are the document's: on their way to it they come by.
  for (const type of ['popstate', 'hashchange', 'pageshow', 'visibilitychange', 'prerenderingchange'])
    addEventListener(type, view, { capture: true, signal })
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    const wrapped: typeof original = function (this: History, ...args) {
      const result = original.apply(this, args)
      view()
      return result
    }
    history[name] = wrapped
    signal.addEventListener('abort', () => {
      if (history[name] === wrapped) history[name] = original
    })
  }
  view()
}
