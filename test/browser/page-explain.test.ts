import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Explanation } from '../../src/widget/index.js'
import { identityToken } from '../support/identity-token.js'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import type { Site } from '../support/site.js'
import { type Stack, startStack } from '../support/stack.js'
import { IDENTITY_SECRET } from '../support/start-proxy.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const explain = (page: Page) => page.evaluate("zeroten('explain')") as Promise<Explanation>

interface Case {
  attributes?: string | (() => Promise<string>)
  /** Before the page is opened. */
  prepare?: (page: Page, site: Site) => unknown
  proxy?: Parameters<typeof startStack>[1]
  /** What must have happened before it is asked why. */
  until?: (stack: Stack, page: Page) => Promise<unknown>
  gate: string
  value: unknown
  unit?: string
  /** What to do stands in it. */
  sentence: RegExp
}

const viewed = (stack: Stack) =>
  expect.poll(async () => (await stack.records()).pageViews.length).toBeGreaterThan(0)
const tried = ({ site }: Stack) => expect.poll(() => site.batches.length).toBeGreaterThan(0)

const CASES: Record<string, Case> = {
  'a bad token': {
    attributes: 'data-identity-token="none of ours"',
    until: tried,
    gate: 'identity',
    value: 'identity_invalid',
    sentence: /not valid.*identity secret that the proxy has/,
  },
  'an expired token': {
    attributes: async () => `data-identity-token="${await identityToken('ada@example.com', -600)}"`,
    until: tried,
    gate: 'identity',
    value: 'identity_expired',
    sentence: /expired.*configure\(\{ identityToken \}\)/,
  },
  'a proxy that is down': {
    prepare: (_, site) => {
      site.fault = 'refuse'
    },
    until: tried,
    gate: 'proxy_reached',
    value: 0,
    unit: 'HTTP status',
    sentence: /does not answer: see that it runs/,
  },
  'a proxy behind something that refuses': {
    prepare: page => page.route('**/events', route => route.fulfill({ status: 403 })),
    gate: 'proxy_reached',
    value: 403,
    unit: 'HTTP status',
    sentence: /403.*Let POST requests/,
  },
  'an excluded page': {
    attributes: 'data-exclude-pages="/"',
    until: viewed,
    gate: 'page_allowed',
    value: '/',
    sentence: /excludePages keep the question from \//,
  },
  'a delay that still runs': {
    attributes: 'data-time-delay="3000"',
    until: async (stack, page) => {
      await viewed(stack)
      await expect.poll(async () => (await explain(page)).verdict?.survey).toBe(true)
    },
    gate: 'delay',
    value: expect.any(Number),
    unit: 'seconds',
    sentence: /timeDelay is running: \d+ s of 3000 s/,
  },
  'files that are missing': {
    prepare: page => page.route('**/zeroten/panel*', route => route.fulfill({ status: 404 })),
    until: viewed,
    gate: 'survey_loads',
    value: 'panel',
    sentence: /can’t be loaded.*content security policy/,
  },
  'a diagnostics file that is missing': {
    prepare: page => page.route('**/zeroten/diagnostics*', route => route.fulfill({ status: 404 })),
    until: viewed,
    gate: 'survey_loads',
    value: 'diagnostics',
    sentence: /can’t be loaded.*content security policy/,
  },
  'a delivery file that is missing': {
    prepare: page => page.route('**/zeroten/courier*', route => route.abort()),
    until: viewed,
    gate: 'survey_loads',
    value: 'diagnostics',
    sentence: /can’t be loaded/,
  },
  'an anonymous visitor whom the proxy does not ask': {
    attributes: 'data-visitor-percent="0"',
    until: async (stack, page) => {
      await viewed(stack)
      await expect.poll(async () => (await explain(page)).verdict?.survey).toBe(false)
    },
    gate: 'proxy',
    value: 'anonymous',
    sentence: /does not ask this visitor.*give an identity token/,
  },
  'consent that is pending': {
    attributes: 'data-consent="pending"',
    gate: 'consent',
    value: 'pending',
    sentence: /consent\(true\)/,
  },
  'an event that has not come': {
    attributes: 'data-event-name="bought"',
    until: viewed,
    gate: 'moment',
    value: 'bought',
    sentence: /event\('bought'\)/,
  },
}

describe('explain()', () => {
  it.each(Object.entries(CASES))('has one closed gate for %s', async (_, given) => {
    const { attributes = '', prepare, until, gate, value, unit, sentence } = given
    const stack = await startStack(onTestFinished, {
      proxy: { identitySecret: IDENTITY_SECRET },
      site: { attributes: typeof attributes === 'string' ? attributes : await attributes() },
    })
    const { page } = await openPage(onTestFinished, browser)
    await prepare?.(page, stack.site)
    await page.goto(stack.site.url)
    await page.waitForFunction('typeof zeroten === "function"')
    await until?.(stack, page)
    const closed = async () => {
      const { survey, gates } = await explain(page)
      return { survey, closed: gates.filter(({ open }) => !open) }
    }
    await expect.poll(closed).toEqual({
      survey: false,
      closed: [
        expect.objectContaining({
          gate,
          value,
          ...(unit && { unit }),
          sentence: expect.stringMatching(sentence),
        }),
      ],
    })
  })
})
