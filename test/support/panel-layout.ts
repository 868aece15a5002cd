/** Runs in the page: what a panel's geometry and colours do wrong, in words; nothing where all is well. */
export function findLayoutFaults(expected: { minTargetPx: number; isMirrored: boolean }): string[] {
  const faults: string[] = []
  const host = document.querySelector('zeroten-panel')
  const shadow = host?.shadowRoot
  const panel = shadow?.querySelector<HTMLElement>('[part=panel]')
  if (!shadow || !panel) return ['there is no panel']
  const name = (element: Element) => element.getAttribute('part') ?? element.className ?? element.tagName
  const isHidden = (element: Element) => element.closest('.hidden') !== null

  // Nothing is wider than what it stands in.
  const bounds = panel.getBoundingClientRect()
  if (bounds.left < -0.5 || bounds.right > innerWidth + 0.5) faults.push('the panel leaves the screen')
  if (
    getComputedStyle(panel).position === 'fixed' &&
    (bounds.top < -0.5 || bounds.bottom > innerHeight + 0.5)
  ) {
    faults.push(`the panel leaves the screen: ${bounds.top} to ${bounds.bottom}`)
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways')
  const elements = [...panel.querySelectorAll<HTMLElement>('.body, .body *')].filter(e => !isHidden(e))
  for (const element of elements) {
    const box = element.getBoundingClientRect()
    // `display: contents` has no box of its own.
    if (element.getClientRects().length === 0) continue
    if (box.left < bounds.left - 0.5 || box.right > bounds.right + 0.5)
      faults.push(`${name(element)} sticks out`)
    if (
      element.tagName !== 'TEXTAREA' &&
      element.scrollWidth > element.clientWidth + 1 &&
      element.clientWidth
    ) {
      faults.push(`${name(element)} overflows sideways`)
    }
  }
  // Every text lies within its element.
  const textOf = (element: Element) =>
    [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())
  for (const element of elements) {
    const box = element.getBoundingClientRect()
    for (const node of textOf(element)) {
      const range = document.createRange()
      range.selectNodeContents(node)
      const text = range.getBoundingClientRect()
      if (text.left < box.left - 1 || text.right > box.right + 1 || text.bottom > box.bottom + 4) {
        faults.push(`the text of ${name(element)} leaves it: ${node.textContent}`)
      }
    }
  }
  // Whatever can be hit has its own place, large enough.
  const targets = elements.filter(e => e.matches('label:has(input), button, textarea, a'))
  for (const [i, target] of targets.entries()) {
    const a = target.getBoundingClientRect()
    if (a.width < expected.minTargetPx - 0.5 || a.height < expected.minTargetPx - 0.5) {
      faults.push(`${name(target)} is ${a.width} × ${a.height}`)
    }
    for (const other of targets.slice(i + 1)) {
      const b = other.getBoundingClientRect()
      const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
      if (overlap && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5) {
        faults.push(`${name(target)} and ${name(other)} overlap`)
      }
    }
  }
  // The close button floats: no text may run beneath it.
  const close = panel.querySelector('.close')?.getBoundingClientRect()
  for (const element of elements.filter(e => e.matches('p, .title'))) {
    for (const node of textOf(element)) {
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const line of range.getClientRects()) {
        if (
          close &&
          line.right > close.left + 8 &&
          line.left < close.right - 8 &&
          line.bottom > close.top + 8 &&
          line.top < close.bottom - 8
        ) {
          faults.push(`${node.textContent} runs beneath the close button`)
        }
      }
    }
  }
  // The choices stand in their order, row by row, from the start of the line.
  const choices = [...panel.querySelectorAll('.scale label')].map(e => e.getBoundingClientRect())
  for (const [i, box] of choices.slice(1).entries()) {
    const before = choices[i] as DOMRect
    const isBelow = box.top >= before.bottom
    const isBeside = expected.isMirrored ? box.right <= before.left : box.left >= before.right
    if (!isBelow && !isBeside) faults.push(`${i + 1} does not follow ${i}`)
  }

  // The words for the ends of the scale stand at 0 and at 10: under them in one row, over the first and under the last of two.
  const [low, high] = [...panel.querySelectorAll('.ends > *')].map(e => {
    const range = document.createRange()
    range.selectNodeContents(e)
    return range.getBoundingClientRect()
  })
  const [first, last] = [choices[0], choices.at(-1)]
  if (low && high && first && last) {
    const isInTwoRows = last.top >= first.bottom
    const startOf = (box: DOMRect) => (expected.isMirrored ? -box.right : box.left)
    const endOf = (box: DOMRect) => (expected.isMirrored ? -box.left : box.right)
    const words = `low ${low.left}–${low.right} at ${low.top}, high ${high.left}–${high.right} at ${high.top}, scale ${first.left}–${last.right}`
    if (Math.abs(startOf(low) - startOf(first)) > 1.5 || Math.abs(endOf(high) - endOf(last)) > 1.5)
      faults.push(`the ends do not stand at 0 and 10: ${words}`)
    if (isInTwoRows ? low.bottom > first.top + 1 : low.top < first.bottom - 1)
      faults.push(`the low end is on the wrong side of its row: ${words}`)
    if (high.top < last.bottom - 1) faults.push(`the high end is not under its row: ${words}`)
  } else if (first) faults.push('the ends of the scale have no words')

  // Everything can be read.
  const parse = (colour: string) => {
    const [r = 0, g = 0, b = 0, a = 1] = (colour.match(/[\d.]+(?:e-\d+)?/g) ?? []).map(Number)
    return colour.startsWith('color') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a]
  }
  const over = (top: number[], bottom: number[]) =>
    [0, 1, 2].map(i => (top[i] ?? 0) * (top[3] ?? 1) + (bottom[i] ?? 0) * (1 - (top[3] ?? 1)))
  const backgroundOf = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255]
    const own = parse(getComputedStyle(element).backgroundColor)
    return own[3] === 1 ? own : over(own, backgroundOf(element === panel ? null : element.parentElement))
  }
  const luminance = (rgb: number[]) =>
    rgb
      .slice(0, 3)
      .map(c => c / 255)
      .map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0)
  for (const element of elements) {
    const isField = element.tagName === 'TEXTAREA'
    if (!textOf(element).length && !isField) continue
    const background = backgroundOf(element)
    const colours = [getComputedStyle(element).color]
    if (isField) colours.push(getComputedStyle(element, '::placeholder').color)
    for (const colour of colours) {
      const [a, b] = [luminance(over(parse(colour), background)), luminance(background)].sort((x, y) => y - x)
      const ratio = ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05)
      if (ratio < 4.5) faults.push(`${name(element)} has a contrast of ${ratio.toFixed(2)}`)
    }
  }
  return faults
}
