import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { show, startPanelSite, told } from '../support/panel-site.mjs'

let site: Awaited<ReturnType<typeof startPanelSite>>
beforeAll(async () => {
  site = await startPanelSite()
})
afterAll(() => site.close())

async function open(...args: Parameters<typeof site.open>) {
  const page = await site.open(...args)
  page.setDefaultTimeout(10_000)
  onTestFinished(() => page.close())
  return page
}

async function answer(page: Page) {
  await page.locator('[part~=score]').nth(3).click()
  await page.locator('[part~=score]').nth(9).click()
  await page.locator('textarea').fill('Fine')
  await page.locator('[part=send]').click()
  await page.locator('[part~=thanks]').waitFor()
}

/** What translators do to every text that they find, and to each that comes later; they reach into open shadow trees. */
const translators: Record<string, (text: Text) => void> = {
  'puts each text into elements of its own': text => {
    const [outer, inner] = [document.createElement('font'), document.createElement('font')]
    text.replaceWith(outer)
    outer.append(inner)
    inner.append(`«${text.data}»`)
  },
  'moves each text into an element': text => {
    const font = document.createElement('font')
    text.replaceWith(font)
    font.append(text)
    text.data = `«${text.data}»`
  },
  'puts a translation beside each text': text => {
    const font = document.createElement('font')
    font.append(`«${text.data}»`)
    text.after(font)
  },
}

describe.each(Object.entries(translators))('a translator that %s', (_, translate) => {
  test('harms no step, and each step says its own', async () => {
    const page = await open()
    await page.evaluate(
      ([work]) => {
        const act = new Function(`return ${work}`)() as (text: Text) => void
        const seen = new WeakSet<Node>()
        const walk = (root: Node) => {
          const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
          const found: Text[] = []
          while (texts.nextNode()) found.push(texts.currentNode as Text)
          for (const text of found) {
            if (
              seen.has(text) ||
              !text.data.trim() ||
              text.parentElement?.closest('font,[translate=no],textarea')
            )
              continue
            seen.add(text)
            act(text)
          }
        }
        const { attachShadow } = Element.prototype
        Element.prototype.attachShadow = function (init) {
          const root = attachShadow.call(this, init)
          new MutationObserver(() => walk(root)).observe(root, {
            subtree: true,
            childList: true,
            characterData: true,
          })
          return root
        }
      },
      [String(translate)],
    )
    const shown = (part: string) => page.locator(`[part~=${part}]`).first().innerText()
    await show(page, {
      showOptOut: true,
      askPermission: true,
      disclaimer: 'Kept for a year.',
      disclaimerLinkUrl: '/privacy',
      thanksText: 'We read every word.',
      thanksLinkUrl: '/more',
      productName: 'Acme',
    })
    await expect.poll(() => shown('question')).toContain('«How likely')
    await page.locator('[part~=score]').nth(3).click()
    await expect.poll(() => shown('follow-up')).toContain('«Thank you for being frank')
    await page.locator('[part~=score]').nth(9).click()
    await expect.poll(() => shown('follow-up')).toContain('«Wonderful')
    expect(await shown('follow-up')).not.toContain('frank')
    await page.locator('[part=permission]').click()
    await page.locator('textarea').fill('Fine')
    await page.locator('[part=send]').click()
    await expect.poll(() => shown('thanks')).toContain('«Thank you for your answer!»')
    await expect.poll(() => page.locator('[role=status]').innerText()).toContain('«Thank you')
    expect(await page.locator('[role=status]').innerText()).not.toContain('Wonderful')
    expect(await page.locator('[part~=score]').count()).toBe(0)
    expect(await told(page)).toMatchObject({
      scores: [3, 9],
      answers: [{ score: 9, text: 'Fine', share: true }],
      faults: [],
    })
  })
})

test('digits of the scale and the name of the product are not for translators', async () => {
  const page = await open()
  await show(page, { productName: 'Acme' })
  expect(await page.locator('.scale [translate=no]').allInnerTexts()).toEqual(
    [...Array(11).keys()].map(String),
  )
})

describe('a page that changes how shadow trees are made', () => {
  test.each([
    ['all closed', 'return attach.call(this, { ...init, mode: "closed" })'],
    ['all wrapped', 'const root = attach.call(this, init); roots.push(root); return root'],
  ])('into %s still has a survey that works and gives the focus back', async (_, body) => {
    const content = `const attach = Element.prototype.attachShadow; const roots = window.roots = []
      Element.prototype.attachShadow = function (init) { const root = (() => { ${body} }).call(this); window.root = root; return root }`
    const page = await open('<input id="name">', {
      initScripts: [
        { content: content.replace('(() => {', '(function () {').replace('}).call(this)', '}).call(this)') },
      ],
    })
    await page.locator('#name').focus()
    await show(page)
    // Playwright does not look into closed trees either.
    const spots = await page.evaluate(() => {
      const { root } = window as never as { root: ShadowRoot }
      return Object.fromEntries(
        ['[value="9"]', '.close'].map(selector => {
          const { x, y, width, height } = (root.querySelector(selector) as Element).getBoundingClientRect()
          return [selector, { x: x + width / 2, y: y + height / 2 }]
        }),
      )
    })
    const click = async (selector: string) => {
      const { x, y } = spots[selector] as { x: number; y: number }
      await page.mouse.click(x, y)
    }
    await click('[value="9"]')
    await page.waitForFunction(() => (window as never as { root: ShadowRoot }).root.activeElement?.id === 't')
    await page.keyboard.type('10 of 10')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await told(page)).answers).toEqual([{ score: 9, text: '10 of 10' }])
    await page.keyboard.press('Escape')
    await page.locator('zeroten-panel').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('name')
    expect((await told(page)).faults).toEqual([])
  })

  test('and lacks custom elements has one, too', async () => {
    const page = await open('<p>Text</p>', {
      initScripts: [{ content: 'delete window.customElements; delete window.CustomElementRegistry' }],
    })
    await show(page)
    await answer(page)
    expect((await told(page)).faults).toEqual([])
  })
})

