/** How often it is looked where the survey is: it slides to its place, and tells nobody when it is there. */
const LOOK_MS = 250

/**
 * Tells the style sheet how much of the window's bottom the survey takes where it meets the console, so that neither covers
 * the other: `--survey-height`. A modal covers everything by intent, and a survey in the page covers nothing.
 */
export function keepClearOfSurvey(console: HTMLElement): void {
  const { style } = document.documentElement
  setInterval(() => {
    const panel = document.querySelector('zeroten-panel')?.shadowRoot?.querySelector('[popover]')
    const box = panel?.getBoundingClientRect()
    const own = console.getBoundingClientRect()
    const meets = box && box.left < own.right && box.right > own.left && box.bottom > innerHeight / 2
    const height = meets ? `${Math.ceil(innerHeight - box.top)}px` : '0px'
    if (style.getPropertyValue('--survey-height') !== height) style.setProperty('--survey-height', height)
  }, LOOK_MS)
}
