import { expect } from 'vitest'
import type { Engine, EngineTab } from './engine.js'

/** Where an element of the survey lies in the viewport; null while it is not there or nothing can press it. */
const PLACE_OF = (selector: string) => `
  const found = document.querySelector('zeroten-panel')?.shadowRoot.querySelector(${JSON.stringify(selector)})
  const target = found?.type === 'radio' ? found.closest('label') : found
  if (!target) return null
  const { left, top, width, height } = target.getBoundingClientRect()
  const [x, y] = [left + width / 2, top + height / 2]
  return width && document.elementFromPoint(x, y)?.localName === 'zeroten-panel' ? { x, y } : null`

/** A visitor with one tab: what a person does, by pointer and keyboard. */
export interface Visitor {
  tab: EngineTab
  /** Loads a page of the site. */
  open(path: string): Promise<void>
  /** Goes to another address as a single-page application does. */
  navigate(path: string): Promise<void>
  /** Waits for the survey and chooses. */
  choose(score: number): Promise<void>
  /** Writes into the follow-up and sends it, and waits for the thanks. */
  send(text: string): Promise<void>
  /** Closes the survey. */
  decline(): Promise<void>
  /** What the page's `window.onerror` and `unhandledrejection` heard since its load. */
  errors(): Promise<string[]>
}

/** The page's own script that keeps what reached its error handlers; served as a file, since the policy forbids inline ones. */
export const WATCH_ERRORS = `
  window.errors = []
  addEventListener('error', event => errors.push(String(event.message)))
  addEventListener('unhandledrejection', event => errors.push(String(event.reason)))
  addEventListener('pageshow', event => { window.wasRestored = event.persisted })`

export async function newVisitor(engine: Engine, siteUrl: string): Promise<Visitor> {
  const tab = await engine.newTab()

  const press = async (selector: string) => {
    // What moves in is pressed once it stands still.
    let before = ''
    let place: { x: number; y: number } | null = null
    await expect
      .poll(async () => {
        place = await tab.run<{ x: number; y: number } | null>(PLACE_OF(selector))
        const now = JSON.stringify(place)
        const isStill = place !== null && now === before
        before = now
        return isStill
      })
      .toBe(true)
    const { x, y } = place as unknown as { x: number; y: number }
    await tab.click(x, y)
  }

  return {
    tab,
    open: path => tab.open(`${siteUrl}${path}`),
    navigate: path => tab.run(`history.pushState(null, '', ${JSON.stringify(path)})`),
    choose: async score => {
      const radio = `input[type=radio][value="${score}"]`
      await press(radio)
      await expect
        .poll(() =>
          tab.run(
            `return document.querySelector('zeroten-panel').shadowRoot.querySelector('${radio}').checked`,
          ),
        )
        .toBe(true)
    },
    send: async text => {
      await press('[part=text]')
      await tab.type(text)
      await press('[part=send]')
      await expect
        .poll(() =>
          tab.run(
            `return !!document.querySelector('zeroten-panel')?.shadowRoot.querySelector('[part=thanks]')`,
          ),
        )
        .toBe(true)
    },
    decline: () => press('[part=close]'),
    errors: () => tab.run('return window.errors'),
  }
}
