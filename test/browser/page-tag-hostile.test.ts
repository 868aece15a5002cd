import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import type { SiteOptions } from '../support/site.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const TAG = '<script defer src="/zeroten/widget.js" data-allow-bots data-time-delay="0"></script>'
const html = (head: string, body = '<h1>Shop</h1>') =>
  `<!doctype html><html lang="en"><head><title>Shop</title>${head}</head><body>${body}</body></html>`

/** A page on a real stack, and the origins of all that it asked for. */
async function visit(files: Record<string, string>, options: Partial<SiteOptions> = {}) {
  const stack = await startStack(onTestFinished, { site: { files, policy: '', ...options } })
  const { page, complaints } = await openPage(onTestFinished, browser)
  const foreign: string[] = []
  page.on('request', request => {
    if (!request.url().startsWith(stack.site.url)) foreign.push(request.url())
  })
  await page.goto(stack.site.url)
  const paths = async () => (await stack.records()).pageViews.map(({ url }) => new URL(url ?? '').pathname)
  return { ...stack, page, complaints, foreign, paths }
}

const CLOBBERED = {
  'an image called currentScript': '<img name="currentScript" data-base="//other.invalid/x" alt="">',
  'a form called currentScript':
    '<form name="currentScript" data-base="//other.invalid/x"><input name="src"></form>',
  'a module of the page before it': '<script type="module" src="/assets/widgets/weather.js"></script>',
}

describe('the tag', () => {
  it.each(Object.entries(CLOBBERED))('is ours alone beside %s', async (_, content) => {
    const body = `${content}<script src="/zeroten/widget.js" data-allow-bots data-time-delay="0" data-product-name="Kestrel"></script>`
    const { page, foreign, paths, complaints } = await visit({
      '/': html('', body),
      '/assets/widgets/weather.js': '',
    })
    await page.getByText('recommend Kestrel').first().waitFor()
    await expect.poll(paths).toEqual(['/'])
    expect(foreign).toEqual([])
    expect(complaints).toEqual([])
  })

  it('loads code from its own folder alone, under strict-dynamic, whatever the markup says', async () => {
    const policy =
      "script-src 'nonce-n0nce' 'strict-dynamic'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'"
    const content = `<img name="currentScript" src="//other.invalid/zeroten/widget.js" data-base="//other.invalid/x" alt="">
      <form name="scripts"><input name="src" value="//other.invalid/zeroten/widget.js"></form>
      <form name="querySelectorAll"></form><a id="zeroten" href="//other.invalid/zeroten/"></a>
      <a id="origin" href="//other.invalid"></a><base href="//other.invalid/">
      <script nonce="n0nce" type="module" src="/assets/zeroten/other.js"></script>`
    const { page, site, records, foreign } = await visit(
      {
        '/': html('', `${content}<script nonce="n0nce" src="/zeroten/widget.js" data-allow-bots></script>`),
        '/assets/zeroten/other.js': '',
      },
      { policy },
    )
    const code: string[] = []
    page.on('request', request => {
      if (request.resourceType() === 'script') code.push(new URL(request.url()).pathname)
    })
    await page.reload()
    const choose = `!!${INSIDE}('[type=radio][value="9"]')?.click() || !!${INSIDE}(':checked')`
    await expect.poll(() => page.evaluate(choose)).toBe(true)
    const send = async () => {
      await page.evaluate(`${INSIDE}('.send')?.click()`)
      return (await records()).responses.map(({ score }) => score)
    }
    await expect.poll(send).toEqual([9])
    expect(code.filter(path => !/^\/zeroten\/[\w-]+\.js$/.test(path))).toEqual(['/assets/zeroten/other.js'])
    expect(code.length).toBeGreaterThan(3)
    expect(foreign.filter(url => !url.endsWith('/zeroten/widget.js'))).toEqual([])
    expect(site.batches.length).toBeGreaterThan(0)
  })

  it('keeps the consent that a module’s tag asks for, behind another module', async () => {
    const modules = `<script type="module" src="/assets/widgets/weather.js"></script>
      <script type="module" src="/zeroten/widget.js" data-allow-bots data-consent="pending"></script>`
    const { page, site, paths } = await visit({ '/': html(modules), '/assets/widgets/weather.js': '' })
    await page.waitForFunction('typeof zeroten === "function"')
    await page.evaluate('zeroten("page", "/early")')
    expect(site.batches).toEqual([])
    await page.evaluate('zeroten("consent", true)')
    await expect.poll(async () => (await paths()).sort()).toEqual(['/', '/early'])
  })

  it('starts nothing before a setting is said, where a loader evaluates its text', async () => {
    const loader = `fetch('/zeroten/widget.js').then(r => r.text()).then(text => { (0, eval)(text); window.loaded = true })`
    const { page, site, paths } = await visit({
      '/': html(`<script src="/loader.js" data-consent="granted"></script>`),
      '/loader.js': loader,
    })
    await page.waitForFunction('window.loaded')
    await page.evaluate('zeroten("page", "/early")')
    expect(site.batches).toEqual([])
    await page.evaluate('zeroten("configure", { allowBots: true })')
    await expect.poll(async () => (await paths()).sort()).toEqual(['/', '/early'])
  })

  it.each(['//other.invalid/x', 'https://other.invalid', '\\\\other.invalid', '__proto__', 'javascript:x'])(
    'takes its own folder where data-base is %s',
    async base => {
      const { foreign, paths } = await visit({
        '/': html(
          `<script defer src="/zeroten/widget.js" data-allow-bots data-time-delay="0" data-base="${base}"></script>`,
        ),
      })
      await expect.poll(paths).toEqual(['/'])
      expect(foreign).toEqual([])
    },
  )

  it('obeys the stub before it starts', async () => {
    const stub = `window.zeroten = { q: [['page', '/early'], ['configure', { consent: 'pending' }], null, 7, ['configure', null]] }`
    const { page, site, paths } = await visit({ '/': html(`<script>${stub}</script>${TAG}`) })
    await page.waitForFunction('typeof zeroten === "function"')
    await page.evaluate('zeroten("page", "/late")')
    expect(site.batches).toEqual([])
    await page.evaluate('zeroten("consent", true)')
    await expect.poll(async () => (await paths()).sort()).toEqual(['/', '/early', '/late'])
  })
})

