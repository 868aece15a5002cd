import type { Frame } from './frame.js'
import type { CloseReason } from './panel-types.js'
import type { Taps } from './taps.js'

/** As in panel.css. */
const FADE_MS = 150

/** How long a last word stays that has no link to follow. */
const STAY_MS = 5000

export interface FarewellOptions {
  frame: Frame
  taps: Taps
  onClose(reason: CloseReason): void
  /** The panel begins to fade. */
  leave(): void
  /** Takes the panel out of the page, when it is out of sight. */
  remove(): void
}

export interface Farewell {
  isOver(): boolean
  /** Whether the panel is fading. */
  isLeaving(): boolean
  /** Tells the end, once; what comes after it only fades. */
  finish(reason: CloseReason): void
  close(reason: CloseReason): void
  /** Closes by itself, unless there is something to follow, or the visitor is still there. */
  stay(reason: CloseReason): void
  /** There is more to say. */
  goOn(): void
}

/** How the panel ends: what counts is told at once, what is seen goes by itself. */
export function createFarewell({ frame, taps, onClose, leave, remove }: FarewellOptions): Farewell {
  const { panel, find } = frame
  let isOver = false
  let isLeaving = false
  let staying: ReturnType<typeof setInterval> | undefined
  const goOn = () => clearInterval(staying)
  const finish = (reason: CloseReason) => {
    if (isOver) return
    isOver = true
    onClose(reason)
  }
  const close = (reason: CloseReason) => {
    finish(reason)
    goOn()
    isLeaving = true
    leave()
    panel.classList.add('out')
    // A clock rather than the end of the fade, which a tab in the background never reaches.
    setTimeout(remove, Math.max(FADE_MS, taps.leftMs()))
  }
  return {
    isOver: () => isOver,
    isLeaving: () => isLeaving,
    finish,
    close,
    goOn,
    stay(reason) {
      goOn()
      if (find('a')) return
      staying = setInterval(() => {
        // A finger leaves a hover behind that stays.
        const isHovered = matchMedia('(hover: hover)').matches && panel.matches(':hover')
        if (!isHovered && !find(':focus-visible')) close(reason)
      }, STAY_MS)
    },
  }
}
