import type { Extras } from './extras/extras.js'
import type { PanelSettings } from './panel-types.js'

/** Paints the panel light or dark, and again whenever the visitor's preference changes where the site follows it. */
export function followTheme(
  panel: HTMLElement,
  { theme }: PanelSettings,
  extras: Extras | undefined,
  signal: AbortSignal,
): void {
  const darkness = matchMedia('(prefers-color-scheme: dark)')
  const paint = () => {
    panel.classList.toggle('dark', theme === 'dark' || (theme !== 'light' && darkness.matches))
    extras?.paint(panel)
  }
  darkness.addEventListener('change', paint, { signal })
  paint()
}
