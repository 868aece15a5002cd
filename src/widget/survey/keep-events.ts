/**
 * What would otherwise reach the page: its shortcuts, its handlers that cancel clicks or pastes, its focus traps and its
 * scroll locks.
 */
const KEPT =
  'keydown keyup keypress beforeinput input paste cut copy click dblclick contextmenu pointerdown pointerup mousedown mouseup touchstart touchmove touchend wheel mousewheel focus blur focusin focusout'

/** An event of the panel, handed on inside of it: `onkept-click`. */
export type Kept<E extends Event = Event> = CustomEvent<E>

/**
 * Keeps the events that begin in `shadow` from everybody else, and hands each on inside of it as `kept-…`, which does not
 * leave the tree. It listens on `window` in the capture phase, before every listener on the document: focus traps cancel
 * clicks there (https://github.com/focus-trap/focus-trap).
 *
 * @param mayPass false for what is to have no effect, its default neither
 */
export function keepEvents(
  host: Element,
  shadow: ShadowRoot,
  signal: AbortSignal,
  mayPass: (event: Event) => boolean,
): void {
  const keep = (event: Event) => {
    const target = event.composedPath()[0] as Node
    // Of a tree that the page has made a closed one, only the tree itself sees the inside.
    if (target.getRootNode?.() === shadow) {
      event.stopImmediatePropagation()
      if (!mayPass(event)) event.preventDefault()
      else target.dispatchEvent(new CustomEvent(`kept-${event.type}`, { bubbles: true, detail: event }))
    } else if ((event as FocusEvent).relatedTarget === host) {
      // To the page it is as if the window had lost the focus, to which no trap answers.
      Object.defineProperty(event, 'relatedTarget', { value: null })
    }
  }
  for (const type of KEPT.split(' ')) {
    const options = { capture: true, signal, passive: /^touch|wheel/.test(type) }
    for (const place of [window, shadow]) place.addEventListener(type, keep, options)
  }
}
