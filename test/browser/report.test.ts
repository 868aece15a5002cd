import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { cleanUpAfterAll } from '../support/clean-up-after-all.js'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { seedBeside } from '../support/open-seeded.js'
import { CREDENTIALS, type RunningApi, startApi } from '../support/start-api.js'

const REPORT_FOLDER = join(import.meta.dirname, '../../dist/report')
const AXE = createRequire(import.meta.url).resolve('axe-core')

const cleanUp = cleanUpAfterAll()
let browser: Browser
let seeded: RunningApi
let empty: RunningApi

beforeAll(async () => {
  browser = await launchBrowser()
  seeded = await startApi(cleanUp, { reportFolder: REPORT_FOLDER })
  await seedBeside(seeded.db, { responses: 1_500 })
  empty = await startApi(cleanUp, { reportFolder: REPORT_FOLDER })
})
afterAll(() => browser.close())

async function open(api: RunningApi, hash = '', options: Parameters<typeof openPage>[2] = {}) {
  const opened = await openPage(onTestFinished, browser, { locale: 'en-GB', ...options })
  const strangers: string[] = []
  opened.page.on('request', request => {
    if (!request.url().startsWith(api.url) && !request.url().startsWith('blob:'))
      strangers.push(request.url())
  })
  await opened.page.goto(`${api.url}/report${hash}`)
  return { ...opened, strangers }
}

async function signIn(page: Page) {
  await page.getByLabel('E-mail').fill(CREDENTIALS.email)
  await page.getByLabel('Password').fill(CREDENTIALS.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Net Promoter Score' }).waitFor()
  await loaded(page)
}

const loaded = (page: Page) => expect.poll(() => page.locator('.busy, .skeleton').count()).toBe(0)

/** Presses Tab until the focus is where it should be. */
async function tabTo(page: Page, isThere: () => boolean): Promise<void> {
  for (let press = 0; press < 120; press++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(isThere)) return
  }
  throw new Error('the keyboard does not get there')
}

