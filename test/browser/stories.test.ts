import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const openContext = async (): Promise<BrowserContext> => {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return context
}

/** Nothing of ours may reach the page's console or its error handlers. */
const watch = (page: Page): string[] => {
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}

/** The proxy's answer to the next page view; an answer to what went before may still be on its way. */
const answerToPageView = (page: Page) =>
  page.waitForResponse(answer => answer.request().postData()?.includes('"page_view"') === true)

const nowS = () => Date.now() / 1_000
const secondsOf = (datetime: string) => Date.parse(`${datetime.replace(' ', 'T')}Z`) / 1_000

/** @returns when that was: seconds, from and to */
const check = async (page: Page, name: RegExp): Promise<[fromS: number, toS: number]> => {
  const radio = page.getByRole('radio', { name })
  await radio.waitFor()
  const fromS = nowS()
  await radio.check()
  return [fromS, nowS()]
}

/** The API has whole seconds. */
const expectWithin = (datetime = '', [fromS, toS]: [number, number]) => {
  expect(secondsOf(datetime)).toBeGreaterThanOrEqual(Math.floor(fromS))
  expect(secondsOf(datetime)).toBeLessThanOrEqual(toS)
}

describe('the main job, in a real browser', () => {
  it('records a page view, and the next one after a link was followed', async () => {
    const { site, records } = await startStack(onTestFinished)
    const page = await (await openContext()).newPage()
    const complaints = watch(page)
    await page.goto(site.url)
    await expect.poll(async () => (await records()).pageViews.length).toBe(1)
    await page.getByRole('link', { name: 'Next' }).click()
    await expect.poll(async () => (await records()).pageViews.length).toBe(2)

    const { endUsers, pageViews } = await records()
    expect(endUsers).toHaveLength(1)
    expect(endUsers[0]).toMatchObject({
      email: expect.stringMatching(/@anonymous\.invalid$/),
      page_views_count: 2,
    })
    expect(pageViews.map(({ url }) => url)).toEqual([`${site.url}/`, `${site.url}/next`])
    for (const { at } of pageViews) expect(Math.abs(secondsOf(at) - nowS())).toBeLessThan(10)
    expect(complaints).toEqual([])
  })

  it('asks, follows up, thanks, and the response stands in the API; then nobody is asked again', async () => {
    const { site, records } = await startStack(onTestFinished)
    const context = await openContext()
    const page = await context.newPage()
    const complaints = watch(page)
    await page.goto(`${site.url}/?token=private#part`)
    const chosenS = await check(page, /^9/)
    await page.getByRole('textbox').fill('Größe stimmt 👍 — مرحبا')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(async () => (await records()).responses.length).toBe(1)

    const { endUsers, responses, declines } = await records()
    expect(responses[0]).toMatchObject({
      score: 9,
      text: 'Größe stimmt 👍 — مرحبا',
      origin_url: `${site.url}/`,
      ip_address: '203.0.113.7',
      end_user_id: endUsers[0]?.id,
    })
    expectWithin(responses[0]?.created_at, chosenS)
    expect(endUsers[0]?.last_surveyed).toBe(responses[0]?.created_at)
    expect(declines).toEqual([])

    // Another device of the same person has no memory of its own; the API's record decides.
    const verdict = answerToPageView(page)
    await page.reload()
    expect((await (await verdict).json()).verdict).toMatchObject({ survey: false })
    expect(complaints).toEqual([])
  })

  it('makes a decline of a survey that is closed, and does not ask again', async () => {
    const { site, records } = await startStack(onTestFinished)
    const page = await (await openContext()).newPage()
    await page.goto(site.url)
    await page.getByRole('button', { name: 'Close' }).click()
    await expect.poll(async () => (await records()).declines.length).toBe(1)
    const { endUsers, responses } = await records()
    expect(responses).toEqual([])
    expect(endUsers[0]?.last_surveyed).not.toBeNull()

    const verdict = answerToPageView(page)
    await page.reload()
    expect((await (await verdict).json()).verdict).toMatchObject({ survey: false })
    await expect.poll(async () => (await records()).pageViews.length).toBe(2)
    expect((await records()).declines).toHaveLength(1)
  })

  it('keeps page views and an answer while offline, over a reload, and delivers each once with its own time', async () => {
    const { site, records } = await startStack(onTestFinished)
    const context = await openContext()
    const page = await context.newPage()
    await page.goto(site.url)
    await page.getByRole('radio', { name: /^3/ }).waitFor()
    await expect.poll(async () => (await records()).pageViews.length).toBe(1)

    // Not the browser's own offline mode, in which the page could not be reloaded: the way to the proxy is gone.
    site.fault = 'refuse'
    const chosenS = await check(page, /^3/)
    await page.getByRole('textbox').fill('slow')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Thank you for your answer!').first().waitFor()
    for (const path of ['/a', '/b', '/c']) await page.evaluate(url => history.pushState({}, '', url), path)
    await page.reload()
    await page.evaluate(() => history.pushState({}, '', '/d'))
    await expect.poll(() => site.batches.length).toBeGreaterThan(2)
    const failedAtS = nowS()
    expect((await records()).responses).toEqual([])

    site.fault = undefined
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await expect.poll(async () => (await records()).responses.length, { timeout: 20_000 }).toBe(1)
    await expect.poll(async () => (await records()).pageViews.length, { timeout: 20_000 }).toBe(6)
    await page.reload()
    await expect.poll(async () => (await records()).pageViews.length, { timeout: 20_000 }).toBe(7)

    const { pageViews, responses } = await records()
    expect(responses[0]).toMatchObject({ score: 3, text: 'slow' })
    expectWithin(responses[0]?.created_at, chosenS)
    expect(pageViews.map(({ url }) => new URL(url ?? '').pathname).sort()).toEqual(
      ['/', '/a', '/b', '/c', '/c', '/d', '/d'].sort(),
    )
    // In the order of the acts: what left with a page may arrive before what waited in the store.
    const times = pageViews.map(({ at }) => secondsOf(at)).sort((a, b) => a - b)
    for (const atS of times.slice(0, -1)) expect(atS).toBeLessThanOrEqual(failedAtS)
  })
})
