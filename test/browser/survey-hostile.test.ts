import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { PanelChunk, PanelOptions } from '../../src/widget/survey/panel-types.js'
import { findLayoutFaults } from '../support/panel-layout.js'
import { show, startPanelSite, told } from '../support/panel-site.mjs'

let site: Awaited<ReturnType<typeof startPanelSite>>
beforeAll(async () => {
  site = await startPanelSite()
})
afterAll(() => site.close())

async function open(...args: Parameters<typeof site.open>) {
  const page = await site.open(...args)
  onTestFinished(() => page.close())
  return page
}

/** Answers as a visitor does, with real clicks, which reach only what can be hit. */
async function answer(page: Page) {
  await page.locator('[part~=score]').nth(9).click()
  await page.locator('textarea').fill('Fine')
  await page.locator('[part=send]').click()
  await page.locator('[part~=thanks]').waitFor()
}

/** What the panel looks like, element by element, so that two pages can be compared. */
const lookOf = (page: Page) =>
  page.evaluate(() => {
    const panel = document.querySelector('zeroten-panel')?.shadowRoot?.querySelector('[part=panel]')
    const elements = panel ? [panel, ...panel.querySelectorAll('.body *')] : []
    return elements.map(element => {
      const { x, y, width, height } = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      const { color, backgroundColor, font, letterSpacing, textTransform, opacity, visibility, direction } =
        style
      return {
        x,
        y,
        width,
        height,
        color,
        backgroundColor,
        font,
        letterSpacing,
        textTransform,
        opacity,
        visibility,
        direction,
      }
    })
  })

const hostile = {
  'a reset with !important': '* { all: unset !important } html > * { display: none !important }',
  'the usual reset of a framework': `
    *, ::before, ::after { box-sizing: border-box; border-width: 0; margin: 0; padding: 0 }
    html { font-size: 62.5%; line-height: 1.15 } button, input, textarea, label { all: unset }
    ol, ul { list-style: none } svg, img { display: block; max-width: 100% }`,
  'loud typography': `
    html { font: italic 900 44px/3 fantasy; letter-spacing: 1em; text-transform: uppercase; color: red;
      text-align: center; word-spacing: 2em; direction: rtl; writing-mode: vertical-rl; visibility: hidden }`,
  'a transformed, filtered, clipped body': `
    html, body { height: 100px; overflow: hidden; contain: strict }
    body { transform: scale(.5) rotate(3deg); filter: blur(2px); opacity: .3; will-change: transform; perspective: 3px; zoom: 1.5 }`,
  'z-index at its maximum': `
    p { position: fixed; inset: 0; z-index: 2147483647; background: red }`,
  'rules for unknown elements': `
    zeroten-panel, html > :not(head, body), :not(:defined) { display: none !important; position: fixed; opacity: 0 !important;
      transform: translateX(-9999px) !important; pointer-events: none !important; clip-path: inset(50%) !important }`,
}

