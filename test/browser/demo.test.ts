import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Records } from '../../demo/server/records.js'
import { launchBrowser } from '../support/launch-browser.js'
import { startCommand } from '../support/start-command.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** A retry waits for seconds, and the machine may be busy with other tests. */
const PATIENT = { timeout: 20_000 }

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

interface OpenDemo {
  page: Page
  url: string
  /** What the page's console was told as an error, and what it threw. */
  complaints: string[]
  records(): Promise<Records>
}

/** The demo in a process of its own, with its first page open. */
async function openDemo(options: BrowserContextOptions = {}): Promise<OpenDemo> {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const { url } = await startCommand(['demo', '--port', '0'], { cwd: folder.path })
  const context = await browser.newContext(options)
  onTestFinished(() => context.close())
  // An init script passes the site's policy, which a script tag would not.
  await context.addInitScript({ path: axe })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(url)
  return {
    page,
    url,
    complaints,
    records: async () => (await fetch(`${url}/demo/records`)).json() as Promise<Records>,
  }
}

const answer = async (page: Page, score: number, text: string) => {
  await page.getByRole('radio', { name: new RegExp(`^${score}\\b`) }).check()
  await page.getByRole('textbox').fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

describe('the demo', () => {
  it('shows an answer and the views of its three pages in the API, under the strictest policy', async () => {
    const { page, complaints, records } = await openDemo()
    await answer(page, 9, 'The van was there before my coffee.')
    await page.getByRole('navigation').getByRole('link', { name: 'Plans' }).click()
    await page.waitForURL('**/plans')
    // A page view is promised once it is stored: who leaves a page before has not been there.
    await page.getByText('page view stored on this device').waitFor({ state: 'attached' })
    await page.getByRole('navigation').getByRole('link', { name: 'Workshop' }).click()
    await expect
      .poll(records, PATIENT)
      .toMatchObject({ endUsers: 1, pageViews: 3, responses: 1, declines: 0 })
    const console = page.getByRole('complementary', { name: 'What happens' })
    await console.getByText('The van was there before my coffee.').waitFor()
    expect(complaints).toEqual([])
  })

  it('keeps what happens offline in the browser, over a reload, and delivers it when the switch is off', async () => {
    const { page, records } = await openDemo()
    await expect.poll(records, PATIENT).toMatchObject({ pageViews: 1 })
    const offline = page.getByRole('checkbox', { name: 'Offline' })
    await offline.check()
    await answer(page, 3, 'It rattles.')
    await page.getByText('answer, 3').waitFor()
    await page.reload()
    await page.getByText('answer, 3').waitFor()
    expect(await records()).toMatchObject({ pageViews: 1, responses: 0 })

    await offline.uncheck()
    await expect.poll(records, PATIENT).toMatchObject({ pageViews: 2, responses: 1 })
    await page.getByText('Nothing: all that happened is in the API.').waitFor()
  })

  it('knows who logged in by a token that its server minted, and asks on demand', async () => {
    const { page, records } = await openDemo()
    await page.getByRole('combobox', { name: 'Visitor' }).selectOption({ label: 'Mei, 2 days' })
    await page.getByRole('button', { name: 'Ask now' }).click()
    await answer(page, 10, '')
    await expect
      .poll(async () => (await records()).latest[0], PATIENT)
      .toMatchObject({ score: 10, who: 'mei.tanaka@example.com' })
  })

  it('says in words which gate is closed, and shows what a draft holds', async () => {
    const { page } = await openDemo()
    const panel = page.getByRole('complementary', { name: 'What happens' })
    await panel.getByText('Every gate is open: the question comes.').waitFor()
    await page.getByRole('radio', { name: /^4\b/ }).check()
    await page.getByRole('textbox').fill('It rattles')
    await panel.getByText('draft of an answer: 4, “It rattles”').waitFor()
    await page.getByRole('button', { name: 'Send' }).click()
    await panel.getByText(/gates (is|are) closed: no question/).waitFor()
    expect(await panel.getByText(/\w_\w/).count()).toBe(0)
    // That is the widget's own sentence, for an open gate without words of the panel's.
    expect(await panel.getByText('does not stand in the way').count()).toBe(0)
  })

  it('tells what waits by what it is, a question that was seen too', async () => {
    const { page } = await openDemo()
    const panel = page.getByRole('complementary', { name: 'What happens' })
    // The page view arrives, with its verdict; what comes of that does not.
    await page.route('**/zeroten/events', route =>
      route.request().postData()?.includes('"impression"') ? route.abort() : route.continue(),
    )
    await page.getByRole('button', { name: 'Start over' }).click()
    const waiting = panel.locator('section').filter({ hasText: 'Waiting in this browser' })
    await waiting.getByText('sight of the question').waitFor()
    expect(await waiting.getByText('opt-out').count()).toBe(0)
  })

  it('leaves the panel its room beside a survey on a phone, whose pickers stay open', async () => {
    const { page } = await openDemo({ viewport: { width: 390, height: 844 }, hasTouch: true })
    await page.getByRole('radio', { name: /^9\b/ }).waitFor()
    await page.getByRole('button', { name: /waiting, show/ }).click()
    const panel = page.getByRole('complementary', { name: 'What happens' })
    const covered = () =>
      panel.evaluate(element => {
        const survey = document.querySelector('zeroten-panel')?.shadowRoot?.querySelector('[popover]')
        return element.getBoundingClientRect().bottom - (survey?.getBoundingClientRect().top ?? 0)
      })
    await expect.poll(covered, PATIENT).toBeLessThanOrEqual(1)
    await panel.getByRole('combobox', { name: 'Language' }).selectOption('de')
    await page.getByText('Wie wahrscheinlich').first().waitFor()
  })

  it('has the forms and moments of the survey to try', async () => {
    const { page } = await openDemo()
    const panel = page.getByRole('complementary', { name: 'What happens' })
    const question = page.getByRole('radio', { name: /^9\b/ })
    await question.waitFor()
    await panel.getByRole('combobox', { name: 'Form' }).selectOption('inline')
    await page.locator('zero-ten').getByRole('radio', { name: /^9\b/ }).waitFor()
    await panel.getByRole('combobox', { name: 'Ask', exact: true }).selectOption('event')
    await panel.getByText('Waiting for the event “repair_booked”.').waitFor()
    await panel.getByRole('button', { name: 'Book a repair' }).click()
    await question.waitFor()
    await panel.getByRole('combobox', { name: 'Consent' }).selectOption('pending')
    await panel.getByText('Waiting for consent').waitFor()
    await panel.getByRole('button', { name: 'Give consent' }).click()
    await panel.getByText('Consent is given.').waitFor()
  })

  it('starts over as somebody new', async () => {
    const { page, records } = await openDemo()
    await expect.poll(records, PATIENT).toMatchObject({ endUsers: 1 })
    await page.getByRole('button', { name: 'Start over' }).click()
    await expect.poll(records, PATIENT).toMatchObject({ endUsers: 2 })
  })

  it.each<[string, BrowserContextOptions]>([
    ['light and wide', { viewport: { width: 1_440, height: 900 }, colorScheme: 'light' }],
    ['dark, on a phone', { viewport: { width: 320, height: 640 }, colorScheme: 'dark' }],
  ])('is accessible and does not overflow, %s', async (_, options) => {
    const { page, url } = await openDemo(options)
    for (const path of ['/', '/plans', '/workshop']) {
      await page.goto(url + path)
      const fold = page.getByRole('button', { name: /waiting, show/ })
      if (await fold.isVisible()) await fold.click()
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0)
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: typeof import('axe-core') }
        // The survey is held elsewhere, with every form and language.
        return (await axe.run({ exclude: [['[popover]']] })).violations.map(({ id, nodes }) => [
          id,
          nodes[0]?.html,
        ])
      })
      expect(violations).toEqual([])
    }
  })
})
