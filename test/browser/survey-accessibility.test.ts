import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { PanelSettings } from '../../src/widget/survey/panel-types.js'
import { axeScript, show, startPanelSite, told } from '../support/panel-site.mjs'

let site: Awaited<ReturnType<typeof startPanelSite>>
beforeAll(async () => {
  site = await startPanelSite()
})
afterAll(() => site.close())

const html =
  '<main><h1>A site</h1><p><label>Name <input id="name"></label> <button id="go">Go</button></p><div id="slot"></div></main>'

async function open(...args: Parameters<typeof site.open>) {
  const page = await site.open(args[0] ?? html, args[1])
  onTestFinished(() => page.close())
  return page
}

/** The accessibility tree of what is shown, as indented lines: role, name, and the states that are set. */
const treeOf = (page: Page) => page.locator('zeroten-panel').locator('[part=panel]').ariaSnapshot()

const focused = (page: Page) =>
  page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.id || element?.getAttribute('value') || element?.getAttribute('part') || element?.tagName
  })

describe('axe finds nothing at any step of any form', () => {
  const looks: PanelSettings[] = [
    { theme: 'light', language: 'en', scaleColor: 'three' },
    { theme: 'dark', language: 'en', accent: '#facc15' },
    { theme: 'light', language: 'he', accent: '#facc15' },
    { theme: 'dark', language: 'ar', scaleColor: 'gradient' },
  ]
  test.each(looks)('$theme, $language', async look => {
    const page = await open(html, { initScripts: [axeScript] })
    const found: string[] = []
    const inspect = async (where: string) => {
      const faults = await page.evaluate(async () => {
        const { axe } = window as never as { axe: typeof import('axe-core') }
        const { violations, incomplete } = await axe.run({ resultTypes: ['violations', 'incomplete'] })
        // Of contrast axe says what it could not see (single digits, what stands beside <body>); layout tests compute it.
        return [...violations, ...incomplete.filter(({ id }) => id !== 'color-contrast')].map(
          ({ id, nodes }) => `${id} ${nodes.map(node => node.html)}`,
        )
      })
      found.push(...faults.map(fault => `${where}: ${fault}`))
    }
    for (const form of ['bar', 'popover', 'modal', 'inline'] as const) {
      const rich: PanelSettings = {
        ...look,
        form,
        showOptOut: true,
        askPermission: true,
        disclaimer: 'We keep it for a year.',
        disclaimerLinkUrl: '/privacy',
        disclaimerLinkText: 'Privacy',
        thanksText: 'We read every word.',
        thanksLinkUrl: '/more',
        facebookPage: 'acme',
      }
      await show(page, rich, { container: '#slot' })
      await inspect(`${form}, question`)
      await page.locator('[part~=score]').nth(10).click()
      await inspect(`${form}, follow-up`)
      await page.locator('[part=send]').click()
      await page.locator('[part~=thanks]').waitFor()
      await inspect(`${form}, thanks`)
      await page.locator('[part=close]').click()
      await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    }
    expect(found).toEqual([])
  })
})

