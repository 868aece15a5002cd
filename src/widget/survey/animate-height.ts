/** Lets `element` grow or shrink softly to what `change` makes of it, unless the visitor wants no motion. */
export function grow(find: () => HTMLElement | null, change: () => void): void {
  const before = find()?.offsetHeight
  change()
  const element = find()
  const after = element?.offsetHeight
  if (!before || before === after || matchMedia('(prefers-reduced-motion: reduce)').matches) return
  element?.animate(
    [before, after].map(height => ({ height: `${height}px`, overflow: 'hidden' })),
    { duration: 240, easing: 'cubic-bezier(.2,.8,.2,1)' },
  )
}
