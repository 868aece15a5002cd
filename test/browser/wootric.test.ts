import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { letTimePass } from '../support/let-time-pass.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const SRC = 'src="/zeroten/widget.js"'
const TAG = `<script type="text/javascript" ${SRC}></script>`
const SETTINGS = `
  wootric_survey_immediately = true
  wootric_no_surveyed_cookie = true
  window.wootricSettings = { email: 'nps@example.com', created_at: 1234567890, account_token: 'NPS-xxxxxxx' }`
const html = (head: string, body = '<h1>Shop</h1>') =>
  `<!doctype html><html lang="en"><head><title>Shop</title>${head}</head><body>${body}</body></html>`
const inline = (code: string) => `<script type="text/javascript">${code}</script>`

const injectTag = (onload: string) => `
  var tag = document.createElement('script')
  tag.type = 'text/javascript'
  tag.src = '/zeroten/widget.js'
  tag.async = true
  tag.onload = function () { ${onload} }
  document.body.appendChild(tag)`

/** A customer of Wootric's, who believes bare e-mails as before, and a page of theirs. */
async function visit(document: string, more: Record<string, string> = {}) {
  const stack = await startStack(onTestFinished, {
    site: { files: { '/': document, ...more }, policy: '' },
    proxy: { allowUnverified: true, allowImmediate: true },
  })
  const { page, complaints } = await openPage(onTestFinished, browser)
  // Snippets of the documentation say nothing of bots.
  await page.addInitScript('Object.defineProperty(navigator, "webdriver", { get: () => false })')
  await page.clock.install()
  await page.goto(stack.site.url)
  return { ...stack, page, complaints }
}

const score = (page: Page, name: string) => page.getByRole('radio', { name: new RegExp(`^${name}`) })
const run = (page: Page, code: string) => page.evaluate(code)

const FORMS: Record<string, string> = {
  'the script first, then settings and run': html(TAG + inline(`${SETTINGS}; window.wootric('run')`)),
  'the settings first, then script and run': html(inline(SETTINGS) + TAG + inline("window.wootric('run')")),
  'an async script with onload': html(
    `${inline(SETTINGS)}<script ${SRC} async onload="WootricSurvey.run(wootricSettings)"></script>`,
  ),
  'a component that appends settings and script (React)': html(
    '',
    `<div id="root"></div>${inline(`
      var setup = document.createElement('script')
      setup.async = true
      setup.innerHTML = ${JSON.stringify(SETTINGS)}
      document.body.appendChild(setup)
      ${injectTag("window.wootric('run')")}`)}`,
  ),
  'a directive that runs without settings (Angular)': html(
    '',
    inline(`${SETTINGS}; ${injectTag("window['WootricSurvey'].run()")}`),
  ),
  'a factory that runs when the application has started (AngularJS)': html(
    TAG +
      inline(
        `document.addEventListener('DOMContentLoaded', function () { ${SETTINGS}; window.wootric('run') })`,
      ),
  ),
  'a hook that runs after the script, in the body (Vue)': html(
    '',
    `<div id="app"></div>${TAG}${inline(`(function created() { ${SETTINGS}; window.wootric('run') })()`)}`,
  ),
}

describe('Wootric’s names', () => {
  it('that nobody calls are told of in debug', async () => {
    const { page, site } = await visit(html('<script src="/zeroten/named.js" data-debug></script>'))
    const told = page.waitForEvent('console', message => message.text().includes("wootric('run')"))
    await page.waitForFunction('typeof wootric === "function"')
    await page.clock.runFor(20_000)
    await told
    expect(site.batches).toEqual([])
  })
})

