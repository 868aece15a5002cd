/**
 * Notes from where the focus comes when it enters `host`. Dialogs would do so by themselves; nothing else does.
 *
 * @returns brings it back there, where it came from an element at all
 */
export function noteFocus(host: Element, signal: AbortSignal): () => void {
  let last: EventTarget | undefined
  let origin: EventTarget | undefined
  // `relatedTarget` names the outermost shadow host only; the path knows the element inside.
  const onOut = (event: Event) => {
    last = event.composedPath()[0]
  }
  document.addEventListener('focusout', onOut, { capture: true, signal })
  // Only what crosses the border of the shadow tree comes to the host.
  host.addEventListener('focusin', event => {
    origin = (event as FocusEvent).relatedTarget ? last : undefined
  })
  return () => {
    if (origin instanceof HTMLElement) origin.focus({ preventScroll: true })
  }
}
