import type { Emitter } from './emitter.js'

/** Listens, behind the guard, for an event of the page until the widget stops. What is the document's comes by on its way to it. */
export type Listen = (type: string, work: (event: never) => unknown) => void

/**
 * Listeners that stay: `document.open()` takes all of them off window and document
 * (https://html.spec.whatwg.org/#document-open-steps), and puts another root element there, which an observer still hears of.
 * To attach a listener that is there already changes nothing.
 */
export function createPageEvents({ guard }: Pick<Emitter, 'guard'>, signal: AbortSignal): Listen {
  const listeners: (() => void)[] = []
  // A page may have another thing under that name.
  guard(() => {
    const observer = new MutationObserver(() => {
      for (const attach of listeners) attach()
    })
    observer.observe(document, { childList: true })
    signal.addEventListener('abort', () => observer.disconnect())
  })()
  return (type, work) => {
    const handler = guard(work) as (event: Event) => unknown
    const attach = () => addEventListener(type, handler, { capture: true, signal })
    listeners.push(attach)
    attach()
  }
}