describe('on a page with', () => {
  test.each(Object.entries(hostile))('%s it looks and works the same', async (_, css) => {
    const [plain, page] = [await open('<p>Text</p>'), await open('<p>Text</p>', { css })]
    for (const form of ['bar', 'popover'] as const) {
      for (const target of [plain, page]) {
        await show(target, { form, productName: 'Acme' })
      }
      expect(await lookOf(page)).toEqual(await lookOf(plain))
      await answer(page)
      for (const target of [plain, page]) {
        await target.evaluate('panel.close("stop"); document.querySelector("zeroten-panel").remove()')
      }
    }
    expect(await told(page)).toMatchObject({ shown: 2, scores: [9, 9], faults: [] })
  })

  test('no doctype it looks and works the same', async () => {
    const quirky = await open(
      '<html><head><title>Old</title></head><body><table><tr><td>Text</table></body></html>',
    )
    const plain = await open('<p>Text</p>')
    expect(await quirky.evaluate(() => document.compatMode)).toBe('BackCompat')
    for (const target of [plain, quirky])
      await show(target, { productName: 'Acme' }, { draft: { score: 7, text: '' } })
    expect(await lookOf(quirky)).toEqual(await lookOf(plain))
    await answer(quirky)
  })

  test('frozen and polluted prototypes it works', async () => {
    const content = `
      Array.prototype.remove = Object.prototype.toStrings = String.prototype.fill = function () { throw new Error('touched') }
      for (const it of [Object, Array, Function, String, Promise, Event, Node, Element, HTMLElement, EventTarget]) {
        Object.freeze(it.prototype)
        Object.freeze(it)
      }`
    const page = await open('<p>Text</p>', { initScripts: [{ content }] })
    await show(page, { form: 'popover', showOptOut: true, accent: 'teal' })
    await answer(page)
    expect(await told(page)).toMatchObject({ answers: [{ score: 9, text: 'Fine' }], faults: [] })
  })

  test('handlers that cancel every click, key and press it works, and they hear nothing of it', async () => {
    const page = await open('<p>Text</p>')
    await page.evaluate(() => {
      const heard: string[] = []
      Object.assign(window, { heard })
      for (const type of [
        'click',
        'mousedown',
        'pointerdown',
        'touchstart',
        'keydown',
        'keypress',
        'keyup',
        'beforeinput',
        'input',
        'paste',
      ]) {
        document.addEventListener(
          type,
          event => {
            event.preventDefault()
            heard.push(type)
          },
          { passive: false },
        )
      }
    })
    await show(page)
    await page.locator('[part~=score]').nth(9).click()
    await page.locator('textarea').click()
    await page.keyboard.type('Fine, 2')
    await page.locator('[part=send]').click()
    await page.locator('[part~=thanks]').waitFor()
    expect((await told(page)).answers).toEqual([{ score: 9, text: 'Fine, 2' }])
    expect(await page.evaluate('heard')).toEqual([])
  })
})

describe('the page', () => {
  const crowd = `<style></style><main><h1>A site</h1><p>Text</p><div class="last">Last</div></main><footer>Foot</footer>`
  const css = `
    body { display: grid; gap: 20px; min-height: 150vh } body > :last-child { background: pink } body > * + * { margin-top: 40px }
    :root:has(> :nth-child(4)) { background: yellow } html:has(dialog) { color: blue }`

  test.each([
    { form: 'bar' },
    { form: 'bar', position: 'top', theme: 'dark' },
    { form: 'popover', language: 'ar' },
    { form: 'modal' },
  ] as const)(
    'is the same to the pixel around and after a $form, and nothing of it shifts',
    async settings => {
      const page = await open(crowd, { css })
      await page.evaluate(() => scrollTo(0, 120))
      const before = await page.screenshot()
      const styles = () =>
        page.evaluate(() => document.styleSheets.length + document.adoptedStyleSheets.length)
      const count = await styles()
      await show(page, settings)
      const boxes = () =>
        page
          .locator('main, footer, h1')
          .evaluateAll(all => all.map(e => JSON.stringify(e.getBoundingClientRect())))
      const during = await boxes()
      expect(await page.evaluate(() => scrollY)).toBe(120)
      await answer(page)
      expect(await boxes()).toEqual(during)
      await page.locator('[part=close]').click()
      await page.locator('zeroten-panel').waitFor({ state: 'detached' })
      await page.mouse.move(0, 0)
      expect((await page.screenshot()).equals(before)).toBe(true)
      expect(await styles()).toBe(count)
      expect(await page.evaluate(() => document.documentElement.children.length)).toBe(2)
      expect(await told(page)).toMatchObject({ shift: 0, faults: [] })
    },
  )

  test('gets no global, no attribute and no event of the panel', async () => {
    const page = await open(crowd)
    const globals = () =>
      page.evaluate(() =>
        Object.getOwnPropertyNames(window)
          .filter(name => name !== 'panel')
          .sort(),
      )
    const before = await globals()
    const html = await page.evaluate(() => document.documentElement.outerHTML)
    await show(page)
    await answer(page)
    expect(await globals()).toEqual(before)
    expect(await page.evaluate(() => document.body.outerHTML)).toBe(html.slice(html.indexOf('<body'), -7))
  })

  test('sees no name that block lists match', async () => {
    const page = await open()
    await show(page, { showOptOut: true, askPermission: true }, { draft: { score: 9, text: '' } })
    const markup = await page.evaluate(() => {
      const host = document.querySelector('zeroten-panel') as Element
      return host.outerHTML + host.shadowRoot?.innerHTML
    })
    expect(markup).not.toMatch(/track|analytics|collect|stats|survey|nps|wootric/i)
  })
})

