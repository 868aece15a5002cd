import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Frame, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'

const PAGES = join(import.meta.dirname, 'pages')
const HABITS = readdirSync(PAGES).flatMap(name => (name.endsWith('.html') ? [name.replace('.html', '')] : []))

/** What of the page's own habits is a page view: where they lead. */
const VIEWS: Record<string, string[]> = {
  'document-open': ['/', '/next'],
  'navigation-api-router': ['/', '/next'],
  'body-swap': ['/', '/next'],
  'htmx-swap': ['/', '/next'],
}

/** What stays after `stop()`: what the page may still call, and what a widget that starts again must know. */
const OURS = ['zeroten', 'wootric', 'WootricSurvey', 'Symbol(zeroten)']

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** Own properties of whatever a script can leave something on, and the page's HTML. */
function whatIsThere() {
  const { window: page } = window
  const { document, history, navigator, EventTarget } = page
  const of = (object: object) => page.Reflect.ownKeys(object).map(String)
  // An element of that name stands in the place of the document's own.
  const root = page.Reflect.get(page.Document.prototype, 'documentElement', document) as HTMLElement
  return {
    window: of(page),
    document: of(document),
    root: of(root),
    history: of(history),
    navigator: of(navigator),
    prototypes: [
      page.Object,
      page.Array,
      page.Function,
      page.Element,
      page.History,
      page.Node,
      EventTarget,
    ].map(({ prototype }) => of(prototype)),
    pushState: `${history.pushState}`,
    html: root.outerHTML,
  }
}

/** A page with that habit before the whole product; all that went wrong there is kept. */
async function visit(habit: string) {
  const html = readFileSync(join(PAGES, `${habit}.html`), 'utf8')
  const stack = await startStack(onTestFinished, {
    site: { files: { '/': html, '/next': html }, policy: '' },
  })
  const { site } = stack
  const { page, complaints } = await openPage(onTestFinished, browser)
  const strays: string[] = []
  page.on('request', request => {
    const url = new URL(request.url())
    if (url.protocol === 'data:') return
    const isOurs = url.origin === site.url && url.pathname.startsWith('/zeroten/')
    if (url.origin !== site.url || (request.resourceType() === 'script' && !isOurs)) strays.push(url.href)
  })
  const act = (where: Page) => where.evaluate("typeof habit === 'function' ? habit() : undefined")
  return {
    ...stack,
    page,
    complaints,
    strays,
    act: () => act(page),
    /** The document that has the tag. */
    ours: (): Frame => page.frames().at(-1) ?? page.mainFrame(),
    paths: async () => (await stack.records()).pageViews.map(({ url }) => new URL(url ?? '').pathname),
    /** The same page with the same past, to which our tag never came. */
    withoutUs: async () => {
      const other = await openPage(onTestFinished, browser)
      await other.page.route('**/zeroten/**', route => route.abort())
      await other.page.goto(site.url)
      await act(other.page)
      return (other.page.frames().at(-1) ?? other.page).evaluate(whatIsThere)
    },
  }
}

describe.each(HABITS)('on the page %s', habit => {
  const views = VIEWS[habit] ?? ['/']

  it.each(['an answer', 'a decline'])('%s is recorded once, and nothing of ours is left', async ending => {
    const { site, page, records, paths, act, ours, complaints, strays, withoutUs } = await visit(habit)
    const isAnswer = ending === 'an answer'
    await page.goto(site.url)
    await expect.poll(paths).toEqual(['/'])
    const panel = () => ours().locator('zeroten-panel')
    await panel().getByRole('radio', { name: /^9/ }).waitFor()
    await act()
    await expect.poll(paths).toEqual(views)

    if (isAnswer) {
      await panel().getByRole('radio', { name: /^9/ }).check()
      await panel().getByRole('textbox').click()
      await page.keyboard.type('Größe stimmt 👍')
      await panel().getByRole('button', { name: 'Send' }).click()
      await panel().getByText('Thank you for your answer!').first().waitFor()
    } else await panel().getByRole('button', { name: 'Close' }).click()
    const answers = async () => {
      const { responses, declines, endUsers } = await records()
      return {
        scores: responses.map(({ score, text }) => [score, text]),
        declines: declines.length,
        visitors: endUsers.length,
      }
    }
    const once = { scores: isAnswer ? [[9, 'Größe stimmt 👍']] : [], declines: isAnswer ? 0 : 1, visitors: 1 }
    await expect.poll(answers).toEqual(once)
    await ours().evaluate("zeroten('stop')")
    await panel().waitFor({ state: 'detached' })

    const { window: names, ...after } = await ours().evaluate(whatIsThere)
    const { window: namesWithout, ...without } = await withoutUs()
    expect(after).toEqual(without)
    expect(names.filter(name => !OURS.includes(name)).sort()).toEqual(namesWithout.sort())

    // Whatever was left on the device would come now.
    await page.goto(`${site.url}/next`)
    await expect.poll(paths).toEqual([...views, '/next'])
    expect(await answers()).toEqual(once)
    expect(strays).toEqual([])
    expect(complaints).toEqual([])
  })
})
