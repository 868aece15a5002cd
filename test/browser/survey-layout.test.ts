import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { PanelSettings } from '../../src/widget/survey/panel-types.js'
import { findLayoutFaults } from '../support/panel-layout.js'
import { show, startPanelSite, told } from '../support/panel-site.mjs'

let site: Awaited<ReturnType<typeof startPanelSite>>
beforeAll(async () => {
  site = await startPanelSite()
})
afterAll(() => site.close())

const notWords = ['registry.ts', 'language.ts', 'messages.ts']
const languages = readdirSync(join(import.meta.dirname, '../../src/widget/locales'))
  .filter(name => !notWords.includes(name))
  .map(name => name.replace('.ts', ''))

/** All that can stand in a panel at once, in words that are too long. */
const crowded: PanelSettings = {
  question: 'Wie wahrscheinlich ist es, dass Sie {product} nach alledem weiterempfehlen, und zwar {target}?',
  productName: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  recommendTarget: 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz',
  followUp: 'Kraftfahrzeughaftpflichtversicherungsgesellschaftsvorsitzende? '.repeat(2),
  permissionLabel: 'Kraftfahrzeughaftpflichtversicherungsgesellschaft',
  askPermission: true,
  showOptOut: true,
  disclaimer: 'Wir bewahren Ihre Antwort ein Jahr lang auf. '.repeat(3),
  disclaimerLinkUrl: '/privacy',
  disclaimerLinkText: 'Datenschutzgrundverordnungshinweise',
}

const draft = { score: 9, text: '' }
const drafts = [undefined, draft]

/** Shows one panel after the other on a page and says what is wrong with each. */
async function faultsOf(page: Page, settings: PanelSettings, minTargetPx: number) {
  const faults: string[] = []
  for (const step of drafts) {
    await show(page, settings, { container: '#slot', ...(step && { draft: step }) })
    const isMirrored = /^(ar|fa|he)/.test(settings.language ?? '')
    const found = await page.evaluate(findLayoutFaults, { minTargetPx, isMirrored })
    faults.push(...found.map(fault => `${step ? 'follow-up' : 'question'}: ${fault}`))
    await page.evaluate('panel.close("stop"); document.querySelector("zeroten-panel").remove()')
  }
  return faults
}

const slot = '<h1>A site</h1><div id="slot"></div>'
async function open(viewport: { width: number; height: number }, hasTouch: boolean) {
  const page = await site.open(slot, { viewport, hasTouch, isMobile: hasTouch })
  onTestFinished(() => page.close())
  return page
}

const sizes = [
  { width: 320, height: 568, hasTouch: true },
  { width: 768, height: 1024, hasTouch: true },
  { width: 1280, height: 800, hasTouch: false },
]

describe.each(sizes)('on a screen of $width × $height, touch $hasTouch', ({ width, height, hasTouch }) => {
  const minTargetPx = hasTouch ? 44 : 24

  test.each(['bar', 'popover', 'modal', 'inline'] as const)(
    'a %s has its place, its order and its contrast in every look',
    async form => {
      const page = await open({ width, height }, hasTouch)
      const faults: Record<string, string[]> = {}
      const looks: PanelSettings[] = [
        {},
        { theme: 'dark' },
        { language: 'ar', theme: 'dark' },
        { language: 'he', closePosition: 'start' },
        { closePosition: 'start', density: 'compact', accent: '#facc15' },
        { density: 'spacious', position: 'top-start', accent: 'oklch(0.7 0.2 150)', theme: 'dark' },
        { position: 'top', scaleColor: 'gradient' },
        { scaleColor: 'three', theme: 'dark', accent: '#101010' },
        { ...crowded, language: 'de' },
        { ...crowded, language: 'fa', density: 'spacious', scaleColor: 'gradient', theme: 'dark' },
      ]
      for (const look of looks) {
        const found = await faultsOf(page, { ...look, form }, minTargetPx)
        if (found.length) faults[JSON.stringify(look)] = found
      }
      expect(faults).toEqual({})
      expect((await told(page)).faults).toEqual([])
    },
  )
})

test.each(['bar', 'popover'] as const)('every language fits into a %s of 320 px', async form => {
  const page = await site.open(slot, {
    viewport: { width: 320, height: 568 },
    hasTouch: true,
    isMobile: true,
  })
  const faults: Record<string, string[]> = {}
  for (const language of languages) {
    const found = await faultsOf(
      page,
      { form, language, productName: 'Acme', showOptOut: true, askPermission: true },
      44,
    )
    if (found.length) faults[language] = found
  }
  expect(languages.length).toBeGreaterThanOrEqual(40)
  expect(faults).toEqual({})
})

test('a scale in a narrow column has its ends at 0 and at 10', async () => {
  const page = await site.open('<div id="slot"></div>', {
    viewport: { width: 320, height: 568 },
    hasTouch: true,
  })
  onTestFinished(() => page.close())
  const faults: Record<number, string[]> = {}
  for (const width of [220, 260, 276, 280, 300]) {
    await page.evaluate(px => {
      const slot = document.querySelector('#slot') as HTMLElement
      slot.style.width = `${px}px`
    }, width)
    const found = await faultsOf(page, { form: 'inline', language: 'en' }, 44)
    if (found.length) faults[width] = found
  }
  expect(faults).toEqual({})
})

test('words of the site that run the other way than the language do so', async () => {
  const page = await open({ width: 1280, height: 800 }, false)
  const sideOf = async (settings: PanelSettings, part: string) => {
    await show(page, settings, { container: '#slot', draft })
    const side = await page.evaluate(name => {
      const element = document.querySelector('zeroten-panel')?.shadowRoot?.querySelector(`[part~=${name}]`)
      const range = document.createRange()
      range.selectNodeContents(element as Node)
      const [text, box] = [range.getBoundingClientRect(), (element as Element).getBoundingClientRect()]
      return text.left - box.left < box.right - text.right ? 'left' : 'right'
    }, part)
    await page.evaluate('panel.close("stop"); document.querySelector("zeroten-panel").remove()')
    return side
  }
  const hebrew = { question: 'האם תמליץ?', followUp: 'למה?' }
  for (const part of ['question', 'follow-up']) {
    expect(await sideOf({ language: 'en' }, part)).toBe('left')
    expect(await sideOf({ language: 'en', ...hebrew }, part)).toBe('right')
    expect(await sideOf({ language: 'ar' }, part)).toBe('right')
    expect(
      await sideOf({ language: 'ar', productName: 'Acme', question: 'Would you?', followUp: 'Why?' }, part),
    ).toBe('left')
  }
})
