/**
 * Keeps a fixed element within what the soft keyboard leaves: it covers the layout viewport that `position: fixed` goes by,
 * and only the visual one shrinks. Sets `--above` and `--below`, the covered strips. While the visitor zooms in by
 * pinching, the panel stays where it is in the page.
 */
export function avoidKeyboard({ style }: HTMLElement, signal: AbortSignal): void {
  const viewport = window.visualViewport
  const fit = () => {
    const { height, offsetTop, scale } = viewport as VisualViewport
    const isWhole = scale < 1.01
    style.setProperty('--above', `${isWhole ? offsetTop : 0}px`)
    style.setProperty('--below', `${isWhole ? Math.max(0, innerHeight - height - offsetTop) : 0}px`)
  }
  for (const type of ['resize', 'scroll']) viewport?.addEventListener(type, fit, { signal })
}
