import type { Page } from 'playwright'
import { expect } from 'vitest'

/** A flush holds the widget's lock from its first read to its last write. */
const isFlushing = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query()
    return held.length + pending.length > 0
  })

/**
 * Lets time pass in the page, hours if need be, in steps; what a step sets off is done, with its real requests, before
 * the next. The clock must have been installed before the page was opened.
 */
export async function passInSteps(page: Page, ms: number, stepMs = 30_000): Promise<void> {
  const rest = () => expect.poll(() => isFlushing(page), { timeout: 20_000, interval: 10 }).toBe(false)
  // A step in mid-request would be the request's time-out.
  await rest()
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    await page.clock.fastForward(stepMs)
    await rest()
  }
}
