import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { show, startPanelSite, told } from '../support/panel-site.mjs'

let site: Awaited<ReturnType<typeof startPanelSite>>
beforeAll(async () => {
  site = await startPanelSite()
})
afterAll(() => site.close())

/** The policy allows no style in the markup. */
const SPACER = '<div class="spacer"></div>'
const css = '.spacer { height: 3000px }'

async function open(html?: string) {
  const page = await site.open(html, { css, viewport: { width: 800, height: 600 } })
  onTestFinished(() => page.close())
  await page.clock.install()
  return page
}

/** The browser tells of what is in sight after it has drawn; what it tells this one, it has told those before. */
const lookAround = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>(resolve => {
        const panel = document.querySelector('zeroten-panel')?.shadowRoot?.querySelector('[part=panel]')
        new IntersectionObserver(() => resolve()).observe(panel as Element)
      }),
  )

const afterMs = async (page: Page, ms: number) => {
  await lookAround(page)
  await page.clock.runFor(ms)
  return (await told(page)).seen
}

/** The chunk that looks comes after the question is on the screen, with a style sheet of its own. */
const isWatched = (page: Page, sheets = 2) =>
  expect
    .poll(async () => {
      await page.clock.runFor(20)
      return page.evaluate(
        () => document.querySelector('zeroten-panel')?.shadowRoot?.adoptedStyleSheets.length,
      )
    })
    .toBe(sheets)

const setVisibility = (page: Page, state: 'visible' | 'hidden') =>
  page.evaluate(to => {
    Object.defineProperty(Document.prototype, 'hidden', { get: () => to === 'hidden', configurable: true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }, state)

describe('a survey has been seen', () => {
  test.each([
    ['bar', 2],
    ['popover', 2],
    ['modal', 3],
  ] as const)('as a %s, after a second in sight, once', async (form, sheets) => {
    const page = await open()
    await show(page, { form })
    await isWatched(page, sheets)
    expect(await afterMs(page, 900)).toBe(0)
    expect(await afterMs(page, 200)).toBe(1)
    expect(await afterMs(page, 5_000)).toBe(1)
  })

  test('where it stands in the page, once half of it is scrolled into sight', async () => {
    const page = await open(`<h1>A site</h1>${SPACER}<div id="slot"></div>${SPACER}`)
    await show(page, { form: 'inline' }, { container: '#slot' })
    await isWatched(page, 3)
    expect(await afterMs(page, 5_000)).toBe(0)
    const scrollTo = (share: number) =>
      page.evaluate(part => {
        const panel = document.querySelector('zeroten-panel')?.shadowRoot?.querySelector('[part=panel]')
        const { top, height } = (panel as Element).getBoundingClientRect()
        scrollBy(0, top + height * part - innerHeight)
      }, share)
    await scrollTo(0.4)
    expect(await afterMs(page, 5_000)).toBe(0)
    await scrollTo(0.6)
    expect(await afterMs(page, 1_100)).toBe(1)
  })

  test('only on a page that is visible', async () => {
    const page = await open()
    await setVisibility(page, 'hidden')
    await show(page, {})
    await isWatched(page)
    expect(await afterMs(page, 5_000)).toBe(0)
    await setVisibility(page, 'visible')
    expect(await afterMs(page, 500)).toBe(0)
    await setVisibility(page, 'hidden')
    expect(await afterMs(page, 5_000)).toBe(0)
    await setVisibility(page, 'visible')
    expect(await afterMs(page, 1_100)).toBe(1)
  })

  test('not where it is closed within the second', async () => {
    const page = await open()
    await show(page, {})
    await isWatched(page)
    expect(await afterMs(page, 500)).toBe(0)
    await page.evaluate('panel.close("stop")')
    await page.clock.runFor(5_000)
    expect((await told(page)).seen).toBe(0)
  })
})

test('a survey says how it stands on the page, where that is not as it was wished', async () => {
  const page = await site.open()
  onTestFinished(() => page.close())
  await show(page, { form: 'inline', language: 'de', productName: 'Kestrel' })
  expect((await told(page)).shownAs).toEqual([
    { form: 'bar', language: 'de', question: expect.stringContaining('Kestrel') },
  ])
})