describe('the accessibility tree', () => {
  test('names the region by its question, the group, and every choice with both ends', async () => {
    const page = await open()
    await show(page, { productName: 'Acme' })
    await page.getByText('We have a question for you').waitFor({ state: 'attached' })
    const name = (score: number) => `${score}, 0 is not at all likely, 10 is extremely likely`
    expect(await treeOf(page)).toBe(
      [
        '- region "How likely are you to recommend Acme to a friend or colleague?":',
        '  - status: "We have a question for you, at the end of this page: How likely are you to recommend Acme to a friend or colleague?"',
        '  - paragraph: How likely are you to recommend Acme to a friend or colleague?',
        '  - radiogroup "How likely are you to recommend Acme to a friend or colleague?":',
        ...[...Array(11).keys()].map(score => `    - radio "${name(score)}"`),
        '  - button "Close": ×',
      ].join('\n'),
    )
  })

  test('says which score is chosen, and what is asked about it', async () => {
    const page = await open()
    await show(page, { askPermission: true }, { draft: { score: 7, text: 'Slow' } })
    const tree = await treeOf(page)
    expect(tree).toContain('radio "7, 0 is not at all likely, 10 is extremely likely" [checked]')
    expect(tree.match(/\[checked\]/g)).toHaveLength(1)
    expect(tree).toMatch(/textbox "Thank you\. What could we do better\?":.*text: Slow/s)
    expect(tree).toContain('checkbox "You may share my comment with others"')
    expect(tree).toContain('button "Send"')
  })

  test('makes of the modal form a dialog with the same name', async () => {
    const page = await open()
    await show(page, { form: 'modal' })
    expect(await treeOf(page)).toMatch(/^- dialog "How likely are you to recommend us/)
  })

  test('tells a link that leaves the tab, and where a screen reader comes to know of the panel', async () => {
    const page = await open()
    await show(page, { disclaimerLinkUrl: '/privacy', disclaimerLinkText: 'Privacy' })
    await page.getByText('We have a question for you, at the end of this page').waitFor({ state: 'attached' })
    const tree = await treeOf(page)
    expect(tree).toContain('link "Privacy (opens in a new tab)"')
    expect(tree).toContain('status: "We have a question for you, at the end of this page: How likely')
  })
})

describe('by keyboard alone', () => {
  test('a visitor answers and is back where they were', async () => {
    const page = await open()
    await page.locator('#go').focus()
    await show(page)
    expect(await focused(page)).toBe('go')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('0')
    for (let presses = 0; presses < 8; presses++) await page.keyboard.press('ArrowRight')
    expect(await focused(page)).toBe('8')
    expect((await told(page)).scores).toEqual([])
    await page.keyboard.press('Space')
    expect((await told(page)).scores).toEqual([8])
    expect(await focused(page)).toBe('8')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('t')
    await page.keyboard.type('Fine, 10 times')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('[part~=thanks]').waitFor()
    expect((await told(page)).answers).toEqual([{ score: 8, text: 'Fine, 10 times' }])
    await page.keyboard.press('Escape')
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('go')
    expect(await told(page)).toMatchObject({ closed: ['response'], scores: [8], faults: [] })
  })

  test('a digit chooses, and 1 with 0 is ten', async () => {
    const page = await open()
    await show(page)
    await page.locator('[value="3"]').focus()
    await page.keyboard.press('9')
    // As fast as the machine allows: there is a time within which they are one number.
    await Promise.all([page.keyboard.press('1'), page.keyboard.press('0')])
    expect((await told(page)).scores).toEqual([9, 1, 10])
    expect(await focused(page)).toBe('10')
  })

  test('keys outside of the panel are the page’s, Escape too', async () => {
    const page = await open()
    await show(page)
    await page.locator('#name').focus()
    await page.keyboard.type('9 lives')
    await page.keyboard.press('Escape')
    expect(await page.locator('#name').inputValue()).toBe('9 lives')
    expect(await told(page)).toMatchObject({ scores: [], closed: [] })
  })

  test('from right to left, the left arrow goes up the scale', async () => {
    const page = await open()
    await show(page, { language: 'ar' })
    await page.locator('[value="4"]').focus()
    await page.keyboard.press('ArrowLeft')
    expect(await focused(page)).toBe('5')
    await page.keyboard.press('ArrowDown')
    expect(await focused(page)).toBe('6')
  })

  test('the modal form keeps the focus inside and gives it back', async () => {
    const page = await open()
    await page.locator('#go').focus()
    await show(page, { form: 'modal' })
    expect(await focused(page)).toBe('panel')
    const stops: (string | undefined)[] = []
    for (let presses = 0; presses < 6; presses++) {
      await page.keyboard.press('Tab')
      stops.push(await focused(page))
    }
    expect(stops).toContain('close')
    expect(stops).not.toContain('name')
    expect(stops).not.toContain('go')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('go')
    expect((await told(page)).closed).toEqual(['decline'])
  })

  test('the focus can be seen wherever it stands', async () => {
    const page = await open()
    await show(page, { showOptOut: true })
    await page.locator('#go').focus()
    for (const stop of ['0', 'opt-out', 'close']) {
      await page.keyboard.press('Tab')
      expect(await focused(page)).toBe(stop)
      const outline = await page.evaluate(() => {
        const element = document.querySelector('zeroten-panel')?.shadowRoot?.activeElement
        const shown = element?.matches('[type=radio]') ? element.nextElementSibling : element
        return shown && getComputedStyle(shown).outlineWidth
      })
      expect(outline).toBe('2px')
    }
  })
})

describe('focus', () => {
  test('returns into the shadow tree of the page that it came from', async () => {
    const page = await open('<div id="widget"></div><p>Text</p>')
    await page.evaluate(() => {
      const root = document.querySelector('#widget')?.attachShadow({ mode: 'open' })
      const field = document.createElement('input')
      field.id = 'deep'
      root?.append(field)
    })
    await page.locator('#deep').focus()
    await show(page)
    await page.locator('[value="3"]').focus()
    await page.keyboard.press('Escape')
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('deep')
  })

  test('stays where the visitor took it while the panel fades', async () => {
    const page = await open()
    await page.locator('#go').focus()
    await show(page)
    await page.locator('[value="3"]').focus()
    await page.evaluate('panel.close("stop"); document.querySelector("#name").focus()')
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('name')
  })
})

describe('after a score', () => {
  const panelOn = async (options: Parameters<typeof open>[1]) => {
    const page = await open(html, options)
    await show(page)
    return page
  }

  test('that was clicked with a mouse one can type at once', async () => {
    const page = await panelOn({})
    await page.locator('[value="9"]').click()
    await page.keyboard.type('10 out of 10')
    expect(await page.locator('textarea').inputValue()).toBe('10 out of 10')
    expect((await told(page)).scores).toEqual([9])
  })

  test('that was tapped no soft keyboard comes up', async () => {
    const page = await panelOn({ hasTouch: true, isMobile: true })
    await page.locator('[value="9"]').tap()
    expect(await focused(page)).toBe('9')
  })
})

describe('thanks', () => {
  test('stay while the pointer rests on them, and go by themselves after', async () => {
    const page = await open()
    await page.clock.install()
    await show(page, {}, { draft: { score: 9, text: '' } })
    await page.locator('[part=send]').click()
    await page.locator('[part~=thanks]').waitFor()
    await page.locator('[part~=thanks]').hover()
    await page.clock.runFor(11_000)
    expect((await told(page)).closed).toEqual([])
    await page.mouse.move(5, 5)
    await page.clock.runFor(6_000)
    expect((await told(page)).closed).toEqual(['response'])
  })

  test('go by themselves after a tap, too, which leaves a hover behind', async () => {
    const page = await open(html, { hasTouch: true, isMobile: true })
    await page.clock.install()
    await show(page, {}, { draft: { score: 9, text: '' } })
    await page.locator('[part=send]').tap()
    await page.locator('[part~=thanks]').waitFor()
    await page.clock.runFor(6_000)
    expect((await told(page)).closed).toEqual(['response'])
  })

  test('with a link stay until they are closed', async () => {
    const page = await open()
    await page.clock.install()
    await show(
      page,
      {
        thanksLinkUrl: 'https://example.com/review?a=1',
        linkScoreParameter: 's',
        linkCommentParameter: 'c',
        thanksLinkText: 'Review us',
      },
      { draft: { score: 9, text: 'Très & bon' } },
    )
    await page.locator('[part=send]').click()
    await page.locator('[part=link]').waitFor()
    await page.mouse.move(5, 5)
    await page.clock.runFor(30_000)
    expect((await told(page)).closed).toEqual([])
    const link = page.locator('[part=link]')
    expect(await link.getAttribute('href')).toBe('https://example.com/review?a=1&s=9&c=Tr%C3%A8s+%26+bon')
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
  })
})

describe('preferences of the visitor', () => {
  test('reduced motion: nothing moves', async () => {
    const page = await open()
    await show(page)
    await page.locator('[part~=score]').nth(3).click()
    const moving = await page.evaluate(
      () => document.querySelector('zeroten-panel')?.shadowRoot?.getAnimations().length,
    )
    expect(moving).toBe(0)
  })

  test('forced colours: choices have borders, and the chosen one the colours of a selection', async () => {
    const page = await open(html, { forcedColors: 'active' })
    await show(page, { scaleColor: 'gradient' }, { draft: { score: 4, text: '' } })
    const look = (score: number) =>
      page
        .locator(`[value="${score}"] + span`)
        .evaluate(e => [getComputedStyle(e).borderTopWidth, getComputedStyle(e).backgroundColor])
    const selection = await page.evaluate(() => {
      const probe = document.createElement('p')
      probe.style.cssText = 'forced-color-adjust: none; background: Highlight'
      document.body.append(probe)
      return getComputedStyle(probe).backgroundColor
    })
    expect((await look(3))[0]).toBe('1px')
    expect(await look(4)).toEqual(['1px', selection])
    expect((await look(3))[1]).not.toBe(selection)
  })

  test('a change of the colour scheme is followed while the panel is shown, with the accent', async () => {
    const page = await open()
    await show(page, { accent: '#123456' })
    const look = () =>
      page
        .locator('[part=panel]')
        .evaluate(e => [getComputedStyle(e).backgroundColor, e.style.getPropertyValue('--ink')])
    const light = await look()
    expect(light[0]).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(async () => (await look())[0]).toBe('rgb(26, 29, 35)')
    await expect.poll(async () => (await look())[1]).not.toBe(light[1])
  })
})