describe('a modal dialog of the page', () => {
  const dialogs =
    '<p>Text</p><dialog id="a"><button>In a</button></dialog><dialog id="b"><button>In b</button></dialog>'
  const parent = (page: Page) =>
    page.evaluate(() => {
      const host = [...document.querySelectorAll('*')]
        .flatMap(e => [e, ...(e.shadowRoot?.querySelectorAll('*') ?? [])])
        .find(e => e.localName === 'zeroten-panel')
      return host?.parentElement?.id || host?.parentElement?.localName
    })
  const modal = (page: Page, id: string, method: 'showModal' | 'close' | 'remove') =>
    page.evaluate(
      ([i, m]) => (document.getElementById(i as string) as HTMLDialogElement)[m as 'close'](),
      [id, method],
    )
  const settled = (page: Page, where: string) => expect.poll(() => parent(page)).toBe(where)

  test('that is open already takes the panel in', async () => {
    const page = await open(dialogs)
    await modal(page, 'a', 'showModal')
    await show(page)
    expect(await parent(page)).toBe('a')
    await answer(page)
  })

  test('that opens later takes it in, and lets it out when it closes, with all that was written', async () => {
    const page = await open(dialogs)
    await show(page)
    await page.locator('[part~=score]').nth(9).click()
    await page.locator('textarea').fill('Half a sen')
    await modal(page, 'a', 'showModal')
    await settled(page, 'a')
    await page.locator('textarea').press('End')
    await page.keyboard.type('tence')
    await modal(page, 'a', 'close')
    await settled(page, 'html')
    expect(await page.locator('textarea').inputValue()).toBe('Half a sentence')
    await page.locator('[part=send]').click()
    await page.locator('[part~=thanks]').waitFor()
    expect(await told(page)).toMatchObject({ answers: [{ score: 9, text: 'Half a sentence' }], closed: [] })
  })

  test('on top of another is the one that counts', async () => {
    const page = await open(dialogs)
    await show(page)
    await modal(page, 'b', 'showModal')
    await modal(page, 'a', 'showModal')
    await settled(page, 'a')
    await modal(page, 'a', 'close')
    await settled(page, 'b')
    await answer(page)
  })

  test('that leaves the document lets the panel out', async () => {
    const page = await open(dialogs)
    await show(page)
    await modal(page, 'a', 'showModal')
    await settled(page, 'a')
    await modal(page, 'a', 'remove')
    await settled(page, 'html')
    await answer(page)
    expect(await told(page)).toMatchObject({ closed: [], faults: [] })
  })

  test('in a shadow tree is found, whether it opens before or after', async () => {
    const page = await open('<div id="widget"></div>')
    const openModal = () =>
      page.evaluate(() => {
        const host = document.querySelector('#widget') as Element
        const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
        const dialog = document.createElement('dialog')
        dialog.id = 'deep'
        dialog.append(Object.assign(document.createElement('button'), { textContent: 'In' }))
        root.replaceChildren(dialog)
        dialog.showModal()
      })
    await openModal()
    await show(page)
    expect(await parent(page)).toBe('deep')
    await page.evaluate(() => document.querySelector('#widget')?.shadowRoot?.replaceChildren())
    await settled(page, 'html')
    await openModal()
    await settled(page, 'deep')
    await answer(page)
  })

  test('is not closed by an Escape that was meant for the panel', async () => {
    const page = await open(dialogs)
    await modal(page, 'a', 'showModal')
    await show(page)
    await page.locator('[value="3"]').focus()
    await page.keyboard.press('Escape')
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => (document.querySelector('#a') as HTMLDialogElement).open)).toBe(true)
    expect((await told(page)).closed).toEqual(['decline'])
  })

  test('keeps the focus that it took', async () => {
    const page = await open(dialogs)
    await show(page)
    await modal(page, 'a', 'showModal')
    await settled(page, 'a')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('In a')
  })
})

