import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { identityToken } from '../support/identity-token.js'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'
import { IDENTITY_SECRET } from '../support/start-proxy.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const STUB =
  'window.zeroten = window.zeroten || function () { (zeroten.q = zeroten.q || []).push(arguments) }'
const LISTEN = "window.errors = []; zeroten('on', 'error', ({ error }) => errors.push(error.code))"

/** @param script of the page, before our tag; each text of `tokens` is a variable of that name there */
async function visit(script: string, tokens: Record<string, string> = {}, attributes = 'data-debug') {
  const variables = Object.entries(tokens).map(([name, token]) => `const ${name} = '${token}'`)
  const head = `<script>${[...variables, STUB, LISTEN, script].join('\n')}</script>`
  const stack = await startStack(onTestFinished, {
    proxy: { identitySecret: IDENTITY_SECRET },
    site: { policy: '', head, attributes },
  })
  const opened = await openPage(onTestFinished, browser)
  const told: string[] = []
  opened.page.on('console', message => {
    if (message.text().startsWith('zeroten ')) told.push(message.text())
  })
  await opened.page.goto(`${stack.site.url}/first`)
  const filed = async () => {
    const { endUsers, pageViews } = await stack.records()
    return [
      endUsers.map(({ email }) => email),
      pageViews.map(({ url }) => new URL(url ?? '').pathname).sort(),
    ]
  }
  const errors = () => opened.page.evaluate<string[]>('errors')
  return { ...stack, ...opened, told, filed, errors }
}

const ADA = 'ada@example.com'

describe('a function in the place of an identity token', () => {
  it('is asked for it, and the first view is that visitor’s, who is asked', async () => {
    const token = await identityToken(ADA)
    const { page, filed, errors, complaints } = await visit(
      "zeroten('configure', { identityToken: () => new Promise(done => setTimeout(done, 300, token)) })",
      { token },
    )
    await page.getByRole('radio', { name: /^9/ }).check()
    await page.getByRole('button', { name: 'Send' }).click()
    await expect.poll(filed).toEqual([[ADA], ['/first']])
    expect(await errors()).toEqual([])
    expect(complaints).toEqual([])
  })

  it('is asked once more where its token has expired, and what waits is delivered then', async () => {
    const tokens = { old: await identityToken(ADA, -600), fresh: await identityToken(ADA) }
    const { page, filed, errors } = await visit(
      "window.asked = 0; zeroten('identify', { identityToken: () => asked++ ? fresh : old })",
      tokens,
    )
    await expect.poll(filed).toEqual([[ADA], ['/first']])
    expect(await page.evaluate('asked')).toBe(2)
    expect(await errors()).toEqual(['identity_expired'])
  })

  it('that finds nobody logged in leaves the visitor anonymous', async () => {
    const { filed, errors } = await visit("zeroten('configure', { identityToken: async () => null })")
    await expect.poll(filed).toEqual([[expect.stringMatching(/@anonymous\.invalid$/)], ['/first']])
    expect(await errors()).toEqual([])
  })

  it('that throws is an error event, and costs no view', async () => {
    const { filed, page } = await visit(
      "zeroten('configure', { identityToken: () => { throw Object.assign(new Error('no'), { code: 'mine' }) } })",
    )
    await expect.poll(() => page.evaluate('errors')).toEqual(['mine'])
    await expect
      .poll(filed, { timeout: 15_000 })
      .toEqual([[expect.stringMatching(/@anonymous\.invalid$/)], ['/first']])
  })
})

describe('an identity token that has expired', () => {
  it('is an error event, told once, and onIdentityExpired is asked once for another', async () => {
    const tokens = { old: await identityToken(ADA, -600), fresh: await identityToken(ADA) }
    const { page, filed, errors, told } = await visit(
      "window.asked = 0; zeroten('configure', { identityToken: old, onIdentityExpired: async () => { asked++; return fresh } })",
      tokens,
    )
    await expect.poll(filed).toEqual([[ADA], ['/first']])
    await page.evaluate("history.pushState({}, '', '/second')")
    await expect.poll(filed).toEqual([[ADA], ['/first', '/second']])
    expect(await page.evaluate('asked')).toBe(1)
    expect(await errors()).toEqual(['identity_expired'])
    expect(told).toEqual([expect.stringContaining('The identity token has expired')])
  })

  it('waits where the page answers by identify()', async () => {
    const tokens = { old: await identityToken(ADA, -600), fresh: await identityToken(ADA) }
    const { filed } = await visit(
      `zeroten('configure', { identityToken: old, onIdentityExpired: () => {
        setTimeout(() => zeroten('identify', { identityToken: fresh }), 300)
      } })`,
      tokens,
    )
    await expect.poll(filed).toEqual([[ADA], ['/first']])
  })

  it('keeps what waits, and is told once, where the page has no other', async () => {
    const old = await identityToken(ADA, -600)
    const { site, filed, errors, page } = await visit("zeroten('configure', { identityToken: old })", { old })
    await expect.poll(errors).toEqual(['identity_expired'])
    await page.evaluate("history.pushState({}, '', '/second')")
    await expect.poll(() => site.batches.length).toBeGreaterThan(2)
    expect(await errors()).toEqual(['identity_expired'])
    expect(await filed()).toEqual([[], []])
    const waiting = "zeroten('queue').inspect().then(({ waiting }) => waiting.map(({ type }) => type))"
    expect(await page.evaluate(waiting)).toEqual(['page_view', 'page_view'])
  })
})

describe('what a site has to mend', () => {
  it('is an error event where a token is not valid, and no other is asked for', async () => {
    const { errors, told } = await visit(
      "zeroten('configure', { identityToken: 'none of ours', onIdentityExpired: () => { throw new Error('asked') } })",
    )
    await expect.poll(errors).toEqual(['identity_invalid'])
    expect(told).toEqual([expect.stringContaining('not valid')])
  })

  it.each([403, 404])('is an error event, told once, where requests are refused with %i', async status => {
    const { page, site, errors, told } = await visit('', {}, 'data-debug data-auto-page-views="false"')
    await page.route('**/events', route => route.fulfill({ status }))
    await page.evaluate("zeroten('page', '/by-hand'); zeroten('survey')")
    await expect.poll(errors).toEqual([`status_${status}`])
    const again = page.waitForRequest('**/events')
    await page.evaluate("zeroten('survey')")
    await again
    expect(await errors()).toEqual([`status_${status}`])
    expect(told).toEqual([expect.stringContaining(String(status))])
    expect(site.batches.flatMap(({ events }) => events)).toEqual([])
  })
})
