import { findDeep } from './find-deep.js'

const MODAL = 'dialog:modal'
const WATCHED = { subtree: true, childList: true, attributeFilter: ['open'] }

/** How a page shuts out what stands beside its dialog. */
const SHUTTING = ['inert', 'aria-hidden']

/** How often what a page does to the host is undone: a page that does it for ever is not to be fought for ever. */
const MAX_UNDOS = 20

/**
 * Keeps `host` where it can be reached. While the page has a modal `<dialog>` open, all that is outside of it is inert, the
 * top layer too (whatwg/html#9936), so the host moves into the topmost one, and out again when that closes or goes.
 * Dialogs in closed shadow roots and in other frames can't be seen from here.
 *
 * @param show brings the panel to the top layer again after a move, which takes it off
 * @param onGone the page took the host itself away, not a dialog around it
 */
export function keepReachable(
  host: Element,
  shadow: ShadowRoot,
  signal: AbortSignal,
  show: () => void,
  onGone: () => void,
): void {
  /** Bottom to top. Nothing tells of an opening, nor of the order, so it is written down. */
  let modals: Element[] = []
  let home: Element | undefined
  const root = document.documentElement

  const note = (candidates: EventTarget[]) => {
    for (const candidate of candidates) {
      if (candidate instanceof Element && !modals.includes(candidate)) modals.push(candidate)
    }
    modals = modals.filter(modal => modal.isConnected && modal.matches(MODAL))
    const top = modals[modals.length - 1] ?? document.documentElement
    if (home === top && host.isConnected) return
    const focused = shadow.activeElement
    home = top
    home.append(host)
    observer.observe(home.getRootNode(), WATCHED)
    show()
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  }

  const observer = new MutationObserver(records => {
    const changed = records.filter(({ type }) => type === 'attributes').map(({ target }) => target)
    if (signal.aborted) {
      observer.disconnect()
      revive.disconnect()
    }
    // Where the whole document was wiped off, every listener may be gone (https://html.spec.whatwg.org/#dom-document-open).
    else if (!host.isConnected && (home === root || root !== document.documentElement)) onGone()
    else if (changed[0] || !host.isConnected) note(changed)
  })
  // An opening takes the focus along; that is how one inside a shadow tree is heard of.
  document.addEventListener('focusin', event => note(event.composedPath().reverse()), {
    capture: true,
    signal,
  })

  note(findDeep(document, MODAL))

  // Pages that open a dialog of their own make everything beside it inert, this too.
  let undos = 0
  const revive = new MutationObserver(() => {
    for (const name of SHUTTING) {
      if (host.hasAttribute(name) && undos++ < MAX_UNDOS) host.removeAttribute(name)
    }
  })
  revive.observe(host, { attributeFilter: SHUTTING })
}
