/** Less than any soft keyboard, more than scroll bars and a browser's own bars. */
const MIN_KEYBOARD_PX = 100

/**
 * Keeps a fixed element within what the soft keyboard leaves: it covers the layout viewport that `position: fixed` goes by,
 * and only the visual one shrinks. Sets `--above` and `--below`, the covered strips. While the visitor zooms in by
 * pinching, the panel stays where it is in the page.
 */
export function avoidKeyboard({ style }: HTMLElement, signal: AbortSignal): void {
  const viewport = window.visualViewport
  if (!viewport) return
  const adjust = () => {
    const { height, offsetTop, scale } = viewport
    const covered = innerHeight - height
    const isUp = scale < 1.01 && covered > MIN_KEYBOARD_PX
    style.setProperty('--above', `${isUp ? offsetTop : 0}px`)
    style.setProperty('--below', `${isUp ? covered - offsetTop : 0}px`)
  }
  for (const type of ['resize', 'scroll']) viewport.addEventListener(type, adjust, { signal })
  adjust()
}
