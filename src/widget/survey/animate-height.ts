const EASING = 'cubic-bezier(.2,.8,.2,1)'
const GROWING_MS = 240

/**
 * Lets the panel grow or shrink softly to what `change` makes of it, unless the visitor wants no motion.
 *
 * @param holdMs so long the scale keeps its place first, under a finger that may come down once more
 */
export function grow(panel: HTMLElement, holdMs: number, change: () => void): void {
  const find = (selector: string) => panel.querySelector<HTMLElement>(selector)
  const topOf = () => find('.scale')?.getBoundingClientRect().top
  const [before, top] = [find('.body')?.offsetHeight, topOf()]
  change()
  const [after, topNow = 0] = [find('.body')?.offsetHeight, topOf()]
  if (!before || before === after) return
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  const shift = holdMs && top !== undefined && find('.scale') ? top - topNow : 0
  if (shift) {
    panel.animate([{ transform: `translateY(${shift}px)` }, { transform: 'none' }], {
      delay: holdMs,
      duration: isStill ? 0 : GROWING_MS,
      easing: EASING,
      fill: 'backwards',
      // A score is changed while another one is held.
      composite: 'add',
    })
  } else if (!isStill) {
    find('.body')?.animate(
      [before, after].map(height => ({ height: `${height}px`, overflow: 'hidden' })),
      { duration: GROWING_MS, easing: EASING },
    )
  }
}
