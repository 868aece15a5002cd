import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { passInSteps } from '../support/pass-in-steps.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** Long enough for dozens of requests, had the widget not the patience of seconds. */
const WINDOW_MS = 1_400

it('asks again later, not at once, when the proxy can give no verdict because the API is away', async () => {
  const { site } = await startStack(onTestFinished, {
    // Nothing listens there: events are answered one by one with `retry`, and no verdict comes.
    proxy: { api: 'http://127.0.0.1:9' },
  })
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.clock.install()
  await page.goto(site.url)
  await expect.poll(() => site.batches.length).toBeGreaterThan(0)
  await passInSteps(page, WINDOW_MS, 50)
  expect(site.batches.length).toBeLessThanOrEqual(3)
})
