import type { Page } from 'playwright'

/**
 * Lets four seconds pass in the page at once, and then whatever its timers began: storing, asking the site. What has not
 * happened after it had its chance. The page's clock must have been installed before the page was opened.
 */
export async function letTimePass(page: Page): Promise<void> {
  await page.clock.runFor(4_000)
  await page.evaluate(async () => {
    // Each step of what is under way takes no longer than one of these.
    for (let step = 0; step < 8; step++) {
      await indexedDB.databases()
      await fetch('/robots.txt', { cache: 'no-store' })
    }
  })
}
