import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** A shop whose own session, a cookie, says to the proxy who is here. */
async function openShop() {
  const { site, records } = await startStack(onTestFinished, {
    proxy: {
      identify: request => {
        const name = /user=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1]
        return name ? { email: `${name}@example.com` } : null
      },
    },
  })
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const viewsOf = async (name: string) => {
    const { endUsers } = await records()
    return endUsers.find(({ email }) => email === `${name}@example.com`)?.page_views_count ?? 0
  }
  const logIn = (name: string) => context.addCookies([{ name: 'user', value: name, url: site.url }])
  return { site, records, context, page: await context.newPage(), logIn, viewsOf }
}

it('gives each person’s page views to that person, where the host’s session proves who it is and the page says it', async () => {
  const { site, context, page, logIn, viewsOf } = await openShop()
  // The page says who is here; that alone would not be believed.
  await context.addInitScript(`
    const [, user] = /user=([^;]+)/.exec(document.cookie) ?? []
    window.zeroten = function () { (zeroten.q = zeroten.q || []).push(arguments) }
    if (user) zeroten('identify', { email: user + '@example.com' })
  `)
  await logIn('ada')
  await page.goto(site.url)
  await expect.poll(() => viewsOf('ada')).toBe(1)
  await page.goto(`${site.url}/next`)
  await expect.poll(() => viewsOf('ada')).toBe(2)

  await context.clearCookies()
  // What was sent for the log-out is answered before the next page comes.
  const answered = page.waitForResponse(
    answer => answer.url().endsWith('/events') && !answer.request().postDataJSON().identity?.email,
  )
  await page.evaluate('zeroten("reset")')
  await answered
  await logIn('grace')
  await page.goto(site.url)
  await expect.poll(() => viewsOf('grace')).toBe(1)
  expect(await viewsOf('ada')).toBe(2)
})

it('files nothing under who has logged out, where the page never said who it was', async () => {
  const { site, records, context, page, logIn, viewsOf } = await openShop()
  await logIn('ada')
  await page.goto(site.url)
  await expect.poll(() => viewsOf('ada')).toBe(1)

  await context.clearCookies()
  await page.evaluate('zeroten("reset"); history.pushState({}, "", "/after")')
  await expect.poll(async () => (await records()).pageViews.length).toBe(2)
  expect(await viewsOf('ada')).toBe(1)
})
