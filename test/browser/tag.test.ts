import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import type { SiteOptions } from '../support/site.js'
import { BROWSER_FILES, startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const ALLOWED = 'src="/zeroten/widget.js" data-allow-bots data-time-delay="0"'
const TAG = `<script defer ${ALLOWED}></script>`
const html = (head: string, body = '<h1>Shop</h1>') =>
  `<!doctype html><html lang="en"><head><title>Shop</title>${head}</head><body>${body}</body></html>`

/** A stack whose site has these files, and its first page, opened. */
async function visit(files: Record<string, string>, options: Partial<SiteOptions> = {}) {
  const stack = await startStack(onTestFinished, { site: { files, ...options } })
  const opened = await openPage(onTestFinished, browser)
  await opened.page.goto(stack.site.url)
  const pageViews = async () =>
    (await stack.records()).pageViews.map(({ url }) => new URL(url ?? '').pathname)
  return { ...stack, ...opened, pageViews }
}

const survey = (page: Page) => page.getByRole('radio', { name: /^9/ })

/** A script of the page that adds the tag. */
const inject = (more = '') => `{
  const tag = document.createElement('script')
  tag.dataset.allowBots = ''
  tag.dataset.timeDelay = '0'
  tag.src = '/zeroten/widget.js'
  ${more}
  document.head.append(tag)
}`
/** As strict as a page can be that sets `script.src` itself. */
const INJECTING = { policy: "default-src 'self'" }

const FORMS: Record<string, [files: Record<string, string>, options?: Partial<SiteOptions>]> = {
  'that is deferred': [{ '/': html(TAG) }],
  'that is async': [{ '/': html(`<script async ${ALLOWED}></script>`) }],
  'that the parser waits for, before there is a body': [{ '/': html(`<script ${ALLOWED}></script>`) }],
  'at the end of the body': [{ '/': html('', `<h1>Shop</h1><script ${ALLOWED}></script>`) }],
  'that is a module and has no document.currentScript': [
    { '/': html(`<script type="module" ${ALLOWED}></script>`) },
  ],
  'that is injected long after the load': [
    {
      '/': html('<script src="/late.js"></script>'),
      '/late.js': `addEventListener('load', () => setTimeout(() => ${inject()}, 200))`,
    },
    INJECTING,
  ],
  'that is injected and taken away again': [
    {
      '/': html('<script defer src="/late.js"></script>'),
      '/late.js': inject('tag.onload = () => tag.remove()'),
    },
    INJECTING,
  ],
  'that stands there twice': [{ '/': html(TAG + TAG) }],
  'that stands there in two forms': [{ '/': html(`${TAG}<script type="module" ${ALLOWED}></script>`) }],
}

describe('a tag', () => {
  for (const [form, [files, options]] of Object.entries(FORMS)) {
    it(`${form} records one page view and asks once`, async () => {
      const { page, site, pageViews, complaints } = await visit(files, options)
      await survey(page).waitFor()
      expect(await page.locator('zeroten-panel').count()).toBe(1)
      await expect.poll(pageViews).toEqual(['/'])
      // A second widget would have had something of its own to say.
      expect(site.acts()).toHaveLength(1)
      expect(complaints).toEqual([])
    })
  }

  it('leaves one global by name', async () => {
    const { page } = await visit({ '/': html(TAG), '/plain': html('') })
    await survey(page).waitFor()
    const globals = () => Object.getOwnPropertyNames(window)
    const ours = await page.evaluate(globals)
    await page.goto(page.url().replace(/\/$/, '/plain'))
    const plain = new Set(await page.evaluate(globals))
    expect(ours.filter(name => !plain.has(name))).toEqual(['zeroten'])
  })

  it.each(['before', 'after'])(
    'of an older version %s it adds its settings to the one that was first',
    async when => {
      const older = readFileSync(join(BROWSER_FILES, 'widget.js'), 'utf8').replace(
        /"?\d+\.\d+\.\d+"?/,
        '"0.0.1"',
      )
      const tags = [
        TAG,
        '<script defer src="/older/widget.js" data-base="/zeroten" data-allow-bots data-time-delay="0" data-product-name="Kestrel"></script>',
      ]
      const { page, site, pageViews } = await visit({
        '/': html((when === 'before' ? tags.reverse() : tags).join('')),
        // Its chunks lie beside it, wherever its proxy is.
        ...Object.fromEntries(
          readdirSync(BROWSER_FILES)
            .filter(name => name.endsWith('.js'))
            .map(name => [`/older/${name}`, readFileSync(join(BROWSER_FILES, name), 'utf8')]),
        ),
        '/older/widget.js': older,
      })
      await page.getByText('recommend Kestrel').first().waitFor()
      expect(await page.locator('zeroten-panel').count()).toBe(1)
      await expect.poll(pageViews).toEqual(['/'])
      expect(site.acts()).toHaveLength(1)
    },
  )

  it('does not mind an element of the page that has its name', async () => {
    const { page, pageViews, complaints } = await visit({
      '/': html(TAG, '<form id="zeroten"></form>'),
    })
    await survey(page).waitFor()
    await expect.poll(pageViews).toEqual(['/'])
    expect(complaints).toEqual([])
  })

  it('obeys commands from before it was there, in their order', async () => {
    const { page, records } = await visit({
      '/': html(`<script src="/commands.js"></script>${TAG}`),
      '/commands.js': `
        window.heard = []
        window.zeroten = window.zeroten || function () { (zeroten.q = zeroten.q || []).push(arguments) }
        zeroten('on', 'queued', ({ type }) => heard.push(type))
        zeroten('on', 'verdict', ({ survey }) => heard.push(survey))
        zeroten('configure', { productName: 'Kestrel' })
        zeroten('page', '/by-hand')`,
    })
    await page.getByText('recommend Kestrel').first().waitFor()
    const heard = await page.evaluate(() => (window as unknown as { heard: unknown[] }).heard)
    // Each view brings a verdict, of which the first brings the question.
    expect(heard.slice(0, 3)).toEqual(['page_view', 'page_view', true])
    expect(heard.slice(3)).toEqual(heard.slice(3).map(() => true))
    await expect
      .poll(async () => (await records()).pageViews.map(({ url }) => new URL(url ?? '').pathname).sort())
      .toEqual(['/', '/by-hand'])
  })

  it('counts a page view once that is told by hand in the tick in which it is counted anyhow', async () => {
    const { page, site, pageViews } = await visit({
      '/': html(`<script src="/commands.js"></script>${TAG}`),
      '/commands.js': "window.zeroten = { q: [['page']] }",
    })
    await survey(page).waitFor()
    await expect.poll(pageViews).toEqual(['/'])
    expect(site.acts()).toHaveLength(1)
  })

  it('does nothing at a command that there is not, and gives what is no command as it is', async () => {
    const { page, complaints } = await visit({ '/': html(TAG) })
    await survey(page).waitFor()
    const answers = await page.evaluate(async () => {
      const zeroten = (window as unknown as Record<string, (...command: unknown[]) => unknown>).zeroten
      if (!zeroten) throw new Error('there is no zeroten')
      const queue = zeroten('queue') as { inspect(): Promise<{ attempts: number }> }
      return [zeroten('nonsense'), zeroten(), (await queue.inspect()).attempts]
    })
    expect(answers).toEqual([undefined, undefined, 0])
    expect(complaints).toEqual([])
  })

  it('works in a frame of the same site, beside one in the page around it, each for its own page', async () => {
    const { page, site, pageViews, complaints } = await visit({
      '/': html(TAG, '<iframe src="/inner" title="inner" width="600" height="400"></iframe>'),
      '/inner': html(TAG),
    })
    await expect.poll(async () => (await pageViews()).sort(), { timeout: 20_000 }).toEqual(['/', '/inner'])
    await survey(page).waitFor()
    expect(new Set(site.batches.map(({ identity }) => identity?.anonymous_id)).size).toBeLessThanOrEqual(2)
    expect(complaints).toEqual([])
  })

  it('is silent in a frame that may not have an origin', async () => {
    const { page, complaints } = await visit({
      '/': html('', '<iframe src="/inner" sandbox="allow-scripts" title="inner"></iframe>'),
      '/inner': html(TAG),
    })
    const [, inner] = page.frames()
    await inner?.waitForFunction('typeof zeroten === "function"')
    await inner?.evaluate('zeroten("page", "/by-hand")')
    // The browser says by itself that the frame's request was refused; nothing else is said.
    expect(complaints.filter(text => !/Failed to load resource|CORS|ERR_/.test(text))).toEqual([])
  })

  it('is loaded by its hashed name and the hash that the build prints, and not by another', async () => {
    const { files } = JSON.parse(readFileSync(join(BROWSER_FILES, 'files.json'), 'utf8')) as {
      files: { name: string; integrity: string; immutable: boolean }[]
    }
    const file = files.find(({ name, immutable }) => immutable && name.startsWith('widget-'))
    const tag = (integrity: string | undefined) =>
      html(
        `<script defer src="/zeroten/${file?.name}" integrity="${integrity}" data-allow-bots data-time-delay="0"></script>`,
      )
    const { page, site, pageViews } = await visit({
      '/': tag(file?.integrity),
      '/altered': tag(`sha384-${'A'.repeat(64)}`),
    })
    await survey(page).waitFor()
    await expect.poll(pageViews).toEqual(['/'])
    await page.goto(`${site.url}/altered`)
    expect(await page.evaluate('typeof zeroten')).toBe('undefined')
  })

  it('on a site whose proxy is not there yet is silent, and what happened meanwhile arrives later', async () => {
    const { page, site, pageViews, complaints } = await visit({ '/': html('') })
    site.fault = () => ({ status: 404, body: 'Not found' })
    await page.goto(`${site.url}/first`)
    await expect.poll(() => site.batches.length).toBeGreaterThan(0)
    await page.goto(`${site.url}/second`)
    expect(complaints.filter(text => !/status of 404/.test(text))).toEqual([])
    expect(await pageViews()).toEqual([])

    site.fault = undefined
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await expect
      .poll(async () => (await pageViews()).sort(), { timeout: 20_000 })
      .toEqual(['/first', '/second'])
  })

  it('reaches its own site on a page whose <base> leads elsewhere', async () => {
    const { page, site, pageViews } = await visit({ '/plain': html('') })
    const tag = `<script defer src="${site.url}/zeroten/widget.js" data-allow-bots data-time-delay="0"></script>`
    await page.route(`${site.url}/based`, route =>
      route.fulfill({ contentType: 'text/html', body: html(`<base href="https://cdn.invalid/">${tag}`) }),
    )
    await page.goto(`${site.url}/based`)
    await survey(page).waitFor()
    await expect.poll(async () => (await pageViews()).includes('/based')).toBe(true)
  })
})
