/** So long after a tap nothing under the finger changes its meaning. */
const SECOND_TAP_MS = 500

/** A finger does not come down twice on the very same pixel. */
const SPOT_PX = 24

export interface Taps {
  /** Takes in an event of the panel. @returns false for what comes of a second tap, or click, at the same spot */
  note(event: Event): boolean
  /** What is on the screen has changed by itself: for a finger that is about to come down once more. */
  renew(): void
  /** How long nothing may move under the finger, milliseconds; 0 where no finger has been here. */
  leftMs(): number
}

export function createTaps(): Taps {
  let last = { x: 0, y: 0, ms: -Infinity }
  let isTouch = false
  let isSecond = false
  return {
    note(event) {
      const { type, timeStamp } = event
      const { clientX: x, clientY: y, pointerType, detail } = event as PointerEvent
      if (type === 'pointerdown') {
        isTouch = pointerType !== 'mouse'
        isSecond =
          isTouch && timeStamp - last.ms < SECOND_TAP_MS && Math.hypot(x - last.x, y - last.y) < SPOT_PX
        last = { x, y, ms: timeStamp }
      } else if (type === 'pointerup') last.ms = timeStamp
      // Who has typed meanwhile means the next tap.
      else if (type === 'input') last.ms = -Infinity
      // `detail` counts the clicks of a mouse at one spot; it is 0 where the click is of a key or a screen reader.
      return type !== 'click' || !detail || !(isSecond || detail > 1)
    },
    renew() {
      if (isTouch) last.ms = performance.now()
    },
    leftMs: () => (isTouch ? Math.max(0, last.ms + SECOND_TAP_MS - performance.now()) : 0),
  }
}
