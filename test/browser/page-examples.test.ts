import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Browser, Page } from 'playwright'
import { compile } from 'svelte/compiler'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const EXAMPLES = join(import.meta.dirname, '../../demo/examples')

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** Svelte's own compiler, as its plugins for bundlers call it. */
const svelte = (generate: 'client' | 'server'): Plugin => ({
  name: 'svelte',
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, ({ path }) => ({
      contents: compile(readFileSync(path, 'utf8'), { filename: path, generate }).js.code,
      loader: 'js',
    }))
  },
})

/** An example as a bundler leaves it: `/app/main.js` and the chunks that the package splits off. */
async function bundle(entry: string): Promise<Record<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [join(EXAMPLES, entry)],
    outdir: '/app',
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    write: false,
    plugins: [svelte('client')],
    conditions: ['svelte'],
    // What this example needs of Vue; the rest of it is a compiler.
    alias: { vue: '@vue/runtime-dom' },
    define: { 'process.env.NODE_ENV': '"development"', __VUE_PROD_DEVTOOLS__: 'false' },
    logLevel: 'error',
  })
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path, text]))
}

async function visit(files: Record<string, string>, policy?: string) {
  const stack = await startStack(onTestFinished, {
    site: { files, ...(policy !== undefined && { policy }) },
  })
  const opened = await openPage(onTestFinished, browser)
  // The examples say nothing of bots.
  await opened.page.addInitScript('Object.defineProperty(navigator, "webdriver", { get: () => false })')
  await opened.page.goto(stack.site.url)
  const viewed = async () => (await stack.records()).pageViews.map(({ url }) => new URL(url ?? '').pathname)
  return { ...stack, ...opened, viewed }
}

/** A stranger is asked on the second page: until then the first must have been counted. */
async function openAgain(page: Page) {
  const isCounted = "window.zeroten?.('explain')?.then(({ verdict }) => verdict?.survey)"
  await expect.poll(() => page.evaluate(isCounted)).toBe(true)
  await page.reload()
}

describe('the example', () => {
  it('of a plain page works under the strictest policy', async () => {
    const read = (name: string) => readFileSync(join(EXAMPLES, 'plain', name), 'utf8')
    const { page, records, complaints } = await visit({
      '/': read('index.html'),
      '/commands.js': read('commands.js'),
    })
    await openAgain(page)
    await page.getByText('recommend Kestrel').first().waitFor()
    await page.getByRole('radio', { name: /^8/ }).check()
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(async () => (await records()).responses.length).toBe(1)
    await expect.poll(() => page.title()).toBe('Thank you for 8')
    expect(complaints).toEqual([])
  })

  it.each([
    ['React, under StrictMode', 'react/main.jsx'],
    ['Vue', 'vue/main.js'],
    ['Svelte', 'svelte/main.js'],
  ])('for %s counts each page once and asks once', async (_, entry) => {
    const files = await bundle(entry)
    const { page, site, viewed, complaints } = await visit(
      {
        '/': '<!doctype html><title>App</title><body><script type="module" src="/app/main.js"></script>',
        ...files,
      },
      "default-src 'self'",
    )
    await expect.poll(viewed).toEqual(['/'])
    await page.getByRole('button', { name: 'Plans' }).click()
    await expect.poll(viewed).toEqual(['/', '/plans'])
    await page.getByText('recommend Kestrel').first().waitFor()
    expect(await page.locator('zeroten-panel').count()).toBe(1)
    expect(site.acts()).toHaveLength(2)
    expect(complaints).toEqual([])
  })

  it('that bundles the survey shows it in the page, once with delivery and once without', async () => {
    const files = await bundle('inline/main.js')
    const { page, site, records, complaints } = await visit(
      { '/': readFileSync(join(EXAMPLES, 'inline/index.html'), 'utf8'), ...files },
      "default-src 'self'",
    )
    const delivering = page.locator('zero-ten zeroten-panel')
    const own = page.locator('#look zeroten-panel')
    await delivering.getByText('recommend Kestrel').first().waitFor()
    await own.getByText('How do you like the look of this, Ada?').first().waitFor()
    expect(await page.locator('zeroten-panel').count()).toBe(2)

    await own.getByRole('radio', { name: /^3/ }).check()
    await own.getByRole('textbox').fill('too dark')
    await own.getByRole('button', { name: 'Send' }).click()
    await expect.poll(() => page.title()).toBe('3: too dark')
    await delivering.getByRole('radio', { name: /^9/ }).check()
    await delivering.getByRole('button', { name: 'Send' }).click()
    await expect.poll(async () => (await records()).responses.map(({ score }) => score)).toEqual([9])
    expect(site.acts().map(({ type }) => type)).toEqual(['page_view', 'response'])

    expect(complaints).toEqual([])
  })

  it.each([
    [
      'Next.js',
      'next/app',
      `import { createElement } from 'react'
       import { renderToString } from 'react-dom/server'
       import Layout from './layout.jsx'
       export const html = renderToString(createElement(Layout, { identityToken: 'a.b.c' }, 'Bikes'))`,
    ],
    [
      'Svelte',
      'svelte',
      `import { render } from 'svelte/server'
       import App from './app.svelte'
       export const html = render(App, { props: { data: { identityToken: 'a.b.c' } } }).body`,
    ],
  ])('for %s is rendered by a server, where there is no window', async (_, folder, code) => {
    const { path, remove } = await temporaryFolder()
    onTestFinished(remove)
    const outfile = join(path, 'layout.mjs')
    await build({
      stdin: {
        contents: `${code}\nexport const { window } = globalThis`,
        resolveDir: join(EXAMPLES, folder),
      },
      plugins: [svelte('server')],
      conditions: ['svelte'],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      jsx: 'automatic',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
      },
      logLevel: 'error',
    })
    const { html, window } = await import(pathToFileURL(outfile).href)
    expect(window).toBeUndefined()
    expect(html).toContain('Bikes')
    // A token is for the browser's memory, not for the markup that a cache may keep.
    expect(html).not.toContain('a.b.c')
  })
})