describe('a page that takes the panel away', () => {
  test('ends it as neither a decline nor an answer', async () => {
    const page = await open()
    await show(page)
    await page.evaluate(() => document.querySelector('zeroten-panel')?.remove())
    await expect.poll(async () => (await told(page)).closed).toEqual(['navigation'])
  })

  test('with the element that held it inline, too', async () => {
    const page = await open('<main><zero-ten></zero-ten></main>')
    await show(page, { form: 'inline' })
    expect(await page.locator('zero-ten zeroten-panel').count()).toBe(1)
    await page.evaluate(() => document.querySelector('main')?.remove())
    await expect.poll(async () => (await told(page)).closed).toEqual(['navigation'])
  })
})

describe('a modal panel', () => {
  test('goes when one clicks beside it, but not with an answer half given', async () => {
    const page = await open()
    await show(page, { form: 'modal' })
    await page.locator('[part~=score]').nth(4).click()
    await page.mouse.click(5, 5)
    expect((await told(page)).closed).toEqual([])
    await page.locator('[part=close]').click()
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    await show(page, { form: 'modal' })
    await page.mouse.click(5, 5)
    await expect.poll(async () => (await told(page)).closed).toEqual(['score', 'decline'])
  })
})

describe('a soft keyboard', () => {
  /** Chromium can't be made to show one, so the visual viewport says what it would say then. */
  const raise = (page: Page, px: number, scale = 1) =>
    page.evaluate(
      ([covered, zoom]) => {
        const viewport = window.visualViewport as VisualViewport
        Object.defineProperties(viewport, {
          height: { value: innerHeight - (covered ?? 0), configurable: true },
          scale: { value: zoom, configurable: true },
        })
        viewport.dispatchEvent(new Event('resize'))
      },
      [px, scale],
    )
  const boxOf = (page: Page) => page.locator('[part=panel]').evaluate(e => e.getBoundingClientRect().toJSON())

  test.each(['bar', 'popover', 'modal'] as const)('leaves a %s room above it', async form => {
    const page = await open('<p>Text</p>', {
      viewport: { width: 390, height: 700 },
      hasTouch: true,
      isMobile: true,
    })
    await show(page, { form }, { draft: { score: 3, text: '' } })
    await raise(page, 400)
    const box = await boxOf(page)
    expect(box.bottom).toBeLessThanOrEqual(300)
    expect(box.top).toBeGreaterThanOrEqual(0)
    await page.locator('[part=send]').scrollIntoViewIfNeeded()
    const send = await page.locator('[part=send]').boundingBox()
    expect((send?.y ?? 999) + (send?.height ?? 0)).toBeLessThanOrEqual(300)
    await raise(page, 0)
    expect((await boxOf(page)).bottom).toBeGreaterThan(380)
  })

  test('is not mistaken for a scroll bar or the bars of the browser', async () => {
    const page = await open('<p>Text</p>', { viewport: { width: 390, height: 700 } })
    await show(page)
    const before = await boxOf(page)
    await raise(page, 60)
    expect(await boxOf(page)).toEqual(before)
  })

  test('is not mistaken for pinching', async () => {
    const page = await open('<p>Text</p>', { viewport: { width: 390, height: 700 } })
    await show(page)
    const before = await boxOf(page)
    await raise(page, 400, 2)
    expect(await boxOf(page)).toEqual(before)
  })
})

test('at 400 % zoom all can be reached by scrolling the panel', async () => {
  const page = await open('<p>Text</p>', { viewport: { width: 320, height: 256 } })
  await show(page, { askPermission: true }, { draft: { score: 3, text: '' } })
  expect(await page.evaluate(findLayoutFaults, { minTargetPx: 24, isMirrored: false })).toEqual([])
  await page.locator('[part=permission]').click()
  await page.locator('[part=send]').click()
  await page.locator('[part~=thanks]').waitFor()
  expect((await told(page)).answers).toEqual([{ score: 3, text: '', share: true }])
})

describe('a browser of yesterday', () => {
  test('without a top layer shows the bar and the popover above the page all the same', async () => {
    const content = 'delete HTMLElement.prototype.showPopover; delete HTMLElement.prototype.popover'
    const page = await open('<p>Text</p>', {
      css: hostile['z-index at its maximum'],
      initScripts: [{ content }],
    })
    for (const form of ['bar', 'popover'] as const) {
      await show(page, { form })
      expect(await page.evaluate(findLayoutFaults, { minTargetPx: 24, isMirrored: false })).toEqual([])
      await answer(page)
      await page.locator('[part=close]').click()
      await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    }
    expect(await told(page)).toMatchObject({ scores: [9, 9], faults: [] })
  })
})

