const MODAL = 'dialog:modal'
const WATCHED = { subtree: true, childList: true, attributeFilter: ['open'] }

/** Modal dialogs in `root` and in the open shadow trees beneath it, in document order. */
function findModals(root: Document | ShadowRoot): Element[] {
  const found: Element[] = []
  for (const element of root.querySelectorAll('*')) {
    if (element.matches(MODAL)) found.push(element)
    if (element.shadowRoot) found.push(...findModals(element.shadowRoot))
  }
  return found
}

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
  signal: AbortSignal,
  show: () => void,
  onGone: () => void,
): void {
  /** Bottom to top. Nothing tells of an opening, nor of the order, so it is written down. */
  let modals: Element[] = []
  let home: Element | undefined

  const note = (candidates: EventTarget[]) => {
    for (const candidate of candidates) {
      if (candidate instanceof Element && !modals.includes(candidate)) modals.push(candidate)
    }
    modals = modals.filter(modal => modal.isConnected && modal.matches(MODAL))
    const top = modals[modals.length - 1] ?? document.documentElement
    if (home === top && host.isConnected) return
    const focused = host.shadowRoot?.activeElement
    home = top
    home.append(host)
    observer.observe(home.getRootNode(), WATCHED)
    show()
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  }

  const observer = new MutationObserver(records => {
    const changed = records.filter(({ type }) => type === 'attributes').map(({ target }) => target)
    if (signal.aborted) observer.disconnect()
    else if (!host.isConnected && home === document.documentElement) onGone()
    else if (changed[0] || !host.isConnected) note(changed)
  })
  // An opening takes the focus along; that is how one inside a shadow tree is heard of.
  document.addEventListener('focusin', event => note(event.composedPath().reverse()), {
    capture: true,
    signal,
  })

  note(findModals(document))
}