describe("Wootric's snippet", () => {
  for (const [form, document] of Object.entries(FORMS)) {
    it(`works with nothing changed but its URL: ${form}`, async () => {
      const { page, records, site, complaints } = await visit(document)
      await score(page, '9').check()
      await page.getByRole('textbox').fill('fine')
      await page.getByRole('button', { name: 'Send' }).click()
      await expect.poll(async () => (await records()).responses.length).toBe(1)

      const { endUsers, pageViews, responses } = await records()
      expect(endUsers).toMatchObject([{ email: 'nps@example.com', external_created_at: 1_234_567_890 }])
      expect(pageViews.map(({ url }) => url)).toEqual([`${site.url}/`])
      expect(responses).toMatchObject([{ score: 9, text: 'fine' }])
      expect(complaints).toEqual([])
    })
  }

  it('may run again, in an application that changes its pages, without doubling anything', async () => {
    const { page, records } = await visit(html(TAG + inline(`${SETTINGS}; wootric('run'); wootric('run')`)))
    await score(page, '9').waitFor()
    await run(page, "history.pushState({}, '', '/next'); wootric('run'); WootricSurvey.run(wootricSettings)")
    await expect
      .poll(async () => (await records()).pageViews.map(({ url }) => new URL(url ?? '').pathname))
      .toEqual(['/', '/next'])
    expect(await page.locator('zeroten-panel').count()).toBe(1)
    expect((await records()).endUsers).toHaveLength(1)
  })

  it('does nothing before it is run', async () => {
    const { page, site } = await visit(html(inline(SETTINGS) + TAG))
    await letTimePass(page)
    expect(site.batches).toEqual([])
    await run(page, "wootric('run')")
    await score(page, '9').waitFor()
  })

  it('stops without a decline, also while the delay still runs, and runs again', async () => {
    const { page, records, site } = await visit(
      html(TAG + inline(`${SETTINGS}; wootric_time_delay = 60; wootric('run')`)),
    )
    await expect.poll(() => site.batches.length).toBeGreaterThan(0)
    await run(page, 'WootricSurvey.stop()')
    await page.clock.runFor(60_000)
    expect(await score(page, '9').count()).toBe(0)
    await run(page, "wootric_time_delay = 0; wootric('run')")
    await score(page, '9').waitFor()
    await run(page, "wootric('stop')")
    await expect.poll(() => score(page, '9').count()).toBe(0)
    await run(page, "wootric('run')")
    await score(page, '9').check()
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(async () => (await records()).responses.length).toBe(1)
    const { declines, pageViews } = await records()
    expect(declines).toEqual([])
    expect(pageViews).toHaveLength(1)
  })

  it('is run in the order of its calls when the part that understands them can be had at last', async () => {
    const stack = await startStack(onTestFinished, {
      site: { files: { '/': html(TAG + inline(`${SETTINGS}; wootric('run')`)) }, policy: '' },
      proxy: { allowUnverified: true, allowImmediate: true },
    })
    const { page } = await openPage(onTestFinished, browser)
    await page.addInitScript('Object.defineProperty(navigator, "webdriver", { get: () => false })')
    await page.clock.install()
    const refused: string[] = []
    await page.route(/\/compat(-\w+)?\.js/, route => {
      refused.push(route.request().url())
      return route.abort()
    })
    await page.goto(stack.site.url)
    // By its hashed name, then by the plain one.
    await expect.poll(() => refused.length).toBe(2)
    await run(page, "wootricSettings = { ...wootricSettings, email: 'ada@example.com' }; wootric('run')")
    await expect.poll(() => refused.length).toBe(4)
    expect(stack.site.batches).toEqual([])

    await page.unrouteAll({ behavior: 'wait' })
    await page.clock.fastForward(60_000)
    await page.clock.resume()
    await score(page, '9').waitFor()
    await expect
      .poll(async () => (await stack.records()).endUsers.map(({ email }) => email))
      .toContain('ada@example.com')
    expect(stack.site.batches.at(-1)?.identity?.email).toBe('ada@example.com')
    expect((await stack.records()).pageViews).toHaveLength(1)
  })

  it('tells its version', async () => {
    const { page } = await visit(html(TAG))
    expect(await run(page, 'WootricSurvey.version()')).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('calls back, with the callbacks that are there by then', async () => {
    const { page } = await visit(
      html(
        TAG +
          inline(`${SETTINGS}
            var told = []
            wootricSettings.callbacks = {
              after_eligible: function (eligible) { told.push(['eligible', eligible]) },
              after_show: function () { told.push(['show']); throw new Error('of the page') },
              after_response: function (score, text) { told.push(['response', score, text]) },
            }
            wootric('run')`),
      ),
    )
    await score(page, '7').check()
    await run(page, "wootricSettings.callbacks.after_decline = function () { told.push(['decline']) }")
    await page.getByRole('textbox').fill('well')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Thank you for your answer').first().waitFor()
    await expect
      .poll(() => run(page, 'told'))
      .toEqual([['eligible', true], ['show'], ['response', 7, 'well']])
  })

  it('calls back after a decline too', async () => {
    const { page, records } = await visit(
      html(
        TAG +
          inline(`${SETTINGS}; var told = []
            wootricSettings.callbacks = { after_decline: function () { told.push('decline') } }; wootric('run')`),
      ),
    )
    await score(page, '7').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await expect.poll(() => run(page, 'told')).toEqual(['decline'])
    await expect.poll(async () => (await records()).declines.length).toBe(1)
  })

  it('asks the proxy for the sampling that the page wants', async () => {
    const { site } = await visit(
      html(
        TAG +
          inline(`window.wootricSettings = { email: 'nps@example.com', account_token: 'NPS-1', wootric_resurvey_throttle: 60 }
            wootric_first_survey = 45; wootric_decline_resurvey_throttle = '10'
            wootric_registered_percent = 33; wootric_visitor_percent = 1; wootric('run')`),
      ),
    )
    await expect
      .poll(() => site.batches[0]?.ask)
      .toMatchObject({
        first_survey_days: 45,
        resurvey_days: 60,
        decline_resurvey_days: 10,
        registered_percent: 33,
        visitor_percent: 1,
      })
  })

  it('shows what the settings say', async () => {
    const { page, records } = await visit(
      html(
        TAG +
          inline(`${SETTINGS}
            Object.assign(wootricSettings, {
              product_name: 'Kestrel', wootric_recommend_target: 'your team', language: 'EN', modal_position: 'top',
              ask_permission_to_share_feedback: true, permission_labels: { EN: 'Quote me', DE: 'Zitiert mich' },
              properties: { plan: 'pro', seats_amount: 3 },
            })
            var customMessages = {
              wootric_question: 'Would you tell {target} of {product}?',
              followup_question: 'Why?', followup_questions_list: { promoter_question: 'What is best?' },
              placeholder_text: 'In your words',
            }
            var Wootric = {
              add_score_param_to_url: true, add_comment_param_to_url: true,
              thankYouMessages: { thank_you_main: 'You are kind', thank_you_setup: 'One thing more' },
              thankYouLinks: { thank_you_link_text: 'Review us', thank_you_link_url: '/review' },
            }
            wootric('run')`),
      ),
    )
    await page.getByText('Would you tell your team of Kestrel?').first().waitFor()
    await score(page, '10').check()
    await page.getByText('What is best?').first().waitFor()
    await page.getByPlaceholder('In your words').fill('the bell')
    await page.getByRole('checkbox', { name: 'Quote me' }).check()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('You are kind').first().waitFor()
    await page.getByText('One thing more').waitFor()
    const link = new URL(
      (await page.getByRole('link', { name: 'Review us' }).getAttribute('href')) ?? '',
      page.url(),
    )
    expect(link.pathname + link.search).toBe('/review?wootric_score=10&wootric_comment=the+bell')
    await expect.poll(async () => (await records()).responses.length).toBe(1)
    expect((await records()).endUsers[0]?.properties).toMatchObject({ plan: 'pro', seats_amount: 3 })
  })

  it('tells in debug, once, that an e-mail is not believed, where the proxy does not believe it', async () => {
    const stack = await startStack(onTestFinished, {
      site: {
        files: { '/': html(TAG + inline(`${SETTINGS}; wootricSettings.debug = true; wootric('run')`)) },
        policy: '',
      },
    })
    const { page } = await openPage(onTestFinished, browser)
    await page.addInitScript('Object.defineProperty(navigator, "webdriver", { get: () => false })')
    const told: string[] = []
    page.on('console', message => message.type() === 'info' && told.push(message.text()))
    await page.goto(stack.site.url)
    await score(page, '9').waitFor()
    await run(page, "wootric('run')")
    await expect.poll(() => stack.site.batches.filter(({ ask }) => ask).length).toBeGreaterThan(1)
    expect(told.filter(text => text.startsWith('zeroten: email'))).toEqual([
      'zeroten: email is not believed: the proxy wants an identity token, or --allow-unverified.',
    ])
    expect((await stack.records()).endUsers[0]?.email).toMatch(/@anonymous\.invalid$/)
  })

  it('tells in debug, once, what it accepts and has no use for', async () => {
    const stack = await startStack(onTestFinished, {
      proxy: { allowUnverified: true },
      site: { files: { '/': html(TAG + inline(`${SETTINGS}; wootricSettings.debug = true`)) }, policy: '' },
    })
    const { page } = await openPage(onTestFinished, browser)
    await page.addInitScript('Object.defineProperty(navigator, "webdriver", { get: () => false })')
    const told: string[] = []
    page.on('console', message => message.type() === 'info' && told.push(message.text()))
    await page.goto(stack.site.url)
    await run(page, "wootric('run'); wootric('run'); wootric('dance')")
    await score(page, '9').waitFor()
    expect(told).toEqual([
      "zeroten: account_token is the proxy's affair, and is not used here.",
      'zeroten: wootric_no_surveyed_cookie has nothing to switch off: there are no cookies.',
      "zeroten: wootric('dance') is not known.",
    ])
  })
})

describe('an event', () => {
  it('asks at the moment that is named, and not before', async () => {
    const { page, site } = await visit(
      html(
        TAG +
          inline(`window.wootricSettings = { email: 'nps@example.com', account_token: 'NPS-1', auto_survey: false }
            wootricSettings.event_name = undefined`),
      ),
    )
    await run(page, "wootricSettings.event_name = 'on_purchase'; wootric('run')")
    await score(page, '9').waitFor()
    expect(site.batches.some(({ ask }) => ask?.event_name === 'on_purchase')).toBe(true)
  })
})

/** What Segment's integration does with the names, call for call. */
const SEGMENT = `
  window.wootricSettings = window.wootricSettings || {}
  window.wootricSettings.account_token = 'NPS-xxxxxxx'
  window.wootricSettings.version = 'wootric-segment-js-2.3.0'
  var survey = function (email, createdAt, properties, eventName) {
    if (createdAt) window.wootricSettings.created_at = createdAt
    if (email) window.wootricSettings.email = email
    window.wootricSettings.event_name = eventName
    window.wootricSettings.properties = properties
    window.wootric('run')
  }
  var segment = {
    page: function (properties) { window.wootricSettings.page_info = properties; window.wootric('page') },
    identify: function (email, traits) { window.wootricSettings.segment_user_id = 'u1'; survey(email, 1234567890, traits, null) },
    track: function (eventName, properties) { survey(undefined, null, properties, eventName) },
    group: function (traits) { window.wootricSettings.group_info = traits; window.wootric('group') },
  }`

describe('Segment', () => {
  it('identifies a moment after the page, and one visitor with one page view comes of it', async () => {
    const { page, records, site, complaints } = await visit(
      html(
        '',
        inline(
          SEGMENT +
            injectTag(`segment.page({ url: location.href, path: '/' })
              setTimeout(function () { segment.identify('ada@example.com', { plan: 'pro' }) }, 300)`),
        ),
      ),
    )
    await score(page, '9').waitFor()
    await run(page, "segment.group({ name: 'Acme' })")
    await run(page, "history.pushState({}, '', '/next'); segment.page({ url: location.href, path: '/next' })")
    await run(page, "segment.track('on_purchase', { amount: 3 })")
    await expect
      .poll(async () => (await records()).pageViews.map(({ url }) => new URL(url ?? '').pathname))
      .toEqual(['/', '/next'])
    await expect
      .poll(async () => site.batches.some(({ ask }) => ask?.event_name === 'on_purchase'))
      .toBe(true)
    expect((await records()).endUsers).toMatchObject([{ email: 'ada@example.com' }])
    expect(await page.locator('zeroten-panel').count()).toBe(1)
    expect(complaints).toEqual([])
  })

  it('may never identify: the page view is then of a visitor who is not known', async () => {
    const { records } = await visit(
      html('', inline(SEGMENT + injectTag('segment.page({ url: location.href })'))),
    )
    await expect.poll(async () => (await records()).pageViews.length).toBe(1)
    expect((await records()).endUsers[0]?.email).toMatch(/@anonymous\.invalid$/)
  })
})
