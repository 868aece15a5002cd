import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { build } from 'esbuild'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { useStage } from '../support/stage.js'

const field = (page: Page) => page.getByRole('textbox')

describe('what the visitor has written', () => {
  const { scene } = useStage()

  it.each([
    { what: 'half an emoji', typed: 'good \ud83d', kept: 'good \ufffd' },
    { what: 'a half of an emoji without its beginning', typed: '\ude00 good', kept: '\ufffd good' },
    { what: 'a whole emoji', typed: 'good \ud83d\ude00', kept: 'good \ud83d\ude00' },
    { what: 'U+0000', typed: 'go\0od', kept: 'good' },
    { what: 'a letter too many', typed: 'x'.repeat(10_001), kept: 'x'.repeat(10_000) },
    {
      what: 'as many emoji as fit',
      typed: '\ud83d\ude00'.repeat(10_000),
      kept: '\ud83d\ude00'.repeat(10_000),
    },
    {
      what: 'an emoji across the border',
      typed: `${'x'.repeat(9_999)}\ud83d\ude00\ud83d\ude00`,
      kept: `${'x'.repeat(9_999)}\ud83d\ude00`,
    },
  ])('arrives with $what', async ({ typed, kept }) => {
    const { newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/')
    await tab.choose(6)
    await field(tab.page).evaluate((element, text) => {
      Object.assign(element, { value: text })
      element.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    }, typed)
    await tab.send()
    await tab.page.getByText('Thank you for your answer!').first().waitFor()
    tab.noteResponse(kept)
    await allArrived()
  })

  it('arrives repaired where the browser has no toWellFormed()', async () => {
    const { context, newTab, allArrived } = await scene()
    await context.addInitScript('delete String.prototype.toWellFormed; delete String.prototype.isWellFormed')
    const tab = await newTab()
    await tab.open('/')
    await tab.choose(6)
    await tab.write('good \ud83d')
    await tab.send()
    await tab.page.getByText('Thank you for your answer!').first().waitFor()
    tab.noteResponse('good \ufffd')
    await allArrived()
  })

  it('is kept while the visitor types without a pause, and is there after a reload', async () => {
    const { newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/')
    await tab.choose(6)
    const words = 'It was fine until the third week of it, and then nothing was. '
    await field(tab.page).pressSequentially(words, { delay: 60 })
    // The renderer dies in the midst of a word: what was typed in the last second may be gone.
    await tab.crash()
    const next = await newTab()
    await next.open('/next')
    const kept = await field(next.page).inputValue()
    expect(words.startsWith(kept)).toBe(true)
    expect(kept.length).toBeGreaterThan(words.length / 2)
    await next.send()
    await next.page.getByText('Thank you for your answer!').first().waitFor()
    tab.noteResponse(kept.trimEnd())
    await allArrived()
  })
})

/** A page of React that renders its whole document, and finds that the server's is another one. */
async function hydration(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { createElement as h } from 'react'
        import { hydrateRoot } from 'react-dom/client'
        const page = h('html', { lang: 'en' }, h('head', null, h('title', null, 'Shop')), h('body', null, h('h2', null, 'Ours'), h('p', null, 'Text')))
        window.hydrate = () => hydrateRoot(document, page, { onRecoverableError() {} })`,
      resolveDir: dirname(createRequire(import.meta.url).resolve('react/package.json')),
    },
    bundle: true,
    minify: true,
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text ?? ''
}

describe('a page that wipes off all that stands in it', () => {
  const { scene } = useStage()

  const wipes: Record<string, (page: Page) => Promise<unknown>> = {
    'document.open()': page =>
      page.evaluate(() => {
        document.open()
        document.write('<!doctype html><html lang="en"><title>Shop</title><h1>Anew</h1></html>')
        document.close()
      }),
    'another root element': page =>
      page.evaluate(() => {
        const html = document.createElement('html')
        html.innerHTML = '<body><h1>Anew</h1></body>'
        document.documentElement.replaceWith(html)
      }),
    'hydrateRoot(document)': page => page.evaluate('hydrate()'),
  }

  it.each(Object.keys(wipes))('by %s has the survey again, with score and text', async name => {
    const { newTab, allArrived } = await scene({
      files: { '/app.js': await hydration() },
      head: '<script src="/app.js"></script>',
      // What such pages do, a strict one forbids them.
      policy: '',
    })
    const tab = await newTab()
    await tab.open('/')
    await tab.choose(7)
    await tab.write('half a sent')
    await wipes[name]?.(tab.page)
    await tab.page.waitForFunction(() => document.querySelectorAll('zeroten-panel').length === 1)
    await expect.poll(() => field(tab.page).inputValue()).toBe('half a sent')
    await tab.write('half a sentence')
    await tab.send()
    await tab.page.getByText('Thank you for your answer!').first().waitFor()
    tab.noteResponse('half a sentence')
    await allArrived()
  })

  it('by document.open() before a score is asked again', async () => {
    const { newTab, allArrived } = await scene({ policy: '' })
    const tab = await newTab()
    await tab.open('/')
    await tab.page.getByRole('radio').first().waitFor()
    await wipes['document.open()']?.(tab.page)
    await tab.answer(9, 'Still here')
    await allArrived()
  })

  it('time and again has it a few times, and works', async () => {
    const { newTab } = await scene()
    const tab = await newTab()
    await tab.page.addInitScript(() => {
      Object.assign(window, { removals: 0 })
      new MutationObserver(records => {
        for (const { addedNodes } of records)
          for (const node of addedNodes)
            if (node instanceof HTMLElement && node.localName.includes('-')) {
              node.remove()
              Object.assign(window, { removals: (window as never as { removals: number }).removals + 1 })
            }
      }).observe(document, { childList: true, subtree: true })
    })
    await tab.open('/')
    await expect.poll(() => tab.page.evaluate('removals'), { timeout: 20_000 }).toBe(4)
    await tab.page.getByRole('link', { name: 'Next' }).click()
    await tab.page.waitForURL('**/next')
  })
})

describe('a network that goes when the question is there', () => {
  const { scene } = useStage()

  it('leaves the score, which counts, and thanks for it', async () => {
    const { context, newTab, allArrived } = await scene()
    await context.route(/\/steps(-\w+)?\.js/, route => route.abort())
    const tab = await newTab()
    await tab.open('/')
    await tab.choose(4)
    const shown = tab.page.locator('[part~=thanks]')
    await shown.waitFor()
    expect(await shown.innerText()).toBe('Thank you for your answer!')
    expect(await tab.page.getByRole('radio', { name: /^4\b/ }).isChecked()).toBe(true)
    await tab.page.getByRole('button', { name: 'Close' }).click()
    tab.noteResponse('')
    await allArrived()
  })

  it('and is back when another score is chosen asks for the rest', async () => {
    const { context, newTab, allArrived } = await scene()
    await context.route(/\/steps(-\w+)?\.js/, route => route.abort())
    const tab = await newTab()
    await tab.open('/')
    await tab.choose(4)
    await tab.page.locator('[part~=thanks]').waitFor()
    await context.unroute(/\/steps(-\w+)?\.js/)
    await tab.choose(9)
    await tab.write('Better')
    await tab.send()
    await tab.page.getByText('Thank you for your answer!').first().waitFor()
    tab.noteResponse('Better')
    await allArrived()
  })

  it('still opts out, and says so', async () => {
    const { context, newTab } = await scene({ attributes: 'data-show-opt-out' })
    await context.route(/\/steps(-\w+)?\.js/, route => route.abort())
    const tab = await newTab()
    await tab.open('/')
    await tab.page.getByRole('button', { name: 'Don’t ask me again' }).click()
    await tab.page.getByText('We won’t ask you again.').first().waitFor()
    // As long as the mouse is on it, the panel stays.
    await tab.page.mouse.move(1, 1)
    await tab.page.locator('zeroten-panel').waitFor({ state: 'detached' })
  })
})
