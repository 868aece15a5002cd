import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { ageDrafts } from '../support/in-page-database.js'
import { useStage } from '../support/stage.js'
import { IDENTITY_SECRET } from '../support/start-proxy.js'

/** So long after its end the proxy still takes a token, since clocks differ. */
const TOLERANCE_S = 30

const tokenOf = (email: string, lifeS = 600) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(email)
    .setAudience('zeroten')
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1_000) + lifeS)
    .sign(new TextEncoder().encode(IDENTITY_SECRET))

const tagOf = (token: string) => `data-identity-token="${token}"`
const tagFor = async (email: string, lifeS?: number) => tagOf(await tokenOf(email, lifeS))

/** Two visitors whom no other test has asked. */
const people = () => ['a', 'b'].map(name => `${name}-${randomUUID()}@example.com`) as [string, string]

describe('what waits', () => {
  const { scene } = useStage()

  it('is whose it was, after A has logged out and B has logged in, with A’s token expired', async () => {
    const [a, b] = people()
    const { site, acts, newTab, allArrived } = await scene()
    const tab = await newTab()
    const mintedMs = Date.now()
    site.attributes = await tagFor(a, 10 - TOLERANCE_S)
    await tab.open('/a/first')
    await tab.page.getByRole('radio').first().waitFor()
    site.fault = 'refuse'
    await tab.views('/a/offline', 5)
    await tab.answer(9, 'of a')
    for (const act of acts) act.email = a

    site.attributes = await tagFor(b)
    await expect.poll(() => Date.now()).toBeGreaterThan(mintedMs + 11_000)
    await tab.open('/b/first')
    await tab.views('/b/offline', 3)
    for (const act of acts) act.email ??= b
    site.fault = undefined
    await tab.hearOnline()
    await allArrived()
  })

  it('is A’s also when it was the first act ever, offline, and B came in between', async () => {
    const [a, b] = people()
    const { site, acts, newTab, allArrived, stored } = await scene({ attributes: await tagFor(a) })
    const tab = await newTab()
    site.fault = 'refuse'
    await tab.open('/a/first')
    for (const act of acts) act.email = a
    await expect.poll(() => site.batches.length).toBeGreaterThan(0)

    const tokenOfB = await tokenOf(b)
    site.attributes = tagOf(tokenOfB)
    // A's page lives on until B's comes.
    site.fault = ({ identity }) => (identity?.token === tokenOfB ? undefined : 'refuse')
    await tab.open('/b/first')
    for (const act of acts) act.email ??= b
    await tab.page.getByRole('radio').first().waitFor()
    await expect.poll(async () => (await stored()).waiting.length).toBe(1)

    site.fault = undefined
    site.attributes = await tagFor(a)
    await tab.open('/a/again')
    for (const act of acts) act.email ??= a
    await allArrived()
  })

  it('is A’s when A logs out right after the act, without another page', async () => {
    const [a, b] = people()
    const { acts, newTab, allArrived } = await scene({ attributes: await tagFor(a) })
    const tab = await newTab()
    await tab.open('/a/first')
    await tab.page.getByRole('radio').first().waitFor()
    const fromMs = Date.now()
    await tab.page.evaluate(
      token => {
        history.pushState({}, '', '/a/last')
        const { zeroten } = window as unknown as { zeroten(...command: unknown[]): void }
        zeroten('identify', { identityToken: token })
        history.pushState({}, '', '/b/first')
      },
      await tokenOf(b),
    )
    const times = { fromMs, toMs: Date.now() }
    acts.push(
      { type: 'page_view', path: '/a/last', ...times },
      { type: 'page_view', path: '/b/first', ...times },
    )
    for (const act of acts) act.email = 'path' in act && act.path.startsWith('/b') ? b : a
    await allArrived()
  })

  it('of a draft becomes its score once it is left alone, and stays hidden from the next visitor', async () => {
    const [a, b] = people()
    const { site, acts, newTab, allArrived } = await scene({ attributes: await tagFor(a) })
    const tab = await newTab()
    await tab.open('/a')
    await tab.choose(5)
    await tab.write('not to be seen by b')
    await tab.crash()
    tab.noteResponse('')
    for (const act of acts) act.email = a
    site.attributes = await tagFor(b)
    const next = await newTab()
    await next.open('/b')
    await next.page.getByRole('radio').first().waitFor()
    expect(await next.page.getByRole('radio', { checked: true }).count()).toBe(0)
    await next.answer(10, 'b is content')
    await next.page.evaluate(ageDrafts, 31 * 60_000)
    await next.open('/b/later')
    for (const act of acts) act.email ??= b
    await allArrived()
  })

  it('goes on waiting, unhurried, while the token is refused', async () => {
    const [a] = people()
    const { site, acts, newTab, allArrived } = await scene({ attributes: await tagFor(a, -60) })
    const tab = await newTab()
    await tab.open('/a/expired')
    await expect.poll(() => site.batches.length, { timeout: 40_000 }).toBeGreaterThan(3)
    expect((site.arrivals[3] ?? 0) - (site.arrivals[0] ?? 0)).toBeGreaterThan(2_000)
    site.attributes = await tagFor(a)
    await tab.open('/a/renewed')
    for (const act of acts) act.email = a
    await allArrived()
  })
})
