import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hold, release } from '../support/in-page-database.js'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

interface Counted {
  /** `target type` of each listener that still hears. */
  listeners(): string[]
  /** Observers that still observe, by the name of their class. */
  observers(): string[]
  /** Delays of the timers that are still to fire, milliseconds; repeated ones with a star. */
  timers(): string[]
}

/** Counts, from before any script, what listens, observes and runs later on what outlives the widget's own elements. */
const count = () => {
  const heard = new Map<string, Set<unknown>>()
  const nameOf = (target: EventTarget) =>
    Object.prototype.toString.call(target).slice(8, -1).replace('HTMLDocument', 'document')
  const { addEventListener, removeEventListener } = EventTarget.prototype
  EventTarget.prototype.addEventListener = function (this: EventTarget, type, handler, options) {
    const target = this ?? window
    addEventListener.call(target, type, handler, options)
    if (target instanceof Element || target instanceof ShadowRoot || target instanceof AbortSignal) return
    if (target instanceof IDBRequest || target instanceof IDBTransaction || !handler) return
    const key = `${nameOf(target)} ${type}`
    const handlers = heard.get(key) ?? heard.set(key, new Set()).get(key)
    handlers?.add(handler)
    if (typeof options === 'object') {
      const forget = () => handlers?.delete(handler)
      if (options.once) addEventListener.call(target, type, forget, { once: true })
      if (options.signal) addEventListener.call(options.signal, 'abort', forget)
    }
  }
  EventTarget.prototype.removeEventListener = function (this: EventTarget, type, handler, options) {
    const target = this ?? window
    removeEventListener.call(target, type, handler, options)
    heard.get(`${nameOf(target)} ${type}`)?.delete(handler)
  }

  const observing = new Map<object, string>()
  for (const name of ['MutationObserver', 'IntersectionObserver', 'ResizeObserver'] as const) {
    const { prototype } = window[name]
    const { observe, disconnect } = prototype as MutationObserver
    Object.assign(prototype, {
      observe(this: MutationObserver, ...args: Parameters<typeof observe>) {
        observing.set(this, name)
        return observe.apply(this, args)
      },
      disconnect(this: MutationObserver) {
        observing.delete(this)
        return disconnect.call(this)
      },
    })
  }

  const running = new Map<unknown, string>()
  const { setTimeout, setInterval, clearTimeout } = window
  const time = (start: typeof setTimeout, mark: string) =>
    ((work: () => void, ms = 0) => {
      const id = start(() => {
        if (!mark) running.delete(id)
        work()
      }, ms)
      running.set(id, `${ms}${mark}`)
      return id
    }) as typeof setTimeout
  const clear = (id?: number) => {
    running.delete(id)
    clearTimeout(id)
  }
  Object.assign(window, {
    setTimeout: time(setTimeout, ''),
    setInterval: time(setInterval as typeof setTimeout, '*'),
    clearTimeout: clear,
    clearInterval: clear,
    counted: {
      listeners: () => [...heard].flatMap(([key, handlers]) => [...handlers].map(() => key)),
      observers: () => [...observing.values()],
      timers: () => [...running.values()],
    } satisfies Counted,
  })
}

const counted = (page: Page) =>
  page.evaluate(() => {
    const { listeners, observers, timers } = (window as unknown as { counted: Counted }).counted
    const nodes = [...document.querySelectorAll('*')].map(({ localName }) => localName).join(' ')
    const styles = [document.documentElement, document.body].map(({ style }) => style.cssText)
    const sheets = document.adoptedStyleSheets.length
    return { listeners: listeners(), observers: observers(), timers: timers(), nodes, styles, sheets }
  })

async function visit() {
  const { site, records } = await startStack(onTestFinished)
  const { page, complaints } = await openPage(onTestFinished, browser)
  await page.addInitScript(count)
  return { site, records, page, complaints }
}

/** What a page of ours has by itself, without the widget. */
async function bare(page: Page, url: string) {
  await page.route('**/zeroten/**', route => route.abort())
  await page.goto(url)
  const { nodes, styles, sheets } = await counted(page)
  await page.unroute('**/zeroten/**')
  return { listeners: [], observers: [], timers: [], nodes, styles, sheets }
}

describe('stop() leaves nothing of ours in the page', () => {
  const moments: Record<string, (page: Page) => Promise<void>> = {
    'once a page view is delivered': async page => {
      await page.getByRole('radio').first().waitFor()
    },
    'while the follow-up is open': async page => {
      await page.getByRole('radio', { name: /^9/ }).check()
      await page.getByRole('textbox').fill('as ever')
    },
    'after an answer': async page => {
      await page.getByRole('radio', { name: /^9/ }).check()
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByText('Thank you').first().waitFor()
    },
    'as soon as it is there': async page => {
      await expect.poll(() => page.evaluate('typeof zeroten')).toBe('function')
    },
    'before its store has written': async page => {
      // As a script it is shown, not run.
      const other = await page.context().newPage()
      await other.goto(new URL('/zeroten/widget.js', page.url()).href)
      await other.evaluate(hold)
      await page.reload()
      await expect.poll(() => page.evaluate('typeof zeroten')).toBe('function')
      await page.evaluate("zeroten('stop')")
      await other.evaluate(release)
    },
  }
  for (const [moment, reach] of Object.entries(moments)) {
    it(moment, async () => {
      const { site, page, complaints } = await visit()
      const before = await bare(page, `${site.url}/`)
      await page.goto(`${site.url}/`)
      await reach(page)
      await page.evaluate("zeroten('stop')")
      // What is under way ends by itself: a request after 15 seconds, whatever waits for a chunk after 20.
      await expect.poll(() => counted(page)).toEqual(before)
      const batches = site.batches.length
      await page.evaluate("history.pushState({}, '', '/later'); window.dispatchEvent(new Event('online'))")
      await page.evaluate("zeroten('survey')")
      expect((await counted(page)).listeners).toEqual([])
      expect(site.batches.length).toBe(batches)
      expect(complaints.filter(text => !text.startsWith('Failed to load resource'))).toEqual([])
    })
  }
})
