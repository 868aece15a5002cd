/** Two digits this close together are one number: `1`, `0` is ten. */
const TEN_WITHIN_MS = 500

export interface KeyActions {
  choose(score: number): void
  /** Moves the focus to a score and chooses nothing. */
  focus(score: number): void
  send(): void
  close(): void
}

/** The digit that a key stands for: as typed, or by its place where the layout types something else (Persian, French). */
function digitOf(event: KeyboardEvent): number | undefined {
  if (/^\d$/.test(event.key)) return Number(event.key)
  const place = event.shiftKey ? null : /^(?:Digit|Numpad)(\d)$/.exec(event.code)
  return place ? Number(place[1]) : undefined
}

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }

/**
 * Keys while the focus is inside the panel. Arrows only move: native radios would choose with every press, and a score
 * counts from the moment it is chosen. Event times come from the events, so nothing here needs a clock.
 */
export function createKeyHandler(isRightToLeft: boolean, actions: KeyActions) {
  let lastOneAtMs = Number.NEGATIVE_INFINITY

  const onScale = (event: KeyboardEvent, score: number): boolean => {
    const { key } = event
    const step = STEPS[key]
    if (step) {
      const isMirrored = isRightToLeft && /Left|Right/.test(key)
      actions.focus(Math.min(10, Math.max(0, score + (isMirrored ? -step : step))))
    } else if (key === 'Home') actions.focus(0)
    else if (key === 'End') actions.focus(10)
    else if (key === 'Enter') actions.choose(score)
    else return false
    return true
  }

  const isHandled = (event: KeyboardEvent): boolean => {
    const target = event.target as HTMLInputElement
    const isChord = event.ctrlKey || event.metaKey || event.altKey
    if (event.isComposing) return false
    if (event.key === 'Escape') {
      actions.close()
      return true
    }
    if (target.tagName === 'TEXTAREA') {
      if (event.key !== 'Enter' || !isChord) return false
      actions.send()
      return true
    }
    if (isChord) return false
    const digit = digitOf(event)
    if (digit !== undefined) {
      const isTen = digit === 0 && event.timeStamp - lastOneAtMs <= TEN_WITHIN_MS
      lastOneAtMs = digit === 1 ? event.timeStamp : Number.NEGATIVE_INFINITY
      actions.choose(isTen ? 10 : digit)
      return true
    }
    return target.type === 'radio' && onScale(event, Number(target.value))
  }

  return (event: KeyboardEvent): void => {
    // Also keeps Escape from closing a <dialog> of the page that the panel stands in.
    if (isHandled(event)) event.preventDefault()
  }
}