/** What the page's own first script declares. */
const VARIABLES: Record<string, string> = {
  'a text called origin': `var origin = 'newsletter'`,
  'a foreign origin called origin': `var origin = 'http://other.invalid'`,
  'an object called performance': `var performance = { mark: 1 }`,
  'null called performance': `var performance = null`,
  'a constant called URL': `const URL = '/api'`,
  'a variable called URL': `var URL = '/api'`,
  'names of all kinds': `var name = {}, status = 1, event = 2, top = 3, parent = 4, self = 5, length = 6, screen = 7`,
}

describe('variables of the page', () => {
  it.each(Object.entries(VARIABLES))('do no harm: %s', async (_, code) => {
    const { page, foreign, paths, site } = await visit({ '/': html(`<script>${code}</script>${TAG}`) })
    await page.getByRole('radio', { name: /^9/ }).check()
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(paths).toEqual(['/'])
    await expect
      .poll(() => site.batches.flatMap(({ events }) => events).some(({ type }) => type === 'response'))
      .toBe(true)
    expect(foreign).toEqual([])
  })

  it('do no harm where they hide every global that can be hidden', async () => {
    const hide = `
      const names = Object.getOwnPropertyNames(window).filter(name => /^[A-Za-z_$][\\w$]*$/.test(name) &&
        Object.getOwnPropertyDescriptor(window, name).configurable && !/^(eval|names|__|playwright)/.test(name))
      const script = document.createElement('script')
      script.textContent = names.map(name => 'let ' + name + ' = "hidden"').join(';')
      document.head.append(script)`
    const { page, foreign, paths } = await visit({
      '/': html(
        `<script>{${hide}}</script><script src="/zeroten/widget.js" data-allow-bots data-time-delay="0"></script>`,
      ),
    })
    await expect.poll(paths).toEqual(['/'])
    await page.locator('zeroten-panel').waitFor({ state: 'attached' })
    expect(foreign).toEqual([])
  })

  it('do no harm where they extend the prototypes of arrays and objects', async () => {
    const extend = `
      Array.prototype.toJSON = function () { return '[' + this.join() + ']' }
      Array.prototype.each = function () {}
      Object.prototype.toJSON = function () { return 'text' }
      Object.prototype.extend = function () {}`
    const { page, records } = await visit({ '/': html(`<script>${extend}</script>${TAG}`) })
    await page.getByRole('radio', { name: /^9/ }).check()
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(async () => (await records()).responses.length).toBe(1)
    expect((await records()).pageViews).toHaveLength(1)
  })
})

/** Members of the document that the widget and the survey use, and of `window` what an element's name may pass for. */
const MEMBERS =
  'querySelector querySelectorAll getElementById addEventListener removeEventListener createElement createElementNS createTextNode body head documentElement visibilityState hidden prerendering readyState referrer activeElement baseURI contains adoptedStyleSheets location origin fetch performance navigator zeroten wootric wootricSettings'.split(
    ' ',
  )

