/** Red, green and blue, each 0 to 1, in sRGB. */
type Rgb = readonly number[]

const BLACK: Rgb = [0, 0, 0]
const WHITE: Rgb = [1, 1, 1]

/** WCAG 2.2, "relative luminance". */
const luminance = (colour: Rgb): number =>
  colour.reduce(
    (sum, c, i) =>
      sum + (c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92) * ([0.2126, 0.7152, 0.0722][i] ?? 0),
    0.05,
  )

/** WCAG 2.2, "contrast ratio": 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const ratio = luminance(a) / luminance(b)
  return Math.max(ratio, 1 / ratio)
}

/** Black or white, whichever reads better; one of them always reaches 4.58. */
export const readableOn = (background: Rgb): Rgb =>
  contrast(background, WHITE) > contrast(background, BLACK) ? WHITE : BLACK

/** `colour`, moved away from `background` just so far that it reads there. */
export function readable(colour: Rgb, background: Rgb): Rgb {
  const [end = 0] = readableOn(background)
  let result = colour
  // A little more than 4.5, since the result is rounded to whole steps.
  for (let step = 1; step <= 20 && contrast(result, background) < 4.6; step++) {
    result = colour.map(c => c + ((end - c) * step) / 20)
  }
  return result
}

/** A computed colour as numbers: `rgb(…)`, or `color(srgb …)` as color-mix() answers. Black where it is neither. */
export function parseColour(computed: string): Rgb {
  const [r = 0, g = 0, b = 0] = (computed.match(/[\d.]+(e-\d+)?/g) ?? []).map(Number)
  return /^rgb/.test(computed) ? [r / 255, g / 255, b / 255] : [r, g, b]
}

/**
 * Sets on the panel what follows from the site's accent and from its own background: `--fill` the accent, `--on` what is
 * written on it, `--ink` the accent as it reads on the background.
 *
 * @param accent any CSS colour; for one that the browser does not know the default stays
 */
export function derivePalette(panel: HTMLElement, accent: string | undefined): void {
  const { style } = panel
  const computed = getComputedStyle(panel)
  style.color = accent ?? ''
  if (!style.color) return
  // Where color-mix() is known, it brings what is not sRGB (oklch, display-p3) to sRGB.
  style.color = `color-mix(in srgb,${accent},${accent})`
  const fill = parseColour(computed.color)
  style.color = ''
  const colours = { fill, on: readableOn(fill), ink: readable(fill, parseColour(computed.backgroundColor)) }
  for (const [name, colour] of Object.entries(colours)) {
    style.setProperty(`--${name}`, `rgb(${colour.map(c => Math.round(c * 255))})`)
  }
}