describe('a style sheet of the page', () => {
  test('reaches what it is offered: custom properties and parts', async () => {
    const page = await open('<p>Text</p>', {
      css: `:root { --zeroten-background: rgb(1, 2, 3); --zeroten-text: rgb(250, 250, 250); --zeroten-radius: 3px; --zeroten-font: serif }
        zeroten-panel::part(send) { text-transform: uppercase } zeroten-panel::part(chosen) { transform: scale(1.1) }`,
    })
    await show(page, {}, { draft: { score: 9, text: '' } })
    const styleOf = (selector: string, property: string) =>
      page.locator(selector).evaluate((e, name) => getComputedStyle(e).getPropertyValue(name), property)
    expect(await styleOf('[part=panel]', 'background-color')).toBe('rgb(1, 2, 3)')
    expect(await styleOf('[part=panel]', 'color')).toBe('rgb(250, 250, 250)')
    expect(await styleOf('[part=panel]', 'font-family')).toBe('serif')
    expect(await styleOf('[part=send]', 'border-radius')).toBe('3px')
    expect(await styleOf('[part=send]', 'text-transform')).toBe('uppercase')
    expect(await styleOf('[part~=chosen]', 'transform')).toBe('matrix(1.1, 0, 0, 1.1, 0, 0)')
  })
})

test('with its chunks at hand the question is there within one frame', async () => {
  const page = await open()
  const height = await page.evaluate(async () => {
    const { prepare, showPanel, loadWords, loadExtras } = (
      window as never as { chunk: PanelChunk & Required<Pick<PanelOptions, 'loadWords' | 'loadExtras'>> }
    ).chunk
    const settings = { language: 'de', form: 'popover', accent: 'teal' } as const
    const ignore = () => undefined
    await prepare({ settings, loadWords, loadExtras })
    await new Promise(requestAnimationFrame)
    void showPanel({
      settings,
      loadWords,
      loadExtras,
      onShow: ignore,
      onScore: ignore,
      onText: ignore,
      onClose: ignore,
      onSubmit: async () => undefined,
    })
    await new Promise(requestAnimationFrame)
    return document.querySelector('zeroten-panel')?.shadowRoot?.querySelector('[part=panel]')?.clientHeight
  })
  expect(height).toBeGreaterThan(50)
})

test('in print nothing of it is seen', async () => {
  const page = await open()
  await show(page)
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('[part=panel]').isVisible()).toBe(false)
})

test('where motion is welcome the panel comes, grows and goes softly, and shifts nothing', async () => {
  const page = await open('<p>Text</p>', { reducedMotion: 'no-preference' })
  const namesNow = () =>
    document
      .querySelector('zeroten-panel')
      ?.shadowRoot?.getAnimations()
      .map(it =>
        it instanceof CSSAnimation
          ? it.animationName
          : it instanceof CSSTransition
            ? it.transitionProperty
            : 'height',
      )
  const names = () => page.evaluate(namesNow)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Animation.enable')
  // Slow enough to be seen on a busy machine, too.
  const begins = async (act: () => Promise<unknown>) => {
    await devtools.send('Animation.setPlaybackRate', { playbackRate: 0.01 })
    const begun = await act()
    await devtools.send('Animation.setPlaybackRate', { playbackRate: 1 })
    return begun
  }
  expect(await begins(() => show(page).then(names))).toEqual(['in'])
  await expect.poll(names).toEqual([])
  const choose = () => page.locator('[value="9"]').evaluate((radio: HTMLElement) => radio.click())
  expect(await begins(() => choose().then(names))).toContain('height')
  await expect.poll(names).toEqual([])
  // In one task: the panel is removed after its time, however slowly it fades.
  expect(await begins(() => page.evaluate(`panel.close("stop"); (${namesNow})()`))).toEqual(['opacity'])
  expect((await told(page)).shift).toBe(0)
})