describe('<zero-ten>', () => {
  test('in a shadow tree of the page takes the survey, and takes it along', async () => {
    const page = await open('<div id="widget"></div>')
    await page.evaluate(() => {
      const root = document.querySelector('#widget')?.attachShadow({ mode: 'open' })
      root?.append(document.createElement('zero-ten'))
    })
    await show(page, { form: 'inline' })
    expect(await page.locator('zero-ten zeroten-panel').count()).toBe(1)
    await answer(page)
    await page.evaluate(() => document.querySelector('#widget')?.shadowRoot?.replaceChildren())
    await expect.poll(async () => (await told(page)).closed).toEqual(['navigation'])
  })
})

describe('the panel', () => {
  test.each([
    [{}, 'panel bar'],
    [{ form: 'popover', position: 'top-start' }, 'panel popover top start'],
    [{ form: 'popover', density: 'compact', closePosition: 'start' }, 'panel popover compact close-start'],
    [{ accent: 'teal', scaleColor: 'three' }, 'panel bar three'],
  ] as const)('has classes of what is set alone: %j', async (settings, classes) => {
    const page = await open()
    await show(page, settings)
    const sorted = (list: string) => list.split(' ').sort()
    expect(sorted((await page.locator('[part=panel]').getAttribute('class')) ?? '')).toEqual(sorted(classes))
  })

  test.each(['bar', 'popover', 'modal', 'inline'] as const)(
    'of the form %s leaves no listener, property, attribute or element behind',
    async form => {
      const page = await open('<main><h1>A site</h1><input><div id="slot"></div></main>', {
        initScripts: [
          {
            content: `
              const listening = window.listening = new Map()
              const { addEventListener, removeEventListener } = EventTarget.prototype
              const keyOf = (type, work, options) => type + (options === true || options?.capture ? '!' : '')
              EventTarget.prototype.addEventListener = function (type, work, options) {
                const target = this ?? window
                if (target === window || target instanceof Document || !(target instanceof Node)) {
                  const all = listening.get(target) ?? listening.set(target, []).get(target)
                  const entry = [keyOf(type, work, options), work]
                  all.push(entry)
                  options?.signal && addEventListener.call(options.signal, 'abort', () => all.splice(all.indexOf(entry), 1))
                }
                return addEventListener.call(target, type, work, options)
              }
              EventTarget.prototype.removeEventListener = function (type, work, options) {
                const all = listening.get(this ?? window) ?? []
                const index = all.findIndex(([key, known]) => key === keyOf(type, work, options) && known === work)
                if (index >= 0) all.splice(index, 1)
                return removeEventListener.call(this ?? window, type, work, options)
              }`,
          },
        ],
      })
      const state = () =>
        page.evaluate(() => {
          const { listening } = window as never as { listening: Map<EventTarget, [string][]> }
          const of = (object: object) => Reflect.ownKeys(object).map(String).sort()
          return {
            // A signal that has fired never does again.
            listeners: [...listening]
              .filter(([target]) => !(target instanceof AbortSignal && target.aborted))
              .flatMap(([target, all]) => all.map(([type]) => `${target} ${type}`))
              .sort(),
            own: [document, document.documentElement, document.body, history, navigator].map(of),
            window: of(window).filter(name => name !== 'panel'),
            html: document.documentElement.outerHTML,
          }
        })
      const before = await state()
      const endings = [
        async () => page.evaluate('panel.close("stop")'),
        async () => page.locator('[part=close]').click(),
        async () => {
          await answer(page)
          await page.locator('[part=close]').click()
        },
      ]
      for (const end of endings) {
        await show(page, { form, accent: 'teal' }, { container: '#slot' })
        await end()
        await page.locator('zeroten-panel').waitFor({ state: 'detached' })
        expect(await state()).toEqual(before)
      }
    },
  )
})

describe('a modal panel', () => {
  const box = (page: Page) =>
    page
      .locator('[part=panel]')
      .boundingBox()
      .then(found => found ?? { x: 0, y: 0 })
  const drag = async (page: Page, [fromX, fromY]: number[], [toX, toY]: number[]) => {
    await page.mouse.move(fromX ?? 0, fromY ?? 0)
    await page.mouse.down()
    await page.mouse.move(toX ?? 0, toY ?? 0)
    await page.mouse.up()
  }

  test('is closed by neither a press inside released beside it, nor the other way round', async () => {
    const page = await open()
    await show(page, { form: 'modal' })
    const { x, y } = await box(page)
    const inside = [x + 60, y + 20]
    await drag(page, inside, [5, 5])
    await drag(page, [5, 5], inside)
    const score = await page.locator('[value="4"]').boundingBox()
    await drag(page, [(score?.x ?? 0) + 9, (score?.y ?? 0) + 9], [5, 5])
    await page.locator('[part~=score]').nth(4).click()
    await drag(page, [5, 5], [6, 6])
    expect(await told(page)).toMatchObject({ closed: [], scores: [4] })
    await page.locator('[part=close]').click()
    await expect.poll(async () => (await told(page)).closed).toEqual(['score'])
  })
})
