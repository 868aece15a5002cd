/** Red, green and blue, each 0 to 1, in sRGB. */
type Rgb = readonly [number, number, number]

const BLACK: Rgb = [0, 0, 0]
const WHITE: Rgb = [1, 1, 1]

/** WCAG 2.2, "relative luminance". */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map(c =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  ) as unknown as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG 2.2, "contrast ratio": 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  a.map((c, i) => c + ((b[i] as number) - c) * share) as unknown as Rgb

const css = (colour: Rgb): string => `rgb(${colour.map(c => Math.round(c * 255)).join()})`

/** Black or white, whichever reads better; one of them always reaches 4.58. */
const readableOn = (background: Rgb): Rgb =>
  contrast(background, WHITE) >= contrast(background, BLACK) ? WHITE : BLACK

/** `colour`, moved away from `background` just so far that it reads on it. */
function readable(colour: Rgb, background: Rgb): Rgb {
  const away = readableOn(background)
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mix(colour, away, share)
    // A little more than 4.5, since css() rounds.
    if (contrast(candidate, background) >= 4.6) return candidate
  }
  return away
}

/** A computed colour as numbers: `rgb(…)`, or `color(srgb …)` as color-mix() answers. */
export function parseColour(computed: string): Rgb | undefined {
  const [r, g, b] = (computed.match(/[\d.e-]+(?=[ ,)/])/g) ?? []).map(Number)
  if (r === undefined || g === undefined || b === undefined) return undefined
  return /^rgb/.test(computed) ? [r / 255, g / 255, b / 255] : [r, g, b]
}

/** The browser's reading of any CSS colour, or undefined where it knows none such. */
function colourOf(probe: HTMLElement, colour: string): Rgb | undefined {
  probe.style.color = ''
  probe.style.color = colour
  // Where it is known, color-mix() brings what is not sRGB (oklch, display-p3) to sRGB.
  probe.style.color = `color-mix(in srgb,${colour},${colour})`
  return probe.style.color ? parseColour(getComputedStyle(probe).color) : undefined
}

/**
 * Derives, on the panel itself, `--fill` (the accent), `--on` (what is written on it) and `--ink` (the accent as it reads
 * on the panel's background) from the accent and whatever background the panel has now.
 */
export function deriveAccent(panel: HTMLElement, accent: string): void {
  const background = parseColour(getComputedStyle(panel).backgroundColor)
  const fill = colourOf(panel, accent)
  panel.style.color = ''
  if (!fill || !background) return
  panel.style.setProperty('--fill', css(fill))
  panel.style.setProperty('--on', css(readableOn(fill)))
  panel.style.setProperty('--ink', css(readable(fill, background)))
}
