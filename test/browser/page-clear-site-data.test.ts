import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { UNAVAILABLE } from '../support/relay.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const CLEARING = { '/clear': { 'clear-site-data': '"storage"' } }

it('a response that waits is stored again where the site has the browser clear its storage', async () => {
  const { site, records } = await startStack(onTestFinished, { site: { headers: CLEARING } })
  const { page, complaints } = await openPage(onTestFinished, browser)
  await page.goto(`${site.url}/`)
  await page.getByRole('radio', { name: /^9/ }).waitFor()
  await expect.poll(async () => (await records()).pageViews).toHaveLength(1)
  site.fault = UNAVAILABLE
  await page.getByRole('radio', { name: /^9/ }).check()
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Thank you for your answer!').first().waitFor()
  /** Of what the visitor did: an impression comes of the time that passes. */
  const waiting = async () => {
    const types = "zeroten('queue').inspect().then(({ waiting }) => waiting.map(({ type }) => type))"
    return ((await page.evaluate(types)) as string[]).filter(type => type !== 'impression')
  }
  await expect.poll(waiting).toEqual(['response'])
  const idBefore = await page.evaluate(readAnonymousId)

  await page.evaluate("fetch('/clear').then(response => response.text())")
  await expect.poll(waiting).toEqual(['response'])
  expect(await page.evaluate(readAnonymousId)).toBe(idBefore)

  // Another page finds it in the database: this one is gone.
  site.fault = undefined
  await page.goto(`${site.url}/next`)
  await page.evaluate("zeroten('survey')")
  await expect.poll(async () => (await records()).responses.map(({ score }) => score)).toEqual([9])
  // Where the page sent it as it went and did not hear back, the next one may ask about it after 20 seconds.
  await expect.poll(waiting).toEqual([])
  expect((await records()).endUsers).toHaveLength(1)
  expect(complaints.filter(text => !text.startsWith('Failed to load resource'))).toEqual([])
})

/** Runs in the page. */
const readAnonymousId = () =>
  new Promise<unknown>(resolve => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onupgradeneeded = () => opening.transaction?.abort()
    opening.onerror = () => resolve(undefined)
    opening.onsuccess = () => {
      const reading = opening.result.transaction('e').objectStore('e').get('s')
      reading.onsuccess = () => {
        opening.result.close()
        resolve(reading.result?.anonymousId)
      }
    }
  })
