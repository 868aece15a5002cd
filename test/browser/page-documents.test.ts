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

/** Opens `/holder`, a page without our tag; its script gets `ours`, the HTML of a document with it. */
async function hold(script: string, referrerPolicy = 'unsafe-url') {
  const stack = await startStack(onTestFinished, {
    site: {
      policy: '',
      files: {
        '/holder': `<!doctype html><meta name="referrer" content="${referrerPolicy}"><title>Holder</title>
<script>
  const ours = '<!doctype html><html lang="en"><title>Held</title><script src="' + location.origin +
    '/zeroten/widget.js" data-allow-bots data-time-delay="0"><' + '/script><h1>Held</h1></html>'
  const frame = src => { const made = document.createElement('iframe'); made.src = src; return made }
  const show = made => document.documentElement.append(made)
  ${script}
</script>`,
      },
    },
  })
  const opened = await openPage(onTestFinished, browser)
  await opened.page.goto(`${stack.site.url}/holder?token=secret#part`)
  const viewed = async () =>
    (await stack.records()).pageViews.map(({ url }) => (url ?? '').replace(stack.site.url, ''))
  const held = () => opened.page.frames().find(other => other !== opened.page.mainFrame()) ?? opened.page
  return { ...stack, ...opened, viewed, held }
}

const SRCDOC = "const made = document.createElement('iframe'); made.srcdoc = ours; show(made)"

describe('a document without an address of its own', () => {
  const documents: Record<string, string> = {
    'of a srcdoc': SRCDOC,
    'that was written into an empty frame':
      "const made = frame('about:blank'); show(made); made.contentDocument.write(ours); made.contentDocument.close()",
    'of a blob': "show(frame(URL.createObjectURL(new Blob([ours], { type: 'text/html' }))))",
  }
  for (const [which, script] of Object.entries(documents)) {
    it(`${which} is viewed, asked and answered under the address of the page that holds it`, async () => {
      const { site, records, viewed, held, complaints } = await hold(script)
      await expect.poll(viewed).toEqual(['/holder'])
      await held().getByRole('radio', { name: /^9/ }).check()
      await held().getByRole('button', { name: 'Send' }).click()
      await expect.poll(async () => (await records()).responses).toHaveLength(1)
      const [response] = (await records()).responses
      expect(response).toMatchObject({ score: 9, origin_url: `${site.url}/holder` })
      expect(complaints).toEqual([])
    })
  }

  it('goes by that address where the site names the pages of the question', async () => {
    const { viewed, held, page } = await hold(
      SRCDOC.replace(
        'ours',
        "ours.replace('data-allow-bots', 'data-allow-bots data-include-pages=\"/holder\"')",
      ),
    )
    await expect.poll(viewed).toEqual(['/holder'])
    await held().getByRole('radio', { name: /^9/ }).waitFor()
    await page.evaluate(() => document.querySelector('iframe')?.remove())
  })

  it('has that address also where the page sends no referrer', async () => {
    const { viewed, complaints } = await hold(SRCDOC, 'no-referrer')
    await expect.poll(viewed).toEqual(['/holder'])
    expect(complaints).toEqual([])
  })

  it('of a data: address, whose origin is nobody’s, sends nothing and harms nothing', async () => {
    const { page, site, complaints } = await hold("show(frame('data:text/html,' + encodeURIComponent(ours)))")
    await page.waitForLoadState('networkidle')
    expect(site.batches).toEqual([])
    // The browser’s own word on what it does not let through.
    expect(complaints.filter(text => !/CORS|Failed to load|Not allowed/.test(text))).toEqual([])
  })
})

describe('a document that is opened and written anew', () => {
  it('is listened to as before: a route that comes by popstate is a view', async () => {
    const stack = await startStack(onTestFinished, {
      site: { attributes: 'data-auto-survey="false"', policy: '' },
    })
    const { site, records } = stack
    const { page, complaints } = await openPage(onTestFinished, browser)
    // Routes come by `popstate` where there is no Navigation API.
    await page.addInitScript("Object.defineProperty(window, 'navigation', { value: undefined })")
    await page.goto(`${site.url}/first`)
    const viewed = async () =>
      (await records()).pageViews.map(({ url }) => (url ?? '').replace(site.url, '')).sort()
    await expect.poll(viewed).toEqual(['/first'])
    await page.evaluate("document.open(); document.write('<h1>Written anew</h1>'); document.close()")
    await page.evaluate("history.pushState({}, '', '/second')")
    await expect.poll(viewed).toEqual(['/first', '/second'])
    await page.evaluate('history.back()')
    await expect.poll(viewed).toEqual(['/first', '/first', '/second'])
    expect(complaints).toEqual([])
  })
})

describe('page() by hand', () => {
  it('never throws nor fails to be delivered, whatever it is given', async () => {
    const stack = await startStack(onTestFinished, {
      site: { attributes: 'data-auto-survey="false" data-auto-page-views="false"' },
    })
    const { page, complaints } = await openPage(onTestFinished, browser)
    await page.goto(`${stack.site.url}/shop`)
    // In one task, so that the page's own address counts once.
    await page.evaluate(`
      const junk = ['javascript:alert(1)', 'data:text/html,x', 'about:srcdoc', 'mailto:a@example.com', 'blob:null/x',
        'http://[', 'http://', '//', 'file:///etc/passwd', '\\ud800', '\\0', 'a'.repeat(5000),
        '', null, undefined, {}, 42, [], Symbol('x'), () => 1, new URL('/as-url', location.href), '/marker']
      for (const given of junk) zeroten('page', given)`)
    const viewed = async () =>
      (await stack.records()).pageViews.map(({ url }) => (url ?? '').replace(stack.site.url, ''))
    await expect.poll(async () => (await viewed()).includes('/marker')).toBe(true)
    const inspected = await page.evaluate("zeroten('queue').inspect()")
    expect(inspected).toMatchObject({ waiting: [], failed: [] })
    expect((await viewed()).filter(path => path.length < 100).sort()).toEqual(
      ['/%EF%BF%BD', '/as-url', '/marker', '/shop'].sort(),
    )
    expect(complaints).toEqual([])
  })
})
