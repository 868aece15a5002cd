/**
 * Scrolls the panel by hand where the page forbids scrolling before anybody else is heard: by listeners on `window` in the
 * capture phase that were there first.
 */
export function createScrollAnyway(panel: HTMLElement) {
  let lastY = 0
  return (event: Event): void => {
    const { type, defaultPrevented } = event
    const y = (event as TouchEvent).touches?.[0]?.clientY ?? lastY
    if (defaultPrevented && type === 'wheel') panel.scrollTop += (event as WheelEvent).deltaY
    if (defaultPrevented && type === 'touchmove') panel.scrollTop += lastY - y
    lastY = y
  }
}
