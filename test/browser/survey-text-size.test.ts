import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { PanelSettings } from '../../src/widget/survey/panel-types.js'
import { findLayoutFaults } from '../support/panel-layout.js'
import { show, startPanelSite } from '../support/panel-site.mjs'

let site: Awaited<ReturnType<typeof startPanelSite>>
beforeAll(async () => {
  // What the visitor sets in the browser: text of twice the usual size.
  site = await startPanelSite({ args: ['--blink-settings=defaultFontSize=32'] })
})
afterAll(() => site.close())

const settings: PanelSettings = { productName: 'Acme', askPermission: true, showOptOut: true }

test.each([
  { width: 320, height: 568, hasTouch: true },
  { width: 390, height: 844, hasTouch: true },
  { width: 1280, height: 800, hasTouch: false },
])('with text of twice the size all has its place on $width × $height', async ({ hasTouch, ...viewport }) => {
  const page = await site.open('<div id="slot"></div>', { viewport, hasTouch, isMobile: hasTouch })
  onTestFinished(() => page.close())
  const faults: Record<string, string[]> = {}
  for (const form of ['bar', 'popover', 'modal', 'inline'] as const) {
    for (const language of ['en', 'de', 'fi', 'ru', 'ar', 'th', 'ja']) {
      for (const draft of [undefined, { score: 9, text: '' }]) {
        await show(page, { ...settings, form, language }, { container: '#slot', ...(draft && { draft }) })
        const expected = { minTargetPx: hasTouch ? 44 : 24, isMirrored: language === 'ar' }
        const found = await page.evaluate(findLayoutFaults, expected)
        if (found.length) faults[`${form}, ${language}, ${draft ? 'follow-up' : 'question'}`] = found
        await page.evaluate('panel.close("stop"); document.querySelector("zeroten-panel").remove()')
      }
    }
  }
  expect(faults).toEqual({})
})

test('the size is the visitor’s, whatever the page made of it', async () => {
  const page = await site.open('<p>Text</p>', {
    css: 'html { font-size: 62.5% } * { font-size: 9px !important }',
  })
  onTestFinished(() => page.close())
  await show(page, settings)
  const size = await page.locator('[part=panel]').evaluate(e => getComputedStyle(e).fontSize)
  expect(size).toBe('32px')
})
