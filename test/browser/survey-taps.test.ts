import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { PanelSettings } from '../../src/widget/survey/panel-types.js'
import { show, startPanelSite, told } from '../support/panel-site.mjs'
import { spotOf, tapTwice } from '../support/taps.js'

let site: Awaited<ReturnType<typeof startPanelSite>>
beforeAll(async () => {
  site = await startPanelSite()
})
afterAll(() => site.close())

const html = '<h1>A site</h1><div id="slot"></div><a href="#gone" style="position:fixed;inset:0">Page</a>'

async function open(options: Parameters<typeof site.open>[1] = {}) {
  const page = await site.open(html, {
    viewport: { width: 375, height: 700 },
    hasTouch: true,
    isMobile: true,
    ...options,
  })
  page.setDefaultTimeout(10_000)
  onTestFinished(() => page.close())
  return page
}

const forms: PanelSettings[] = [
  { form: 'bar' },
  { form: 'bar', position: 'top' },
  { form: 'popover' },
  { form: 'popover', position: 'top-start', language: 'ar' },
  { form: 'modal', showOptOut: true, disclaimer: 'We keep your answer for a year. '.repeat(3) },
  { form: 'inline' },
]

const container = { container: '#slot' }

const tapSameSpot = async (page: Page, selector: string) => {
  const spot = await spotOf(page, selector)
  await tapTwice(page, [spot, spot])
}

describe.each(forms)('two taps at one spot of a $form ($position)', settings => {
  test('choose one score, and send nothing', async () => {
    const page = await open()
    for (const score of [0, 2, 5, 6, 8, 10]) {
      await show(page, settings, container)
      const before = (await told(page)).scores.length
      await tapSameSpot(page, `[value="${score}"]`)
      await page.locator('textarea').waitFor()
      expect((await told(page)).scores.slice(before)).toEqual([score])
      expect(await page.locator(`[value="${score}"]`).isChecked()).toBe(true)
      await page.evaluate('panel.close("stop"); document.querySelector("zeroten-panel").remove()')
    }
    expect((await told(page)).answers).toEqual([])
  })

  test('on Send follow no link of the thanks', async () => {
    const page = await open()
    const links: PanelSettings = {
      thanksText: 'We read every word of it. '.repeat(4),
      thanksLinkUrl: '/review',
      thanksLinkText: 'Would you write a review of it, in as many words as you like? '.repeat(6),
    }
    await show(page, { ...settings, ...links }, { ...container, draft: { score: 9, text: '' } })
    await page.evaluate(() => {
      Object.assign(window, { opened: 0 })
      window.open = () => null
    })
    const pages = page.context().pages().length
    await tapSameSpot(page, '[part=send]')
    await page.locator('[part~=thanks]').waitFor()
    expect(page.context().pages().length).toBe(pages)
    expect(await told(page)).toMatchObject({ answers: [{ score: 9, text: '' }], closed: [] })
  })

  test('on Close touch nothing of the page beneath', async () => {
    const page = await open()
    await show(page, settings, container)
    await tapSameSpot(page, '[part=close]')
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    expect(new URL(page.url()).hash).toBe('')
    expect((await told(page)).closed).toEqual(['decline'])
  })
})

describe('the scale', () => {
  test.each(forms)('keeps its place in a $form ($position) for half a second after a tap', async settings => {
    const page = await open({ reducedMotion: 'no-preference' })
    await show(
      page,
      { ...settings, question: 'Would you recommend us to a friend of yours? '.repeat(3) },
      container,
    )
    await page.waitForFunction(
      () => document.querySelector('zeroten-panel')?.shadowRoot?.getAnimations().length === 0,
    )
    // Frame by frame, with the time since the follow-up was there.
    await page.evaluate(() => {
      const shadow = document.querySelector('zeroten-panel')?.shadowRoot as ShadowRoot
      const places: [number, number][] = []
      Object.assign(window, { places })
      let openedMs = 0
      const note = (nowMs: number) => {
        if (shadow.querySelector('textarea')) openedMs ||= nowMs
        const { top } = (shadow.querySelector('.scale') as Element).getBoundingClientRect()
        places.push([openedMs && nowMs - openedMs, top])
        if (!openedMs || nowMs - openedMs < 1_200) requestAnimationFrame(note)
        else Object.assign(window, { isNoted: true })
      }
      requestAnimationFrame(note)
    })
    const spot = await spotOf(page, '[value="8"]')
    await tapTwice(page, [spot, spot])
    await page.waitForFunction(() => 'isNoted' in window)
    const places = await page.evaluate(() => (window as never as { places: [number, number][] }).places)
    const start = places[0]?.[1] ?? 0
    const early = places.filter(([sinceMs]) => sinceMs < 400)
    expect(early.length).toBeGreaterThan(1)
    for (const [, top] of early) expect(Math.abs(top - start)).toBeLessThan(1)
    expect(await page.locator('[part=send]').boundingBox()).toMatchObject({ width: expect.any(Number) })
  })

  test('takes a second tap at once where it is at another score', async () => {
    const page = await open()
    await show(page)
    await tapTwice(page, [await spotOf(page, '[value="7"]'), await spotOf(page, '[value="9"]')], 200)
    await expect.poll(async () => (await told(page)).scores).toEqual([7, 9])
  })
})

test('a double click of a mouse chooses one score and presses nothing', async () => {
  const page = await open({ hasTouch: false, isMobile: false, viewport: { width: 1280, height: 800 } })
  for (const form of ['bar', 'popover'] as const) {
    await show(page, { form })
    const { x, y } = await spotOf(page, '[value="10"]')
    await page.mouse.dblclick(x, y)
    await page.locator('textarea').waitFor()
    await page.evaluate('panel.close("stop"); document.querySelector("zeroten-panel").remove()')
  }
  expect(await told(page)).toMatchObject({ scores: [10, 10], answers: [] })
})

test('a visitor who types between two clicks at one spot presses the button', async () => {
  const page = await open()
  await show(page)
  const { x, y } = await spotOf(page, '[value="8"]')
  await page.touchscreen.tap(x, y)
  await page.locator('textarea').fill('Fine')
  await page.locator('[part=send]').tap()
  await page.locator('[part~=thanks]').waitFor()
  expect((await told(page)).answers).toEqual([{ score: 8, text: 'Fine' }])
})
