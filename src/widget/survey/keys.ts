import type { Kept } from './keep-events.js'

/** Two digits this close together are one number: `1`, `0` is ten. */
const TEN_WITHIN_MS = 1_500

export interface KeyActions {
  choose(score: number): void
  /** Moves the focus to a score and chooses nothing. */
  focus(score: number): void
  send(): void
  close(): void
}

/**
 * The digit that a key stands for: as typed, or by its place where the layout types another sign (Persian, French). A key
 * with a name of its own types nothing: so are the number pad's arrows where NumLock is off.
 */
function digitOf({ key, code, shiftKey }: KeyboardEvent): number | undefined {
  const typed = /^\d$/.exec(key)
  const placed = key.length > 1 || shiftKey ? null : /^(?:Digit|Numpad)(\d)$/.exec(code)
  return typed || placed ? Number(placed?.[1] ?? key) : undefined
}

/**
 * Keys while the focus is inside the panel. Arrows only move: native radios would choose with every press, and a score
 * counts from the moment it is chosen. Time comes from the events, so nothing here needs a clock.
 */
export function createKeyHandler(isRightToLeft: boolean, actions: KeyActions) {
  const forward = isRightToLeft ? -1 : 1
  const steps: Record<string, number> = {
    ArrowRight: forward,
    ArrowLeft: -forward,
    ArrowDown: 1,
    ArrowUp: -1,
    Home: -10,
    End: 10,
  }
  let oneAtMs = -TEN_WITHIN_MS - 1

  const isHandled = (event: KeyboardEvent, { type, value }: HTMLInputElement): boolean => {
    const { key, timeStamp } = event
    const isChord = event.ctrlKey || event.metaKey || event.altKey
    const digit = digitOf(event)
    const step = steps[key]
    if (event.isComposing) return false
    if (key === 'Escape') actions.close()
    else if (type === 'textarea') {
      if (key !== 'Enter' || !isChord) return false
      actions.send()
    } else if (isChord) return false
    else if (digit !== undefined) {
      actions.choose(digit === 0 && timeStamp - oneAtMs <= TEN_WITHIN_MS ? 10 : digit)
      oneAtMs = digit === 1 ? timeStamp : -TEN_WITHIN_MS - 1
    } else if (type !== 'radio') return false
    else if (step) actions.focus(Math.min(10, Math.max(0, Number(value) + step)))
    else if (key === 'Enter') actions.choose(Number(value))
    else return false
    return true
  }

  return ({ detail: event, target }: Kept<KeyboardEvent>): void => {
    // Also keeps Escape from closing a <dialog> of the page that the panel stands in.
    if (isHandled(event, target as HTMLInputElement)) event.preventDefault()
  }
}
