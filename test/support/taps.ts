import type { Page } from 'playwright'

export interface Spot {
  x: number
  y: number
}

/** The middle of an element of the panel. */
export const spotOf = async (page: Page, selector: string): Promise<Spot> => {
  const box = await page.locator(selector).first().boundingBox()
  if (!box) throw new Error(`nothing to be seen matches ${selector}`)
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/**
 * Taps at one spot, or at several, as a finger does. The browser is told when: so the taps are as far apart as they are
 * said to be, however busy the machine is.
 */
export async function tapTwice(page: Page, [first, second]: readonly [Spot, Spot], apartMs = 300) {
  const devTools = await page.context().newCDPSession(page)
  const startS = Date.now() / 1_000
  for (const [index, spot] of [first, second].entries()) {
    const timestamp = startS + (index * apartMs) / 1_000
    await devTools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [spot], timestamp })
    await devTools.send('Input.dispatchTouchEvent', {
      type: 'touchEnd',
      touchPoints: [],
      timestamp: timestamp + 0.05,
    })
  }
  await devTools.detach()
}
