import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const WITHOUT_NAVIGATION = "Object.defineProperty(window, 'navigation', { value: undefined });"
const WHATEVER_IS_OURS = `({
  own: Object.getOwnPropertyNames(history),
  isNative: /native code/.test(history.pushState) && /native code/.test(history.replaceState),
})`

interface Router {
  before?: string
  /** Goes to `/next`. */
  go: string
}

const push = "history.pushState({}, '', '/next')"
const ROUTERS: Record<string, Router> = {
  'the Navigation API with intercept()': {
    go: `navigation.addEventListener('navigate', event => event.canIntercept && event.intercept({ handler: async () => {} }))
      navigation.navigate('/next')`,
  },
  'pushState of the prototype': { go: "History.prototype.pushState.call(history, {}, '', '/next')" },
  'pushState under a variable called navigation': {
    before: "Object.defineProperty(window, 'navigation', { value: document.createElement('nav') });",
    go: push,
  },
  'pushState of a frozen history': { before: `${WITHOUT_NAVIGATION} Object.freeze(history)`, go: push },
  'a wrapper that is put on the prototype after us': {
    before: WITHOUT_NAVIGATION,
    go: `const before = History.prototype.pushState
      History.prototype.pushState = function (...args) { window.isSeen = true; return before.apply(this, args) }
      ${push}; if (!window.isSeen) throw new Error('the page’s own wrapper was passed over')
      History.prototype.pushState = before`,
  },
  'push, then replace with a state, as Next and Turbo do': {
    go: `${push}; history.replaceState({ turbo: 1 }, '', '/next'); dispatchEvent(new Event('turbo:load'))`,
  },
  'replace of the old page’s state, then push, as htmx does': {
    go: `history.replaceState({ htmx: true }, '', location.href); ${push}`,
  },
}

describe('a route', () => {
  for (const [how, { before = '', go }] of Object.entries(ROUTERS)) {
    it(`counts once by ${how}, and nothing of ours is left after stop()`, async () => {
      const { site, records } = await startStack(onTestFinished, {
        site: { attributes: 'data-auto-survey="false"' },
      })
      const { page, complaints } = await openPage(onTestFinished, browser)
      if (before) await page.addInitScript(before)
      await page.goto(site.url)
      const viewed = async () => (await records()).pageViews.map(({ url }) => new URL(url ?? '').pathname)
      await expect.poll(viewed).toEqual(['/'])
      await page.evaluate(`{ ${go} }`)
      await page.evaluate("history.pushState({}, '', '/marker')")
      await expect.poll(viewed).toEqual(['/', '/next', '/marker'])
      await page.evaluate("zeroten('stop')")
      expect(await page.evaluate(WHATEVER_IS_OURS)).toEqual({ own: [], isNative: true })
      expect(complaints).toEqual([])
    })
  }
})
