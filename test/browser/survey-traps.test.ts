import { createRequire } from 'node:module'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { show, startPanelSite, told } from '../support/panel-site.mjs'

let site: Awaited<ReturnType<typeof startPanelSite>>
beforeAll(async () => {
  site = await startPanelSite()
})
afterAll(() => site.close())

async function open(html: string, options: Parameters<typeof site.open>[1] = {}) {
  // The scripts of the page come as text, and the test has no time to lose where a page has won.
  const page = await site.open(html, { bypassCSP: true, ...options })
  page.setDefaultTimeout(10_000)
  onTestFinished(() => page.close())
  return page
}

const { resolve } = createRequire(import.meta.url)
const load = async (page: Page, libraries: string[]) => {
  for (const name of libraries) await page.addScriptTag({ path: resolve(name) })
}

const dialog = `<button id="opener">Open</button>
  <div id="dialog" class="modal" tabindex="-1" style="display:block;position:static"><div class="modal-dialog"><div class="modal-content">
  <input id="name"><button id="ok">OK</button></div></div></div>`

/** How pages keep the focus in their own dialogs; each script opens the trap and focuses the dialog's field. */
const traps: Record<string, { libraries?: string[]; content: string }> = {
  Bootstrap: {
    libraries: ['bootstrap/dist/js/bootstrap.bundle.min.js'],
    content: 'new bootstrap.Modal(dialog, { backdrop: false }).show()',
  },
  'focus-trap': {
    libraries: ['tabbable/dist/index.umd.min.js', 'focus-trap/dist/focus-trap.umd.min.js'],
    content:
      "focusTrap.createFocusTrap(dialog, { initialFocus: '#name', delayInitialFocus: false }).activate()",
  },
  'listeners on the document, in the capture phase': {
    content: `for (const type of ['focus', 'focusin', 'mousedown', 'pointerdown', 'touchstart', 'click', 'keydown'])
      document.addEventListener(type, event => {
        if (dialog.contains(event.target)) return
        event.preventDefault()
        event.stopImmediatePropagation()
        field.focus()
      }, { capture: true, passive: false })`,
  },
  'a look at where the focus goes': {
    content: `dialog.addEventListener('focusout', ({ relatedTarget }) => {
        if (relatedTarget && !dialog.contains(relatedTarget)) field.focus()
      })
      dialog.addEventListener('blur', ({ relatedTarget }) => {
        if (relatedTarget && !dialog.contains(relatedTarget)) field.focus()
      }, true)`,
  },
  'all else inert': {
    content: `const shut = () => {
        for (const element of document.documentElement.children)
          if (!element.contains(dialog)) { element.inert = true; element.setAttribute('aria-hidden', 'true') }
      }
      new MutationObserver(shut).observe(document.documentElement, { childList: true })
      shut()`,
  },
}

async function openTrapped(name: string) {
  const { libraries = [], content } = traps[name] as (typeof traps)[string]
  const page = await open(dialog)
  await load(page, libraries)
  const start = () =>
    page.evaluate(async script => {
      const field = document.querySelector('#name') as HTMLInputElement
      const run = Object.getPrototypeOf(async () => undefined).constructor('dialog', 'field', script)
      await run(document.querySelector('#dialog'), field)
      field.focus()
    }, content)
  return { page, start }
}

const fieldOf = (page: Page) =>
  page.evaluate(() => (document.querySelector('#name') as HTMLInputElement).value)

describe.each(Object.keys(traps))('a page that traps the focus by %s', name => {
  test.each(['before', 'after'] as const)(
    '%s the survey came leaves to the panel what is the panel’s',
    async order => {
      const { page, start } = await openTrapped(name)
      if (order === 'before') await start()
      await show(page, { form: 'popover', showOptOut: true })
      if (order === 'after') await start()
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('name')
      await page.locator('[part~=score]').nth(9).click()
      await page.locator('textarea').click()
      await page.keyboard.type('Fine, 10 of 10')
      expect(await fieldOf(page)).toBe('')
      expect(await page.locator('textarea').inputValue()).toBe('Fine, 10 of 10')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.locator('[part~=thanks]').waitFor()
      expect(await told(page)).toMatchObject({
        scores: [9],
        answers: [{ score: 9, text: 'Fine, 10 of 10' }],
        faults: [],
      })
    },
  )

  test('keeps its own focus until the visitor goes into the panel, and has it back after', async () => {
    const { page, start } = await openTrapped(name)
    await start()
    await show(page)
    await page.keyboard.type('mine')
    expect(await fieldOf(page)).toBe('mine')
    await page.locator('[part=close]').click()
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('name')
  })
})

/** How pages keep what is behind their dialogs from being scrolled. */
const locks: Record<string, { libraries?: string[]; content: string }> = {
  Lenis: { libraries: ['lenis/dist/lenis.min.js'], content: 'new Lenis({ autoRaf: true })' },
  'listeners on the document': {
    content: `for (const type of ['wheel', 'mousewheel', 'touchmove', 'touchstart'])
      document.addEventListener(type, event => event.preventDefault(), { passive: false })`,
  },
  'listeners on the document, in the capture phase': {
    content: `for (const type of ['wheel', 'touchmove'])
      document.addEventListener(type, event => { event.preventDefault(); event.stopPropagation() }, { passive: false, capture: true })`,
  },
  'listeners on the window, in the capture phase, that were there first': {
    content: `for (const type of ['wheel', 'touchmove'])
      window.addEventListener(type, event => event.preventDefault(), { passive: false, capture: true })`,
  },
  'hidden overflow': {
    content: "document.documentElement.style.overflow = document.body.style.overflow = 'hidden'",
  },
}

describe.each(Object.entries(locks))(
  'a page that locks scrolling by %s',
  (_, { libraries = [], content }) => {
    test('leaves the panel its own scrolling, by wheel and by touch', async () => {
      const page = await open('<div style="height:4000px">Text</div>', {
        viewport: { width: 320, height: 256 },
        hasTouch: true,
      })
      await load(page, libraries)
      await page.evaluate(content)
      await show(page, { askPermission: true }, { draft: { score: 3, text: '' } })
      const scrolled = () => page.locator('[part=panel]').evaluate(panel => panel.scrollTop)
      await page.mouse.move(160, 200)
      await page.mouse.wheel(0, 60)
      await expect.poll(scrolled).toBeGreaterThan(0)
      await page.locator('[part=panel]').evaluate(panel => {
        panel.scrollTop = 0
      })
      const devTools = await page.context().newCDPSession(page)
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
        devTools.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: y === undefined ? [] : [{ x: 160, y }],
        })
      await touch('touchStart', 230)
      for (let y = 220; y >= 120; y -= 20) await touch('touchMove', y)
      await touch('touchEnd')
      await expect.poll(scrolled).toBeGreaterThan(0)
      expect(await page.evaluate(() => scrollY)).toBe(0)
    })
  },
)
