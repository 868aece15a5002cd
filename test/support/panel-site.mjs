/** A customer's site that shows the survey: real HTTP, a strict policy, the minified chunks, a real browser. */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright'
import { CHROMIUM_FLAGS } from './chromium-flags.mjs'
import { findHeadlessShell } from './find-chromium.mjs'

const root = join(import.meta.dirname, '../..')
// Outside of the tests' TypeScript project, hence not by a static import.
const { inlineCss } = await import(join(root, 'inline-css.mjs'))
const { precomputeLocales } = await import(join(root, 'precompute-locales.mjs'))

/** The strictest that the survey promises to work under. */
const POLICY = "default-src 'self'; require-trusted-types-for 'script'"

/** What moves is tested on its own. */
const CONTEXT = /** @type {const} */ ({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })

/** The page's own script: shows panels for the test and writes down what they told, and what went wrong. */
const DRIVER = `
import { prepare, showPanel } from '/panel.js'
const told = window.told = { shown: 0, shownAs: [], seen: 0, scores: [], texts: [], answers: [], closed: [], faults: [], shift: 0 }
addEventListener('securitypolicyviolation', event => told.faults.push(event.violatedDirective))
addEventListener('error', event => told.faults.push(event.message))
addEventListener('unhandledrejection', event => told.faults.push(String(event.reason)))
new PerformanceObserver(list => { for (const { value, hadRecentInput } of list.getEntries()) told.shift += hadRecentInput ? 0 : value })
  .observe({ type: 'layout-shift', buffered: true })
const loadWords = async code => (await import('/words-' + code + '.js')).words
const loadExtras = () => import('/extras.js')
const loadAnswerSteps = () => import('/steps.js')
window.chunk = { prepare, showPanel, loadWords, loadExtras, loadAnswerSteps }
window.show = async (settings = {}, { container, ...options } = {}) => {
  window.panel = await showPanel({
    settings: { language: 'en', ...settings },
    ...options,
    ...(container && { container: document.querySelector(container) }),
    loadWords,
    loadExtras,
    loadAnswerSteps,
    onShow: shownAs => told.shownAs.push(shownAs) && told.shown++,
    onSeen: () => told.seen++,
    onScore: score => told.scores.push(score),
    onText: text => told.texts.push(text),
    onSubmit: async answer => { told.answers.push(answer) },
    onClose: reason => told.closed.push(reason),
  })
}
window.ready = true
`

const TYPES = { js: 'text/javascript', css: 'text/css' }

const ENTRIES = [
  [/^\/panel\.js$/, () => 'src/widget/survey/panel-chunk.ts'],
  [/^\/extras\.js$/, () => 'src/widget/survey/extras/extras.tsx'],
  [/^\/steps\.js$/, () => 'src/widget/survey/answer-steps.tsx'],
  [/^\/words-([a-z-]+)\.js$/, code => `src/widget/locales/${code}.ts`],
]

/** One chunk as it ships. */
async function bundle(entry) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
    target: 'es2020',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    plugins: [inlineCss, precomputeLocales({ byUrl: true })],
  })
  return outputFiles[0].text
}

/** A whole document is taken as it is (quirks mode, say); anything else is the body of a plain one. */
const documentOf = html =>
  /<html/i.test(html)
    ? html
    : `<!doctype html><html lang="en"><head><title>Site</title><meta name="viewport" content="width=device-width"></head><body>${html}</body></html>`

/**
 * @param {{ args?: string[] }} [options] flags for Chromium
 */
export async function startPanelSite({ args = [] } = {}) {
  /** @type {Map<string, Promise<string> | string>} */
  const files = new Map([['/driver.js', DRIVER]])
  const fileOf = path => {
    for (const [pattern, entryOf] of ENTRIES) {
      const found = pattern.exec(path)
      if (found && !files.has(path)) files.set(path, bundle(entryOf(found[1])))
    }
    return files.get(path)
  }
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    const file = await fileOf(pathname)
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': `${TYPES[pathname.split('.')[1] ?? ''] ?? 'text/html'}; charset=utf-8`,
      'content-security-policy': POLICY,
    })
    response.end(file ?? 'no such file')
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`
  const browser = await chromium.launch({
    executablePath: findHeadlessShell(),
    args: [...CHROMIUM_FLAGS, ...args],
  })
  let pages = 0
  /** Of all pages that need nothing of their own; a context costs more than a page. */
  const common = browser.newContext(CONTEXT)

  return {
    browser,
    /**
     * Opens a page with this markup; see `show` and `told` below. It has a context of its own where it asks for one, which
     * goes with it.
     *
     * @param {string} [html]
     * @param {import('playwright').BrowserContextOptions & {
     *   css?: string, initScripts?: { path?: string, content?: string }[]
     * }} [options] the page's own style sheet, scripts to run before its own, and what Playwright's contexts take
     */
    async open(
      html = '<h1>A site</h1><p>Some text of the page.</p>',
      { css = '', initScripts = [], ...options } = {},
    ) {
      const path = `/${++pages}`
      const head = `<link rel="stylesheet" href="${path}.css"><script type="module" src="/driver.js"></script></head>`
      files.set(path, documentOf(html).replace('</head>', head))
      files.set(`${path}.css`, css)
      const isPlain = Object.keys(options).length === 0
      const context = await (isPlain ? common : browser.newContext({ ...CONTEXT, ...options }))
      const page = await context.newPage()
      // When the whole browser closes, its contexts need no closing.
      if (!isPlain) page.once('close', () => void context.close().catch(() => undefined))
      for (const initScript of initScripts) await page.addInitScript(initScript)
      await page.goto(origin + path)
      await page.waitForFunction('window.ready')
      return page
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

/**
 * Shows a panel and waits until it is on the screen.
 *
 * @param {import('playwright').Page} page
 * @param {import('../../src/widget/survey/panel-types.js').PanelSettings} [settings]
 * @param {{ container?: string, draft?: { score: number, text: string } }} [options] `container` is a selector
 */
export async function show(page, settings, options) {
  await page.evaluate(([s, o]) => /** @type {any} */ (window).show(s, o), [settings, options])
}

/**
 * What the page was told since it opened, faults and layout shift included.
 *
 * @param {import('playwright').Page} page
 * @returns {Promise<{ shown: number, shownAs: object[], seen: number, scores: number[], texts: string[], answers: object[], closed: string[],
 *   faults: string[], shift: number }>}
 */
export const told = page => page.evaluate(() => /** @type {any} */ (window).told)

/** axe-core as an init script. */
export const axeScript = { path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') }
