import { randomBytes } from 'node:crypto'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { loadFiles } from '../../src/proxy/node/index.js'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startSite } from '../support/site.js'
import { BROWSER_FILES, readRecords } from '../support/stack.js'
import { callerOf, startApi } from '../support/start-api.js'
import { startProxy } from '../support/start-proxy.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const newSecret = () => randomBytes(32).toString('hex')

/** A visitor whose view and response wait on the device under tickets of a secret that is gone. */
const waitOverRotation = async (attributes: string, allowUnverified: boolean) => {
  const api = await startApi(onTestFinished)
  const files = await loadFiles(BROWSER_FILES)
  const start = (ticketSecret: string) =>
    startProxy(onTestFinished, {
      api: api.url,
      files,
      trustProxy: ['127.0.0.1/32'],
      ticketSecret,
      allowUnverified,
    })
  const site = await startSite(onTestFinished, { proxyUrl: (await start(newSecret())).url, attributes })
  const { page, complaints } = await openPage(onTestFinished, browser)
  await page.goto(`${site.url}/first`)
  await page.getByRole('radio', { name: /^9/ }).check()
  site.fault = 'refuse'
  await page.getByRole('textbox').fill('Kept over a rotation')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.evaluate(() => history.pushState(null, '', '/second'))
  await expect.poll(() => site.batches.length).toBeGreaterThan(1)
  site.proxyUrl = (await start(newSecret())).url
  site.fault = undefined
  await page.evaluate(() => dispatchEvent(new Event('online')))
  const records = async () => readRecords(await callerOf(api))
  await expect.poll(async () => (await records()).responses.length, { timeout: 60_000 }).toBe(1)
  await expect.poll(async () => (await records()).pageViews.length, { timeout: 60_000 }).toBe(2)
  expect(complaints.filter(text => !/ERR_|Failed to load/.test(text))).toEqual([])
  return records()
}

describe('what waits under a ticket whose secret was rotated without its former one', () => {
  it('arrives once where its visitor, whom the page names, is still here', async () => {
    const { endUsers, responses } = await waitOverRotation('data-email="ada@example.com"', true)
    expect(endUsers.map(({ email }) => email)).toEqual(['ada@example.com'])
    expect(responses[0]).toMatchObject({ score: 9, text: 'Kept over a rotation' })
  })

  it('arrives once where its visitor is anonymous', async () => {
    const { endUsers, responses } = await waitOverRotation('', false)
    expect(endUsers).toHaveLength(1)
    expect(responses[0]).toMatchObject({ score: 9, text: 'Kept over a rotation' })
  })
})
