import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { signIdentity } from '../../src/proxy/index.js'
import type { NodeProxyOptions } from '../../src/proxy/node/index.js'
import type { Explanation } from '../../src/widget/index.js'
import { ageState, readRecord } from '../support/in-page-database.js'
import { launchBrowser } from '../support/launch-browser.js'
import { letTimePass } from '../support/let-time-pass.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'
import { IDENTITY_SECRET } from '../support/start-proxy.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

async function visit(attributes: string, proxy: Partial<NodeProxyOptions> = {}) {
  const stack = await startStack(onTestFinished, {
    site: { attributes },
    proxy: { identitySecret: IDENTITY_SECRET, ...proxy },
  })
  const opened = await openPage(onTestFinished, browser)
  await opened.page.clock.install()
  await opened.page.goto(stack.site.url)
  return { ...stack, ...opened }
}

/** Where the device keeps what was given so far. */
const DRAFT = 's|draft||'
const score = (page: Page, name: string) => page.getByRole('radio', { name: new RegExp(`^${name}`) })
const say = (page: Page, ...command: unknown[]) =>
  page.evaluate(
    words => (window as unknown as { zeroten(...words: unknown[]): unknown }).zeroten(...words),
    command,
  )
const go = (page: Page, path: string) => page.evaluate(url => history.pushState({}, '', url), path)
/** Whether the device has the proxy's yes. */
const isKnown = (page: Page) => page.evaluate("zeroten('explain').then(({ verdict }) => verdict?.survey)")
const isAsked = (page: Page) => score(page, '9').isVisible()
describe('a yes', () => {
  it('is remembered on the device, for a page that is opened while the proxy is out of reach', async () => {
    const { page, site } = await visit('data-event-name="bought"')
    await expect.poll(() => isKnown(page)).toBe(true)
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    site.fault = 'refuse'
    await page.reload()
    await say(page, 'event', 'bought')
    await score(page, '9').waitFor()
  })

  it('waits for as many seconds as the site wants, and does not begin anew on another page', async () => {
    const { page } = await visit('data-time-delay="600"')
    await expect.poll(() => isKnown(page)).toBe(true)
    // The delay begins when the chunk is there that keeps it: a moment later than the device knows, on a busy machine.
    await letTimePass(page)
    await letTimePass(page)
    await page.clock.runFor(500_000)
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    await go(page, '/next')
    await page.clock.runFor(100_000)
    await score(page, '9').waitFor()
  })

  it('is used up by an answer, also where another yes is on its way at that moment', async () => {
    const { page, site, records } = await visit('')
    await score(page, '9').waitFor()
    let release: () => void = () => undefined
    const released = new Promise<void>(resolve => {
      release = resolve
    })
    await page.route('**/zeroten/events', async route => {
      const response = await route.fetch()
      await released
      await route.fulfill({ response })
    })
    const before = site.batches.length
    // The batch of this page view says yes, since the decline comes while its answer travels.
    await go(page, '/next')
    await expect.poll(() => site.batches.length).toBeGreaterThan(before)
    await page.getByRole('button', { name: 'Close' }).click()
    release()
    await expect.poll(async () => (await records()).declines.length).toBe(1)
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    await page.reload()
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
  })

  it('is passed over for ten minutes after an answer: another proxy may have taken that', async () => {
    const { page, records } = await visit('data-event-name="bought"')
    let yes: unknown
    await page.route('**/zeroten/events', async route => {
      const response = await route.fetch()
      const answer = await response.json()
      if (answer.verdict?.survey) yes ??= answer.verdict
      await route.fulfill({ response, json: { ...answer, verdict: yes ?? answer.verdict } })
    })
    await page.reload()
    await say(page, 'event', 'bought')
    await page.getByRole('button', { name: 'Close' }).click()
    await expect.poll(async () => (await records()).declines.length).toBe(1)
    await page.reload()
    await expect.poll(() => isKnown(page)).toBe(true)
    await say(page, 'event', 'bought')
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    const { gates } = (await page.evaluate("zeroten('explain')")) as Explanation
    expect(gates).toContainEqual({
      gate: 'answered_here',
      open: false,
      needed: 600,
      value: expect.any(Number),
      unit: 'seconds',
      sentence: expect.stringContaining('answered'),
    })
    await page.evaluate(ageState, 600_000)
    await page.reload()
    await say(page, 'event', 'bought')
    await score(page, '9').waitFor()
  })

  it('asks nobody while it is refused, and nobody who has stopped', async () => {
    const { page } = await visit('data-event-name="bought"')
    await expect.poll(() => isKnown(page)).toBe(true)
    await letTimePass(page)
    await say(page, 'consent', false)
    await say(page, 'event', 'bought')
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    await say(page, 'consent', true)
    await say(page, 'stop')
    await say(page, 'survey')
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
  })
})

describe('an event', () => {
  it('asks where its name is the one that is waited for', async () => {
    const { page, site } = await visit('data-event-name="bought"')
    await expect.poll(() => isKnown(page)).toBe(true)
    await say(page, 'event', 'looked')
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    await say(page, 'event', 'bought')
    await score(page, '9').waitFor()
    expect(site.batches[0]?.ask?.event_name).toBe('bought')
  })

  it('is not needed for survey() by hand', async () => {
    const { page } = await visit('data-auto-survey="false"')
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    await say(page, 'survey')
    await say(page, 'survey')
    await score(page, '9').waitFor()
    expect(await page.locator('zeroten-panel').count()).toBe(1)
  })
})

