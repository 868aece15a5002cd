import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { letTimePass } from '../support/let-time-pass.js'
import { openPage } from '../support/open-page.js'
import { UNAVAILABLE } from '../support/relay.js'
import type { SiteOptions } from '../support/site.js'
import { BROWSER_FILES, startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

async function visit(attributes: string, site: Partial<SiteOptions> = {}) {
  const stack = await startStack(onTestFinished, {
    site: { attributes: `data-auto-survey="false" ${attributes}`, ...site },
    proxy: { allowUnverified: true },
  })
  const opened = await openPage(onTestFinished, browser)
  await opened.page.clock.install()
  await opened.page.goto(stack.site.url)
  const viewed = async () => (await stack.records()).pageViews.map(({ url }) => new URL(url ?? '').pathname)
  return { ...stack, ...opened, viewed }
}

const run = (page: Page, code: string) => page.evaluate(code)
/** Whether something waits of which the site would not hear just now: then no request is under way, in any tab. */
const isRefused = (page: Page) =>
  page.evaluate("zeroten('queue').inspect().then(({ attempts, waiting }) => attempts * waiting.length > 0)")
const go = (page: Page, path: string) => page.evaluate(url => history.pushState({}, '', url), path)
/** What lies on the device: names of databases, keys of records, keys of localStorage. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const databases = await indexedDB.databases()
    const keys: string[] = []
    for (const { name = '' } of databases) {
      const opened = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      for (const store of opened.objectStoreNames)
        keys.push(
          ...(await new Promise<string[]>(resolve => {
            const request = opened.transaction(store).objectStore(store).getAllKeys()
            request.onsuccess = () => resolve(request.result.map(String))
          })),
        )
      opened.close()
    }
    return [...keys, ...Object.keys(localStorage)]
  })

describe('consent', () => {
  it('that is pending stores and sends nothing, and when it is given everything that waited in memory', async () => {
    const { page, site, viewed } = await visit('data-consent="pending"')
    await go(page, '/bikes')
    await run(page, "Promise.all([zeroten('explain'), zeroten('queue').inspect()])")
    await letTimePass(page)
    expect(site.batches).toEqual([])
    expect(await kept(page)).toEqual([])
    await run(page, "zeroten('consent', true)")
    await expect.poll(async () => (await viewed()).sort()).toEqual(['/', '/bikes'])
  })

  it('that is refused drops what waited, and what comes after', async () => {
    const { page, site, viewed } = await visit('data-consent="pending"')
    await run(page, "zeroten('consent', false)")
    await go(page, '/bikes')
    await letTimePass(page)
    expect(site.batches).toEqual([])
    expect(await kept(page)).toEqual([])
    // A change of mind counts from then on.
    await run(page, "zeroten('consent', true)")
    await go(page, '/plans')
    await expect.poll(viewed).toEqual(['/plans'])
  })

  it('that is withdrawn wipes the device and wins over what waits', async () => {
    const { page, site, viewed } = await visit('')
    await expect.poll(viewed).toEqual(['/'])
    site.fault = UNAVAILABLE
    await go(page, '/bikes')
    await expect.poll(() => isRefused(page)).toBe(true)
    await run(page, "zeroten('forget')")
    await expect.poll(() => kept(page)).toEqual([])
    site.fault = undefined
    const before = site.batches.length
    await go(page, '/plans')
    await run(page, "dispatchEvent(new Event('online'))")
    await letTimePass(page)
    expect(site.batches).toHaveLength(before)
    expect(await kept(page)).toEqual([])
    expect(await viewed()).toEqual(['/'])
    // The next page knows nothing of who was here before.
    const [first] = site.batches
    await page.goto(`${site.url}/later`)
    await expect.poll(viewed).toContain('/later')
    expect(site.batches.at(-1)?.identity?.anonymous_id).not.toBe(first?.identity?.anonymous_id)
  })

  it('that is withdrawn in one tab is so in the other: it neither restores nor sends what it held', async () => {
    const { page, site, viewed } = await visit('')
    await expect.poll(viewed).toEqual(['/'])
    site.fault = UNAVAILABLE
    const other = await page.context().newPage()
    await other.goto(`${site.url}/other`)
    await expect.poll(() => isRefused(other)).toBe(true)
    await run(page, "zeroten('forget')")
    await expect.poll(() => kept(page)).toEqual([])
    site.fault = undefined
    const before = site.batches.length
    await run(other, "dispatchEvent(new Event('online'))")
    await go(other, '/other/later')
    await letTimePass(other)
    await other.goto('about:blank')
    await letTimePass(page)
    expect(site.batches).toHaveLength(before)
    expect(await kept(page)).toEqual([])
    expect(await viewed()).toEqual(['/'])
  })
})

describe('log-out', () => {
  it('by reset() makes the next page view that of nobody in particular, and leaves what was before to whom it was', async () => {
    const { page, records } = await visit('data-email="ada@example.com"')
    const byUser = async () => {
      const { endUsers, pageViews } = await records()
      return pageViews.map(({ url, end_user_id }) => [
        new URL(url ?? '').pathname,
        (endUsers.find(({ id }) => id === end_user_id)?.email ?? '').replace(/^.*@anonymous/, '?@anonymous'),
      ])
    }
    await expect.poll(byUser).toEqual([['/', 'ada@example.com']])
    await run(page, "zeroten('reset')")
    await go(page, '/bye')
    await run(page, "zeroten('identify', { email: 'grace@example.com' })")
    await go(page, '/hello')
    await expect
      .poll(async () => (await byUser()).filter(([path]) => path !== '/bye'))
      .toEqual([
        ['/', 'ada@example.com'],
        ['/hello', 'grace@example.com'],
      ])
    // What was done while nobody was known goes out when nobody is known again, and never as somebody's.
    await run(page, "zeroten('reset')")
    await expect
      .poll(async () => (await byUser()).find(([path]) => path === '/bye'))
      .toEqual(['/bye', '?@anonymous.invalid'])
  })
})

describe('two widgets under two bases', () => {
  it('share nothing but the function that speaks to both, and never ask at once', async () => {
    const tag = (base: string) =>
      `<script defer src="/zeroten/widget.js" data-base="${base}" data-allow-bots data-time-delay="0"></script>`
    const { page, site } = await visit('', {
      files: { '/': `<!doctype html><title>Shop</title>${tag('/zeroten')}${tag('/second')}` },
    })
    const toSecond: string[] = []
    await page.route('**/second/**', async route => {
      const url = route.request().url().replace('/second/', '/zeroten/')
      if (route.request().method() === 'POST') toSecond.push(route.request().postData() ?? '')
      await route.fulfill({ response: await route.fetch({ url }) })
    })
    await page.reload()
    await page.getByRole('radio', { name: /^9/ }).waitFor()
    await run(page, "zeroten('page', '/by-hand')")
    await letTimePass(page)
    const names = await page.evaluate(async () =>
      (await indexedDB.databases()).map(({ name }) => name).sort(),
    )
    expect(names).toEqual(['zeroten:/second', 'zeroten:/zeroten'])
    expect(await page.locator('zeroten-panel').count()).toBe(1)
    const ofSecond = () => toSecond.map(body => JSON.parse(body) as (typeof site.batches)[number])
    const paths = () =>
      ofSecond()
        .flatMap(({ events }) => events)
        .map(event => ('url' in event ? new URL(event.url).pathname : event.type))
    // The first load found no proxy under the second base: its view of `/` comes with those of the second.
    await expect.poll(() => [...new Set(paths())].sort()).toEqual(['/', '/by-hand'])
    const ids = new Set(ofSecond().map(({ identity }) => identity?.anonymous_id))
    ids.delete(undefined)
    expect(ids.size).toBe(1)
    // The site saw both widgets' batches pass: the first one's are those of another visitor.
    expect(site.batches.some(({ identity }) => identity && !ids.has(identity.anonymous_id))).toBe(true)
    expect(await run(page, "zeroten('queue').inspect().then(({ attempts }) => attempts)")).toBe(0)
  })
})

describe('an open page that meets a newer build', () => {
  it('finds a chunk by its plain name when the hashed one is gone', async () => {
    const { page, site } = await visit('')
    await letTimePass(page)
    await page.route(/\/zeroten\/[a-z-]+-[\w]{8}\.js$/, route => route.fulfill({ status: 404, body: 'gone' }))
    await run(page, "zeroten('survey')")
    await page.getByRole('radio', { name: /^9/ }).waitFor()
    expect(site.batches.length).toBeGreaterThan(0)
  })

  it('gets a chunk in the end that could not be had at first', async () => {
    const { page } = await visit('')
    await letTimePass(page)
    const chunk = /\/zeroten\/(panel|scheduler)[\w-]*\.js/
    const plain: string[] = []
    await page.route(chunk, route => {
      const url = route.request().url()
      if (!/-\w{8}\.js/.test(url)) plain.push(url)
      return route.abort()
    })
    for (const count of [2, 4]) {
      await run(page, "zeroten('survey')")
      await expect.poll(() => plain.length).toBeGreaterThanOrEqual(count)
    }
    // Some browsers don't ask for the same URL again.
    expect(new Set(plain).size).toBe(plain.length)
    await page.unroute(chunk)
    await run(page, "zeroten('survey')")
    await page.getByRole('radio', { name: /^9/ }).waitFor()
  })

  it('has a plain name for every hashed one', () => {
    const { files } = JSON.parse(readFileSync(join(BROWSER_FILES, 'files.json'), 'utf8')) as {
      files: { name: string; immutable: boolean }[]
    }
    const plain = new Set(files.filter(({ immutable }) => !immutable).map(({ name }) => name))
    const hashed = files
      .filter(({ immutable }) => immutable)
      .map(({ name }) => name.replace(/-\w{8}\.js$/, '.js'))
    expect(hashed.filter(name => !plain.has(name))).toEqual([])
    expect(hashed.length).toBe(plain.size)
    for (const name of plain) expect(name).not.toMatch(/track|analytics|collect|stats|survey|nps|wootric/)
  })
})
