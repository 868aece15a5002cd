import { describe, expect, it } from 'vitest'
import type { Batch } from '../../src/wire/delivery.js'
import { spoilPageViews } from '../support/in-page-database.js'
import { passInSteps } from '../support/pass-in-steps.js'
import { type Effect, UNAVAILABLE } from '../support/relay.js'
import type { Tab } from '../support/scene.js'
import { useStage } from '../support/stage.js'

const stage = useStage()

/** A page that the proxy has answered once, with the survey on its screen, and whose clock is ours to move. */
const openScene = async () => {
  const scene = await stage.scene()
  await scene.context.clock.install()
  const tab = await scene.newTab()
  await tab.open('/first')
  await tab.page.getByRole('radio').first().waitFor()
  await scene.impressionArrived()
  await scene.allArrived()
  const before = scene.site.batches.length
  return { ...scene, tab, since: () => scene.site.batches.slice(before) }
}

describe('a status instead of an answer', () => {
  it.each([401, 403, 404])('%d for an hour: everything is kept, and asked for slowly', async status => {
    const { site, tab, since, stored, allArrived } = await openScene()
    site.fault = { status }
    await tab.answer(9, 'kept for an hour')
    await tab.views('/kept/', 5)
    await passInSteps(tab.page, 3_600_000, 60_000)
    expect(since().length).toBeGreaterThan(10)
    expect(since().length).toBeLessThan(30)
    expect((await stored()).waiting).toHaveLength(6)
    site.fault = undefined
    await passInSteps(tab.page, 300_000)
    await allArrived()
  })

  it('500 six times: the seventh request brings everything', async () => {
    const { site, tab, since, allArrived } = await openScene()
    site.fault = () => (since().length <= 6 ? { status: 500 } : undefined)
    await tab.views('/failed/', 5)
    await passInSteps(tab.page, 10_000, 500)
    expect(since().length).toBeGreaterThan(6)
    await allArrived()
  })

  it('413: the batch is halved until it passes', async () => {
    const { site, tab, since, allArrived } = await openScene()
    site.fault = ({ events }) => (events.length > 5 ? { status: 413 } : undefined)
    await tab.views('/much/', 25)
    await allArrived()
    expect(since().some(({ events }) => events.length > 5)).toBe(true)
  })

  const WAIT_S = 600

  it.each([
    { form: 'seconds', retryAfter: () => String(WAIT_S) },
    { form: 'a date', retryAfter: () => new Date(Date.now() + WAIT_S * 1_000).toUTCString() },
  ])('429 with $form: nothing is sent before', async ({ retryAfter }) => {
    const { site, tab, since, allArrived } = await openScene()
    site.fault = () => ({ status: 429, headers: { 'retry-after': retryAfter() } })
    await tab.views('/limited/', 3)
    await expect.poll(() => since().length).toBe(1)
    await passInSteps(tab.page, (WAIT_S - 40) * 1_000)
    expect(since()).toHaveLength(1)
    site.fault = undefined
    await passInSteps(tab.page, 60_000)
    await allArrived()
  })

  it('429 with garbage: comes again as after any failure', async () => {
    const { site, tab, since, allArrived } = await openScene()
    site.fault = () => (since().length <= 2 ? { status: 429, headers: { 'retry-after': 'soon' } } : undefined)
    await tab.views('/limited/', 3)
    await allArrived()
  })
})

/** 19 page views and one more, which is none of the site's acts. */
const actWithOneBad = async (tab: Tab) => {
  await tab.views('/good/a', 10)
  await tab.page.evaluate(() => {
    const { zeroten } = window as unknown as { zeroten(...command: unknown[]): void }
    zeroten('page', '/bad')
  })
  await tab.views('/good/b', 9)
}

/** As `actWithOneBad`, all of it waiting, and the one of a type that no proxy takes. */
const openWithOneBad = async () => {
  const scene = await openScene()
  const { site, tab, since, stored } = scene
  site.fault = UNAVAILABLE
  await actWithOneBad(tab)
  await expect.poll(async () => (await stored()).waiting.length).toBe(20)
  await expect.poll(() => since().length).toBe(1)
  await tab.page.evaluate(spoilPageViews, '/bad')
  return { ...scene, since: () => since().slice(1) }
}

const isBad = ({ events }: Batch) => events.some(({ type }) => (type as string) === 'unheard')

describe('one event in a batch of 20', () => {
  it('is refused by the proxy: 19 arrive, one dead letter, 1 request', async () => {
    const { site, tab, since, allArrived } = await openWithOneBad()
    site.fault = undefined
    await tab.hearOnline()
    await allArrived({ dead: 1 })
    expect(since().filter(({ events }) => events.length)).toHaveLength(1)
  })

  it('is refused by something before the proxy, with 422 for the whole: 19 arrive, one dead letter, ≤ 11 requests', async () => {
    const { site, tab, since, allArrived } = await openWithOneBad()
    site.fault = batch => (isBad(batch) ? { status: 422 } : undefined)
    await tab.hearOnline()
    await allArrived({ dead: 1 })
    expect(since().length).toBeLessThanOrEqual(11)
  })
})

describe('a firewall that takes one text for an attack', () => {
  it('answers 403 to it: within half an hour all else arrives, and it is a dead letter', async () => {
    const { site, tab, since, allArrived, acts } = await openScene()
    site.fault = batch => (JSON.stringify(batch).includes('DROP TABLE') ? { status: 403 } : undefined)
    await tab.answer(9, "'; DROP TABLE responses")
    await tab.views('/behind/', 25)
    await passInSteps(tab.page, 1_800_000, 60_000)
    acts.splice(0, acts.length, ...acts.filter(({ type }) => type === 'page_view'))
    await allArrived({ dead: 1 })
    expect(since().length).toBeLessThanOrEqual(25)
  })
})

const json = (body: unknown): Effect => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

const PORTALS: { answer: string; fault: (batch: Batch) => Effect }[] = [
  {
    answer: 'a captive portal’s HTML 200',
    fault: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }),
  },
  {
    answer: 'a captive portal’s redirect',
    fault: () => ({ status: 302, headers: { location: '/portal' } }),
  },
  {
    answer: 'a 200 that names other ids',
    fault: ({ v, id }) => json({ v, id, now: Date.now(), results: { 'of-another': { status: 'done' } } }),
  },
  {
    answer: 'a 200 to another batch',
    fault: ({ v, events }) =>
      json({
        v,
        id: 'of-another',
        now: Date.now(),
        results: Object.fromEntries(events.map(({ id }) => [id, { status: 'done' }])),
      }),
  },
]

describe('an answer that is not the proxy’s', () => {
  it.each(PORTALS)('$answer: nothing is deleted', async ({ fault }) => {
    const { site, tab, since, stored, allArrived } = await openScene()
    site.fault = fault
    await tab.answer(8, 'behind a portal')
    await tab.views('/portal/', 4)
    await expect.poll(() => since().length).toBeGreaterThan(1)
    expect((await stored()).waiting).toHaveLength(5)
    site.fault = undefined
    await passInSteps(tab.page, 60_000)
    await allArrived()
  })
})