describe('the rules for pages', () => {
  it('keep the question off a page until the visitor comes to another', async () => {
    const { page } = await visit('data-exclude-pages="/ /checkout*"')
    await expect.poll(() => isKnown(page)).toBe(true)
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    await go(page, '/bikes')
    await score(page, '9').waitFor()
  })

  it('take it off the screen where it may not be, without a decline, and bring it back with what was given', async () => {
    const { page, records } = await visit('data-exclude-pages="/checkout*"')
    await score(page, '9').check()
    await page.getByRole('textbox').fill('half a sen')
    await go(page, '/checkout')
    await expect.poll(() => isAsked(page)).toBe(false)
    await go(page, '/thanks')
    await score(page, '9').waitFor()
    expect(await score(page, '9').isChecked()).toBe(true)
    await expect.poll(() => page.getByRole('textbox').inputValue()).toBe('half a sen')
    await page.getByRole('textbox').fill('half a sentence, and the rest')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect
      .poll(async () => (await records()).responses)
      .toMatchObject([{ score: 9, text: 'half a sentence, and the rest' }])
    expect((await records()).declines).toEqual([])
  })

  it('hold over a reload too: a draft waits for a page where it may come', async () => {
    const { page, site, records } = await visit('data-exclude-pages="/checkout*"')
    await score(page, '3').check()
    await expect.poll(() => page.evaluate(readRecord, DRAFT)).toMatchObject({ score: 3 })
    await page.goto(`${site.url}/checkout`)
    await letTimePass(page)
    expect(await isAsked(page)).toBe(false)
    await page.goto(`${site.url}/thanks`)
    await expect.poll(() => score(page, '3').isChecked()).toBe(true)
    expect((await records()).responses).toEqual([])
  })

  it('leave it where it is while the visitor moves between pages where it may be', async () => {
    const { page } = await visit('data-include-pages="/ /bikes/*"')
    await score(page, '9').waitFor()
    await page.evaluate("document.querySelector('zeroten-panel').isTheSame = true")
    await go(page, '/bikes/7')
    await letTimePass(page)
    expect(await page.evaluate("document.querySelector('zeroten-panel').isTheSame")).toBe(true)
  })
})

describe('a preview', () => {
  it('shows what a visitor would see, and keeps and sends nothing of it', async () => {
    const { page, site, records } = await visit('data-auto-survey="false"')
    await expect.poll(() => isKnown(page)).toBe(true)
    await letTimePass(page)
    const before = site.batches.length
    await say(page, 'preview', { productName: 'Kestrel', followUp: 'And why?' })
    await page.getByText('recommend Kestrel').first().waitFor()
    await say(page, 'preview', { productName: 'Merlin' })
    await page.getByText('recommend Merlin').first().waitFor()
    await expect.poll(() => page.locator('zeroten-panel').count()).toBe(1)
    await score(page, '9').check()
    await page.getByRole('textbox').fill('only looking')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Thank you').first().waitFor()
    await letTimePass(page)
    expect(site.batches).toHaveLength(before)
    expect(await records()).toMatchObject({ responses: [], declines: [] })
    await page.reload()
    await say(page, 'survey')
    await page.getByText('recommend us').first().waitFor()
  })
})

describe('explain()', () => {
  const explain = (page: Page) => say(page, 'explain') as Promise<Explanation>
  const shut = ({ gates }: Explanation) => gates.filter(({ open }) => !open).map(({ gate }) => gate)

  it('names every gate, and those of the proxy to whoever has proven who they are', async () => {
    const identityToken = await signIdentity({ email: 'ada@example.com' }, IDENTITY_SECRET)
    const { page, site } = await visit(`data-identity-token="${identityToken}" data-min-page-views="3"`, {
      verdict: { minPageViews: 1 },
    })
    await expect.poll(async () => (await explain(page)).verdict?.survey).toBe(false)
    const explained = await explain(page)
    expect(explained.survey).toBe(false)
    expect(shut(explained)).toEqual(['page_views'])
    expect(explained.gates.find(({ gate }) => gate === 'page_views')).toMatchObject({ value: 1, needed: 3 })
    expect(explained.gates.find(({ gate }) => gate === 'identity')).toMatchObject({ value: 'proven' })
    expect(site.batches.length).toBeGreaterThan(0)
  })

  it('says to others that the proxy said no, and how far they were believed', async () => {
    const { page } = await visit('data-email="ada@example.com" data-min-page-views="3"')
    await expect.poll(async () => (await explain(page)).verdict?.survey).toBe(false)
    const explained = await explain(page)
    expect(shut(explained)).toEqual(['proxy'])
    expect(explained.gates.find(({ gate }) => gate === 'identity')).toMatchObject({ value: 'anonymous' })
  })

  it('says what of the page itself stands against it, before the proxy has said anything', async () => {
    const { page } = await visit('data-consent="pending" data-event-name="bought"')
    const explained = await explain(page)
    expect(explained).toMatchObject({ survey: false })
    expect(explained.verdict).toBeUndefined()
    expect(shut(explained)).toEqual(['consent', 'moment'])
    await say(page, 'stop')
    // The page has no widget any more, so nobody to ask.
    expect(await say(page, 'explain')).toBeUndefined()
  })

  it('says yes where there is nothing against it', async () => {
    const { page } = await visit('')
    await score(page, '9').waitFor()
    expect(await explain(page)).toMatchObject({ survey: true, verdict: { survey: true } })
  })
})
