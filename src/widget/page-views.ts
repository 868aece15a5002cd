import type { Emitter } from './emitter.js'
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
  const url = new URL(href, document.baseURI)
  for (const name of [...url.searchParams.keys()])
    if (!keepParams.includes(name)) url.searchParams.delete(name)
  if (!hashRoutes) url.hash = ''
  url.username = url.password = ''
  return url.href
}

/**
 * Calls back once for each page view: load, history navigation (`pushState`, `replaceState`, `popstate`, `hashchange`
 * where hashes are routes), return from the back/forward cache, activation of a prerendered page, and first visibility
 * of a page that was opened in the background. The same URL in one tick is one view.
 *
 * @returns how to stop; the history methods get their own back unless somebody wrapped them since
 */
export function onPageView(
  settings: Settings,
  { guard }: Emitter,
  record: (url: string) => void,
): () => void {
  let lastUrl: string | undefined
  let inThisTick = ''
  const stops: (() => void)[] = []

  const view = guard((isNew?: unknown) => {
    const url = normalizeUrl(location.href, settings)
    if (url === inThisTick || (isNew !== true && url === lastUrl)) return
    lastUrl = inThisTick = url
    setTimeout(() => {
      inThisTick = ''
    })
    record(url)
  })

  const listen = (target: EventTarget, name: string, handler: (event: Event) => void) => {
    target.addEventListener(name, handler)
    stops.push(() => target.removeEventListener(name, handler))
  }

  /** Runs `work` once the page is really before somebody's eyes. */
  const whenShown = (work: () => void) => {
    const isShown = () =>
      document.visibilityState === 'visible' && !(document as { prerendering?: boolean }).prerendering
    if (isShown()) return work()
    const onChange = () => {
      if (!isShown()) return
      document.removeEventListener('visibilitychange', onChange)
      document.removeEventListener('prerenderingchange', onChange)
      work()
    }
    listen(document, 'visibilitychange', onChange)
    listen(document, 'prerenderingchange', onChange)
  }

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
  whenShown(() => view(true))
  listen(window, 'popstate', () => view())
  if (settings.hashRoutes) listen(window, 'hashchange', () => view())
  listen(window, 'pageshow', event => {
    if ((event as PageTransitionEvent).persisted) view(true)
  })
  return () => {
    for (const stop of stops) stop()
  }
}
