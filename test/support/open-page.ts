import type { Browser, BrowserContextOptions, Page } from 'playwright'
import type { CleanUp } from './start-api.js'

export interface OpenedPage {
  page: Page
  /** Whatever reached the page's console as an error or its error handlers. */
  complaints: string[]
}

/** A page in a context of its own, still empty. */
export async function openPage(
  cleanUp: CleanUp,
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext(options)
  // Jitter at its lowest: what is drawn between nothing and a wait, as where the proxy could not decide in time, comes soon.
  await context.addInitScript('Math.random = () => 0.05')
  const page = await context.newPage()
  cleanUp(async () => {
    // A request that a test answers by itself may be under way when that test is done.
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await context.close()
  })
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return { page, complaints }
}