/** Playwright itself asks the document for elements, so the page's own code has to do it, by the prototype. */
const INSIDE = `(selector => {
  const host = Document.prototype.querySelector.call(document, 'zeroten-panel')
  return host && host.shadowRoot.querySelector(selector)
})`

describe('elements called like members of the document', () => {
  it.each(['form', 'img'])('do no harm as %s', async kind => {
    const elements = MEMBERS.map(name =>
      kind === 'img' ? `<img name="${name}" id="${name}" alt="">` : `<form name="${name}"></form>`,
    ).join('')
    const { page, records, foreign, complaints } = await visit({
      '/': html(
        '',
        `<h1>Shop</h1>${elements}<script src="/zeroten/widget.js" data-allow-bots data-time-delay="0"></script>`,
      ),
    })
    await expect
      .poll(() => page.evaluate(`!!${INSIDE}('[type=radio][value="9"]')?.click() || !!${INSIDE}(':checked')`))
      .toBe(true)
    const send = async () => {
      await page.evaluate(`${INSIDE}('.send')?.click()`)
      return (await records()).responses.map(({ score }) => score)
    }
    await expect.poll(send).toEqual([9])
    expect((await records()).pageViews).toHaveLength(1)
    expect(foreign).toEqual([])
    expect(complaints).toEqual([])
  })
})

/** What a page may have put in the place of the platform's own, before us. */
const REPLACED = [
  ...['fetch', 'Blob', 'URLSearchParams', 'URL', 'Promise', 'Map', 'Set', 'Symbol', 'crypto', 'indexedDB'],
  ...[
    'localStorage',
    'setTimeout',
    'clearTimeout',
    'queueMicrotask',
    'AbortController',
    'requestIdleCallback',
  ],
  ...['Proxy', 'Reflect', 'JSON', 'Object', 'Array', 'addEventListener', 'MutationObserver', 'CSSStyleSheet'],
]

describe('what a page has replaced by a text', () => {
  it('costs it no uncaught error, and no request leaves its origin', async () => {
    const { page, site, foreign, complaints } = await visit({ '/': html('') })
    const caught: string[] = []
    for (const name of REPLACED) {
      const code = `Object.defineProperty(window, '${name}', { value: 'replaced', configurable: true, writable: true })`
      await page.route('**/replaced', route =>
        route.fulfill({ contentType: 'text/html', body: html(`<script>${code}</script>${TAG}`) }),
      )
      await page.goto(`${site.url}/replaced`)
      await page.waitForLoadState('networkidle')
      caught.push(...complaints.splice(0).map(complaint => `${name}: ${complaint}`))
      await page.unroute('**/replaced')
    }
    expect(caught).toEqual([])
    expect(foreign).toEqual([])
  })
})

const SETTINGS = `window.wootricSettings = { email: 'nps@example.com', account_token: 'NPS-1' }`

describe('Wootric’s names', () => {
  it.each(['data-nscript="afterInteractive"', 'data-cfasync="false"', 'data-consent="analytics"'])(
    'are there on a tag with %s',
    async attribute => {
      const { page } = await visit({
        '/': html(
          `<script src="/zeroten/widget.js" ${attribute}></script><script>${SETTINGS}; WootricSurvey.version()</script>`,
        ),
      })
      expect(await page.evaluate('typeof wootric')).toBe('function')
    },
  )

  it('are there after a tag of ours that the parser waits for', async () => {
    const { page, paths, complaints } = await visit({
      '/': html(
        `<script src="/zeroten/widget.js" data-allow-bots></script><script>WootricSurvey.version()</script>`,
      ),
    })
    expect(await page.evaluate('typeof wootric')).toBe('function')
    await expect.poll(paths).toEqual(['/'])
    expect(complaints).toEqual([])
  })

  it('of named.js do nothing before run, and then everything', async () => {
    const { page, site, records } = await visit({
      '/': html(
        '<script src="/zeroten/named.js" data-allow-bots></script>',
        '<input id="product_name"><h1>Shop</h1>',
      ),
    })
    await page.waitForFunction('document.readyState === "complete"')
    expect(site.batches).toEqual([])
    await page.evaluate(`${SETTINGS}; wootric('run')`)
    await page.getByRole('radio', { name: /^9/ }).waitFor()
    expect(await page.getByText('HTMLInputElement').count()).toBe(0)
    await expect.poll(async () => (await records()).pageViews.length).toBe(1)
  })
})
