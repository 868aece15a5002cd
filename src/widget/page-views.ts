import type { Emitter } from './emitter.js'
import { listen } from './listen.js'
import type { Place } from './place.js'
import type { Settings } from './settings.js'

/** Whether the browser says that its user does not want to be recorded. */
const hasPrivacySignal = (): boolean => {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean }
  return globalPrivacyControl === true || doNotTrack === '1'
}

/** Whether page views may be recorded on this page at all. */
export const mayRecord = (settings: Settings): boolean =>
  settings.ignorePrivacySignals === true || !hasPrivacySignal()

/** A URL as it is recorded: without fragment, and without query but for what the site allows. */
export function normalizeUrl(href: string, { keepParams = [], hashRoutes }: Settings): string {
  const url = new URL(href, location.href)
  for (const name of [...url.searchParams.keys()])
    if (!keepParams.includes(name)) url.searchParams.delete(name)
  if (!hashRoutes) url.hash = ''
  url.username = url.password = ''
  return url.href
}

/**
 * Calls back for each page view: load, history navigation (`pushState`, `replaceState`, `popstate`, `hashchange` where
 * hashes are routes), return from the back/forward cache, activation of a prerendered page, and first visibility of a page
 * that was opened in the background. What happens before anybody sees the page counts once they do, as one.
 *
 * @returns how to stop; the history methods get their own back unless somebody wrapped them since
 */
export function onPageView(
  settings: Settings,
  { guard }: Emitter,
  record: (url: string) => void,
  place: Place,
): () => void {
  const isShown = () =>
    document.visibilityState === 'visible' && !(document as { prerendering?: boolean }).prerendering
  let wasShown = false

  const view = guard((event?: unknown) => {
    wasShown ||= isShown()
    const url = normalizeUrl(location.href, settings)
    // A page from the back/forward cache is viewed again, with the address that it had.
    if (!wasShown || (url === place.url && !(event as PageTransitionEvent | undefined)?.persisted)) return
    place.url = url
    record(url)
  })

  const stops = [
    listen(window, 'popstate', view),
    listen(window, 'hashchange', view),
    listen(window, 'pageshow', view),
    listen(document, 'visibilitychange', view),
    listen(document, 'prerenderingchange', view),
  ]
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    const wrapped: typeof original = function (this: History, ...args) {
      const result = original.apply(this, args)
      view()
      return result
    }
    history[name] = wrapped
    stops.push(() => {
      if (history[name] === wrapped) history[name] = original
    })
  }
  view()
  return () => {
    for (const stop of stops) stop()
  }
}
