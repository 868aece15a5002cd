import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { findChromium } from './find-chromium.mjs'

/** The strictest that DESIGN.md promises to work under. */
const POLICY = "default-src 'self'; require-trusted-types-for 'script'"

/** What the page's own script offers a test: one panel, and what it was told. */
const DRIVER = `
import { showPanel } from '/panel.js'
const told = window.told = { shown: 0, scores: [], texts: [], answers: [], closed: [], violations: [] }
addEventListener('securitypolicyviolation', event => told.violations.push(event.violatedDirective))
addEventListener('error', event => told.violations.push(event.message))
window.show = async (settings = {}, options = {}) => {
  window.panel = await showPanel({
    settings: { language: 'en', ...settings },
    ...options,
    container: options.container ? document.querySelector(options.container) : undefined,
    loadWords: async code => (await import('/words-' + code + '.js')).words,
    loadMore: () => import('/more.js'),
    onShow: () => told.shown++,
    onScore: score => told.scores.push(score),
    onText: text => told.texts.push(text),
    onSubmit: async answer => { told.answers.push(answer) },
    onClose: reason => told.closed.push(reason),
  })
}
window.ready = true
`

const root = join(import.meta.dirname, '../..')
// Outside of the tests' TypeScript project, hence not by a static import.
const { inlineCss } = (await import(join(root, 'inline-css.mjs'))) as { inlineCss: Plugin }
const survey = 'src/widget/survey/index.ts'

/** The chunk as it ships, minified. */
export async function bundlePanel(entry = survey): Promise<string> {
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
    plugins: [inlineCss],
  })
  return outputFiles[0]?.text ?? ''
}

export interface PanelSite {
  browser: Browser
  /** Opens a page with this markup in a context of its own, in which `show()` and `told` are there. */
  open(html?: string, context?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

const page = (html: string) =>
  /<html/.test(html)
    ? html
    : `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Site</title></head><body>${html}</body></html>`

/** A customer's site: real HTTP, the strict policy, the minified chunk. */
export async function startPanelSite(args: string[] = []): Promise<PanelSite> {
  const files = new Map([
    ['/panel.js', await bundlePanel()],
    ['/more.js', await bundlePanel('src/widget/survey/more.ts')],
    ['/driver.js', DRIVER],
  ])
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '/').replace(/\?.*/, '')
    const language = /^\/words-([a-z-]+)\.js$/.exec(path)?.[1]
    const file = files.get(path) ?? (language && (await bundlePanel(`src/widget/locales/${language}.ts`)))
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': path.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
    })
    response.end(file ?? 'no such file')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  })
  let pages = 0
  return {
    browser,
    async open(html = '<h1>A site</h1><p>Some text</p>', context = {}) {
      const path = `/${++pages}`
      const markup = page(html)
      files.set(path, markup.replace('</head>', '<script type="module" src="/driver.js"></script></head>'))
      const opened = await (
        await browser.newContext({ viewport: { width: 1280, height: 800 }, ...context })
      ).newPage()
      await opened.goto(origin + path)
      await opened.waitForFunction('window.ready')
      return opened
    },
    async close() {
      await browser.close()
      server.close()
      server.closeAllConnections()
    },
  }
}
