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
  cleanUp(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return { page, complaints }
}
