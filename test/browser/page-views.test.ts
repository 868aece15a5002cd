import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { NodeProxyOptions } from '../../src/proxy/node/index.js'
import { launchBrowser, launchCachingBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

interface Visit {
  attributes?: string
  /** Runs in every page before anything else. */
  before?: string
  path?: string
  browser?: Browser
  proxy?: Partial<NodeProxyOptions>
}

async function visit({
  attributes = '',
  before,
  path = '/',
  browser: other = browser,
  proxy = {},
}: Visit = {}) {
  const stack = await startStack(onTestFinished, {
    proxy,
    site: {
      attributes: `data-auto-survey="false" ${attributes}`,
      files: { '/no-leave': '<script defer src="/zeroten/widget.js"></script>' },
    },
  })
  const opened = await openPage(onTestFinished, other)
  if (before) await opened.page.addInitScript(before)
  await opened.page.goto(stack.site.url + path)
  /** What the API received, without the origin, in the order of its moment. */
  const viewed = async () => {
    const { pageViews } = await stack.records()
    return pageViews.map(({ url }) => (url ?? '').replace(stack.site.url, ''))
  }
  /** One more tab of the visitor's, on `/marker`: whatever the device holds by then arrives with that page view. */
  const viewMarker = async () => {
    stack.site.attributes = 'data-auto-survey="false"'
    const marker = await opened.page.context().newPage()
    await marker.goto(`${stack.site.url}/marker`)
    await expect.poll(async () => (await viewed()).includes('/marker'), { timeout: 20_000 }).toBe(true)
  }
  /** What the page sent: the proxy cuts addresses once more, by its own settings. */
  const told = () =>
    stack.site
      .acts()
      .map(event => (event.type === 'page_view' ? event.url.replace(stack.site.url, '') : event.type))
  return { ...stack, ...opened, viewed, viewMarker, told }
}

/** As in a browser that has no Navigation API. */
const WITHOUT_NAVIGATION = "Object.defineProperty(window, 'navigation', { value: undefined });"

const run = (page: Page, code: string) => page.evaluate(code)
const waiting = (page: Page) =>
  run(page, "zeroten('queue').inspect().then(({ waiting }) => waiting.length)") as Promise<number>
describe('a page view', () => {
  it('is one for each of load, pushState, replaceState, back, and page() by hand', async () => {
    const { page, viewed, complaints } = await visit()
    await run(page, "history.pushState({}, '', '/pushed')")
    await run(page, "history.replaceState({}, '', '/replaced')")
    await run(page, "history.pushState({}, '', '/gone')")
    await run(page, 'history.back()')
    await page.waitForURL('**/replaced')
    await run(page, "zeroten('page', '/by-hand')")
    await expect.poll(viewed).toEqual(['/', '/pushed', '/replaced', '/gone', '/replaced', '/by-hand'])
    expect(complaints).toEqual([])
  })

  it('is one where routers say the same twice: push and replace, state alone, fragment, an address with other parameters', async () => {
    const { page, viewed } = await visit()
    await run(
      page,
      `history.pushState({}, '', '/bikes'); history.replaceState({ scroll: 1 }, '', '/bikes')
       history.replaceState({ scroll: 2 }, ''); location.hash = 'reviews'
       history.pushState({}, '', '/bikes?session=1#top'); dispatchEvent(new PopStateEvent('popstate'))
       zeroten('page')`,
    )
    await run(page, "history.pushState({}, '', '/marker')")
    await expect.poll(viewed).toEqual(['/', '/bikes', '/marker'])
  })

  it('is one a route where fragments are routes', async () => {
    const { page, viewed } = await visit({ attributes: 'data-hash-routes', path: '/#/a' })
    await run(page, "location.hash = '#/b'")
    await run(page, "history.pushState({}, '', '#/c')")
    await expect.poll(viewed).toEqual(['/#/a', '/#/b', '/#/c'])
  })

  it('is one more when the page comes back from the back/forward cache, by the real thing', async () => {
    const caching = await launchCachingBrowser()
    onTestFinished(() => caching.close())
    const { page, site, viewed } = await visit({ browser: caching })
    await run(page, "addEventListener('pageshow', event => { window.wasCached = event.persisted })")
    await expect.poll(viewed).toEqual(['/'])
    // A page that is still at it, with the lock that this takes, is not cached.
    const isAtIt = () => run(page, 'navigator.locks.query().then(({ held }) => held.length)')
    await expect.poll(async () => [await waiting(page), await isAtIt()]).toEqual([0, 0])
    await page.goto(`${site.url}/next`)
    await expect.poll(viewed).toEqual(['/', '/next'])
    await page.goBack({ waitUntil: 'commit' })
    await expect.poll(() => run(page, 'window.wasCached')).toBe(true)
    await expect.poll(viewed).toEqual(['/', '/next', '/'])
  })

  it('of a prerendered page counts when somebody sees it, and its router has been busy meanwhile', async () => {
    const { page, viewed } = await visit({
      before: `let isPrerendering = true
        Object.defineProperty(Document.prototype, 'prerendering', { get: () => isPrerendering })
        window.activate = () => { isPrerendering = false; document.dispatchEvent(new Event('prerenderingchange')) }`,
    })
    await run(page, "history.replaceState({}, '', '/home')")
    await run(page, 'activate()')
    await run(page, "history.pushState({}, '', '/marker')")
    await expect.poll(viewed).toEqual(['/home', '/marker'])
  })

  it('of a page that was opened in the background counts at its first visibility, and not at the next ones', async () => {
    const { page, viewed } = await visit({
      before: `let state = 'hidden'
        Object.defineProperty(Document.prototype, 'visibilityState', { get: () => state })
        window.become = now => { state = now; document.dispatchEvent(new Event('visibilitychange')) }`,
    })
    await run(page, "history.replaceState({}, '', '/meanwhile')")
    await run(page, "become('visible')")
    await run(page, "become('hidden'); become('visible')")
    await run(page, "history.pushState({}, '', '/marker')")
    await expect.poll(viewed).toEqual(['/meanwhile', '/marker'])
  })

  it('leaves history as it was: what is passed, returned and thrown, and the methods themselves after stop()', async () => {
    const { page } = await visit({
      before: `${WITHOUT_NAVIGATION}
        const original = history.pushState
        window.calls = []
        history.pushState = function (...args) { calls.push([this === history, args.length]); original.apply(this, args); return 'kept' }
        window.hosts = history.pushState`,
    })
    await page.waitForFunction('history.pushState !== hosts')
    expect(await run(page, "history.pushState({}, '', '/a')")).toBe('kept')
    expect(await run(page, "history.pushState({}, '')")).toBe('kept')
    expect(await run(page, 'calls')).toEqual([
      [true, 3],
      [true, 2],
    ])
    const thrown =
      "try { history.pushState({}, '', 'https://elsewhere.example/') } catch (error) { error.name }"
    expect(await run(page, thrown)).toBe('SecurityError')
    await run(page, "zeroten('stop')")
    expect(await run(page, 'history.pushState === hosts')).toBe(true)
  })

  it('does not break a page that wraps history after us, and counts no more once stopped', async () => {
    const { page, viewed, viewMarker } = await visit({ before: WITHOUT_NAVIGATION })
    await expect.poll(viewed).toEqual(['/'])
    await run(
      page,
      `const ours = history.pushState
       history.pushState = function (...args) { return ours.apply(this, args) }
       window.theirs = history.pushState
       zeroten('stop')`,
    )
    expect(await run(page, 'history.pushState === theirs')).toBe(true)
    await run(page, "history.pushState({}, '', '/after')")
    await viewMarker()
    expect(await viewed()).toEqual(['/', '/marker'])
  })
})

describe('the address of a page view', () => {
  it('loses query, fragment and credentials, but for the parameters that are allowed by name', async () => {
    const { told } = await visit({
      attributes: 'data-keep-params="page, q"',
      path: '/search?q=bell&token=secret&pages=9&page=2#reset=secret',
    })
    await expect.poll(told).toEqual(['/search?q=bell&page=2'])
  })

  it('keeps on record those of them that the proxy keeps too', async () => {
    const { viewed } = await visit({
      attributes: 'data-keep-params="page, q"',
      path: '/search?q=bell&token=secret&page=2',
      proxy: { keepQuery: ['q', 'token'] },
    })
    await expect.poll(viewed).toEqual(['/search?q=bell'])
  })
})

describe('no page view is recorded', () => {
  const refusals: Record<string, Visit> = {
    'under Global Privacy Control': {
      before: "Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })",
    },
    'under Do Not Track': { before: "Object.defineProperty(navigator, 'doNotTrack', { get: () => '1' })" },
    'while consent is refused': { attributes: 'data-consent="refused"' },
    'where the site records them itself': { attributes: 'data-auto-page-views="false"' },
    'in an automated browser that has no leave': { path: '/no-leave' },
  }
  for (const [when, how] of Object.entries(refusals)) {
    it(when, async () => {
      const { page, told, viewed, viewMarker, complaints } = await visit(how)
      await run(page, "history.pushState({}, '', '/next')")
      await viewMarker()
      expect(told()).toEqual(['/marker'])
      expect(await viewed()).toEqual(['/marker'])
      expect(complaints).toEqual([])
    })
  }

  it('of a visitor who asked never to be asked again', async () => {
    const { page, site, viewed, told } = await visit({ attributes: 'data-show-opt-out' })
    await expect.poll(viewed).toEqual(['/'])
    await run(page, "zeroten('survey')")
    await page.getByRole('button', { name: /ask me again/ }).click()
    await expect.poll(() => told().includes('opt_out')).toBe(true)
    await page.goto(`${site.url}/next`)
    const before = site.batches.length
    // It asks whether to ask, with whatever there is to deliver.
    await run(page, "zeroten('survey')")
    await expect.poll(() => site.batches.slice(before).some(({ ask }) => ask?.opted_out)).toBe(true)
    await run(page, "history.pushState({}, '', '/and-the-next'); zeroten('survey')")
    await expect.poll(() => waiting(page)).toBe(0)
    // It may have been sent again by the page that came while its answer was under way.
    expect([...new Set(told())]).toEqual(['/', 'opt_out'])
    expect(await viewed()).toEqual(['/'])
  })

  it('but in spite of such signals where the site says so, and by hand where it records them itself', async () => {
    const ignoring = await visit({
      ...refusals['under Do Not Track'],
      attributes: 'data-ignore-privacy-signals',
    })
    await expect.poll(ignoring.viewed).toEqual(['/'])
    const byHand = await visit({ attributes: 'data-auto-page-views="false"', path: '/there' })
    await run(byHand.page, "zeroten('page')")
    await expect.poll(byHand.viewed).toEqual(['/there'])
    // Upstream has it a moment before the answer is back and the queue is empty.
    await expect.poll(() => waiting(byHand.page)).toBe(0)
  })

  it('and one may still be asked, and answer', async () => {
    const { page, records } = await visit(refusals['under Global Privacy Control'])
    await run(page, "zeroten('survey')")
    await page.getByRole('radio', { name: /^9/ }).check()
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(async () => (await records()).responses.length).toBe(1)
    expect((await records()).pageViews).toEqual([])
  })
})