/** The page must have been opened past its own policy, which lets no other script in. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE })
  const found = await page.evaluate(async () => {
    const axe = (
      window as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      }
    ).axe
    return (await axe.run()).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    )
  })
  return found
}

test('who signs in sees the score, its interval and all parts, without a word in the console', async () => {
  const { page, complaints, strangers } = await open(seeded)
  await signIn(page)
  await expect.poll(() => page.locator('.score').textContent()).toMatch(/^[+-]\d+$/)
  for (const name of [
    'Distribution',
    'Score over time',
    'Classes over time',
    'Rates',
    'By plan',
    /^Comments/,
  ])
    await page.getByRole('heading', { name }).waitFor()
  expect(complaints).toEqual([])
  expect(strangers).toEqual([])
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([
    0,
    0,
    '',
  ])
})

test('a wrong password is told, and lets try again', async () => {
  const { page } = await open(seeded)
  await page.getByLabel('E-mail').fill(CREDENTIALS.email)
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await signIn(page)
})

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async colorScheme => {
  const { page } = await open(seeded, '', { colorScheme, bypassCSP: true })
  expect(await violations(page)).toEqual([])
  await signIn(page)
  expect(await violations(page)).toEqual([])
})

test('axe finds nothing on an empty account, which says what to do', async () => {
  const { page } = await open(empty, '', { bypassCSP: true })
  await signIn(page)
  await page.getByText('No responses yet.').waitFor()
  await page.getByText('zeroten import csv FILE').waitFor()
  expect(await page.getByRole('heading', { name: 'Distribution' }).count()).toBe(0)
  expect(await violations(page)).toEqual([])
})

test.each([
  { where: 'by the API’s clock alone', isPageLate: false },
  { where: 'by the page’s clock too, so that it would exchange the token', isPageLate: true },
])('a session whose token has ended $where asks to sign in again, and goes on', async ({ isPageLate }) => {
  let aheadMs = 0
  const api = await startApi(onTestFinished, {
    reportFolder: REPORT_FOLDER,
    now: () => Date.now() + aheadMs,
  })
  const { page } = await open(api)
  await signIn(page)
  aheadMs = 400 * 86_400_000
  if (isPageLate) await page.clock.setSystemTime(Date.now() + aheadMs)
  // Not `check()`, which looks whether it is chosen afterwards, and by then it is gone.
  await page.getByRole('radio', { name: '30 days' }).click()
  await page.getByText('The session has ended. Sign in again.').waitFor()
  await signIn(page)
})

test('on paper there are the figures, without what is to be clicked', async () => {
  const { page } = await open(seeded)
  await signIn(page)
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('.toolbar').isVisible()).toBe(false)
  expect(await page.locator('.score').isVisible()).toBe(true)
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(background).toBe('rgb(255, 255, 255)')
  expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000)
})

test('the keyboard alone signs in, filters, and opens a comment', async () => {
  const { page } = await open(seeded, '#range=all')
  await page.getByLabel('E-mail').focus()
  await page.keyboard.type(CREDENTIALS.email)
  await page.keyboard.press('Tab')
  await page.keyboard.type(CREDENTIALS.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Net Promoter Score' }).waitFor()
  await loaded(page)
  await tabTo(page, () => document.activeElement?.textContent === 'business')
  await page.keyboard.press('Enter')
  await page.getByRole('list', { name: 'Filters' }).getByText('business').waitFor()
  await loaded(page)
  await tabTo(page, () => document.activeElement?.matches('.rows a') === true)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Comment' }).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
})

test('the policy lets nothing inline run, and no text become markup', async () => {
  const { page } = await open(seeded)
  const outcome = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<p>markup</p>'
      return 'taken'
    } catch (error) {
      return (error as Error).name
    }
  })
  expect(outcome).toBe('TypeError')
  const policy = (await fetch(`${seeded.url}/report`)).headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(policy).not.toContain('unsafe')
})

test('arrow keys move through a chart and are told aloud; a table is behind it', async () => {
  const { page } = await open(seeded)
  await signIn(page)
  const chart = page.locator('figure', { has: page.getByRole('heading', { name: 'Score over time' }) })
  await chart.locator('.plot').focus()
  await page.keyboard.press('Home')
  const told = chart.locator('[aria-live]')
  await expect.poll(() => told.textContent()).toMatch(/responses/)
  const first = await told.textContent()
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => told.textContent()).not.toBe(first)
  await page.keyboard.press('End')
  await page.keyboard.press('Escape')
  await expect.poll(() => told.textContent()).toBe('')
  await chart.getByText('Table').click()
  expect(await chart.getByRole('row').count()).toBeGreaterThan(8)
})

test('filters stand in the address, and going back takes them away', async () => {
  const { page } = await open(seeded)
  await signIn(page)
  await page.getByRole('button', { name: 'business' }).click()
  await page.getByRole('list', { name: 'Filters' }).getByText('business').waitFor()
  expect(page.url()).toContain('f.properties.plan=business')
  await loaded(page)
  const n = await page.locator('.how').textContent()
  await page.goBack()
  await expect.poll(() => page.getByRole('list', { name: 'Filters' }).count()).toBe(0)
  await expect.poll(() => page.locator('.how').textContent()).not.toBe(n)
})

test('comments are searched, drawn only in sight, and have addresses of their own', async () => {
  const { page } = await open(seeded, '#range=all')
  await signIn(page)
  const rows = page.getByRole('region', { name: 'Comments, list' })
  await rows.getByRole('listitem').first().waitFor()
  const total = Number(await rows.getByRole('listitem').first().getAttribute('aria-setsize'))
  expect(total).toBeGreaterThan(300)
  expect(await rows.getByRole('listitem').count()).toBeLessThan(40)
  await rows.evaluate(element => element.scrollTo(0, element.scrollHeight))
  await rows.locator(`[aria-posinset="${total}"] .text`).waitFor()
  await page.getByRole('searchbox').fill('Checkout')
  await expect
    .poll(async () => Number(await rows.getByRole('listitem').first().getAttribute('aria-setsize')))
    .toBeLessThan(total)
  await loaded(page)
  for (const text of await rows.locator('.text').allTextContents()) expect(text).toMatch(/checkout/i)
  await rows.getByRole('link').first().click()
  await page.getByRole('dialog', { name: 'Comment' }).getByText('Checkout').waitFor()
  expect(page.url()).toMatch(/comment=\d+/)
  await page.getByRole('button', { name: 'Close' }).click()
  expect(page.url()).not.toContain('comment=')
})

test('a share link shows the figures to who has no account, and no comments', async () => {
  const { page } = await open(seeded)
  await signIn(page)
  await page.getByRole('button', { name: 'Share' }).click()
  await page.getByRole('button', { name: 'Make a link' }).click()
  const link = await page.getByLabel('Link').inputValue()
  const score = await page.locator('.score').textContent()
  const reader = await openPage(onTestFinished, browser)
  await reader.page.goto(link)
  await expect.poll(() => reader.page.locator('.score').textContent()).toBe(score)
  await reader.page.getByRole('heading', { name: 'By plan' }).waitFor()
  expect(await reader.page.getByRole('heading', { name: /^Comments/ }).count()).toBe(0)
  expect(reader.complaints).toEqual([])
})

test('figures and comments are exported as they are seen', async () => {
  const { page } = await open(seeded)
  await signIn(page)
  await page.getByText('Export').click()
  for (const [name, file] of [
    ['Figures as CSV', /^score-.*\.csv$/],
    ['Comments as CSV', 'comments.csv'],
  ] as const) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(file)
  }
})

test('in Arabic the page runs from right to left, with Arabic digits', async () => {
  const { page } = await open(seeded, '', { locale: 'ar-EG', bypassCSP: true })
  await signIn(page)
  expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl')
  await expect.poll(() => page.locator('.score').textContent()).toMatch(/[٠-٩]/)
  expect(await violations(page)).toEqual([])
})

test.each([320, 390, 768])('nothing is wider than a screen of %i px', async width => {
  const { page } = await open(seeded, '', { viewport: { width, height: 800 } })
  await signIn(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
})
