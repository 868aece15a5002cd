import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** An app that says who is here a moment after each of its loads. */
const APP = `<script>
  addEventListener('load', () => setTimeout(() => zeroten('identify', { email: 'ada@example.com' }), 50))
</script>`

async function visit(attributes: string) {
  const stack = await startStack(onTestFinished, {
    proxy: { allowUnverified: true },
    site: { attributes, policy: '', head: APP },
  })
  const opened = await openPage(onTestFinished, browser)
  await opened.page.goto(`${stack.site.url}/first`)
  const filed = async () => {
    const { endUsers, pageViews } = await stack.records()
    return {
      emails: endUsers.map(({ email }) => email),
      views: pageViews.map(({ url }) => new URL(url ?? '').pathname),
    }
  }
  return { ...stack, ...opened, filed }
}

describe('a visitor whom the app names a moment after each load', () => {
  it('is asked, and is the only end user, where the site says that it will', async () => {
    const { page, site, filed, records, complaints } = await visit('data-identity="later"')
    await page.getByRole('radio', { name: /^9/ }).waitFor()
    await page.goto(`${site.url}/second`)
    await page.getByRole('radio', { name: /^9/ }).check()
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(async () => (await records()).responses).toHaveLength(1)
    await expect.poll(filed).toEqual({ emails: ['ada@example.com'], views: ['/first', '/second'] })
    expect(complaints).toEqual([])
  })

  it('leaves views to the next page where the app has no time to name them', async () => {
    const { page, site, filed, complaints } = await visit('data-identity="later"')
    for (const path of ['/second', '/third']) await page.goto(`${site.url}${path}`, { waitUntil: 'commit' })
    await page.goto(`${site.url}/last`)
    await expect.poll(async () => (await filed()).views.includes('/last')).toBe(true)
    expect((await filed()).emails).toEqual(['ada@example.com'])
    expect(complaints).toEqual([])
  })

  it('is asked on the first page, also where the view was an anonymous visitor’s', async () => {
    const { page } = await visit('')
    await page.getByRole('radio', { name: /^9/ }).waitFor()
    const explained = await page.evaluate("zeroten('explain').then(({ verdict }) => verdict.level)")
    expect(explained).toBe('claimed')
  })
})
