import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { Browser } from 'playwright'
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

describe('the example', () => {
  it('of a plain page works under the strictest policy', async () => {
    const read = (name: string) => readFileSync(join(EXAMPLES, 'plain', name), 'utf8')
    const { page, records, complaints } = await visit({
      '/': read('index.html'),
      '/commands.js': read('commands.js'),
    })
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
  ])('for %s counts each page once and asks once', async (_, entry) => {
    const files = await bundle(entry)
    const { page, site, viewed, complaints } = await visit(
      {
        '/': '<!doctype html><title>App</title><body><script type="module" src="/app/main.js"></script>',
        ...files,
      },
      "default-src 'self'",
    )
    await page.getByText('recommend Kestrel').first().waitFor()
    await page.getByRole('button', { name: 'Plans' }).click()
    await expect.poll(viewed, { timeout: 10_000 }).toEqual(['/', '/plans'])
    expect(await page.locator('zeroten-panel').count()).toBe(1)
    expect(site.batches.flatMap(({ events }) => events)).toHaveLength(2)
    expect(complaints).toEqual([])
  })

  it('for Next.js is rendered by a server, where there is no window', async () => {
    const { path, remove } = await temporaryFolder()
    onTestFinished(remove)
    const outfile = join(path, 'layout.mjs')
    await build({
      stdin: {
        contents: `
          import { createElement } from 'react'
          import { renderToString } from 'react-dom/server'
          import { Layout } from './layout.jsx'
          export const html = renderToString(createElement(Layout, { identityToken: 'a.b.c' }, 'Bikes'))
          export const { window } = globalThis`,
        resolveDir: join(EXAMPLES, 'next/app'),
      },
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
