import type { Kept } from './keep-events.js'

/**
 * Notes from where the focus comes when it enters `shadow`. Dialogs would do so by themselves; nothing else does.
 *
 * @returns brings it back there, where it came from an element at all
 */
export function noteFocus(shadow: ShadowRoot, signal: AbortSignal): () => void {
  let last: EventTarget | undefined
  let origin: EventTarget | undefined
  // `relatedTarget` names the outermost shadow host only; the path knows the element inside.
  const onOut = (event: Event) => {
    last = event.composedPath()[0]
  }
  document.addEventListener('focusout', onOut, { capture: true, signal })
  shadow.addEventListener('kept-focusin', event => {
    const from = (event as Kept<FocusEvent>).detail.relatedTarget as Node | null
    // A step from one part of the panel to another says nothing.
    if (from?.getRootNode() !== shadow) origin = from ? last : undefined
  })
  return () => {
    if (origin instanceof HTMLElement) origin.focus({ preventScroll: true })
  }
}
