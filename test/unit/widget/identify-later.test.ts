import { describe, expect, it, vi } from 'vitest'
import { OWN_MS } from '../../../src/widget/courier/event-key.js'
import { pass, sleep } from '../../support/virtual-time.js'
import { openWidgetPage, type WidgetPage, yes } from '../../support/widget-page.js'

const LATER = { identity: 'later' } as const
const ADA = { email: 'ada@example.com' }
const BOB = { email: 'bob@example.com' }
const DEVICE = 'the device’s own'

/** Whose each page view on record is, in their order. */
const owners = ({ proxy }: WidgetPage) => proxy.records.map(({ whose }) => (/@/.test(whose) ? whose : DEVICE))

/** Says who is here as apps do: a moment after their start. */
const identifyAfter = async (widget: ReturnType<WidgetPage['start']>, who: object) => {
  await pass(50)
  widget.identify(who)
}

describe('a page that says later who is here', () => {
  it('has its view filed under them, and makes no anonymous visitor', async () => {
    const page = openWidgetPage()
    await identifyAfter(page.start(LATER), ADA)
    await pass(10_000)
    expect(owners(page)).toEqual([ADA.email])
    expect(page.proxy.batches.map(({ identity }) => identity?.email)).not.toContain(undefined)
  })

  it('has its view filed under nobody in particular where it does not say so within 5 s', async () => {
    const page = openWidgetPage()
    const widget = page.start(LATER)
    await pass(4_500)
    expect(page.proxy.batches).toEqual([])
    await pass(3_000)
    expect(owners(page)).toEqual([DEVICE])
    widget.identify(ADA)
    widget.page('/next')
    await pass(5_000)
    expect(owners(page)).toEqual([DEVICE, ADA.email])
  })

  it('that goes before leaves it to the next one', async () => {
    const page = openWidgetPage()
    page.start(LATER)
    await pass(50)
    dispatchEvent(new Event('pagehide'))
    await page.leave()
    expect(page.proxy.records).toEqual([])
    await identifyAfter(page.start(LATER), ADA)
    await pass(OWN_MS + 10_000)
    expect(owners(page)).toEqual([ADA.email, ADA.email])
  })

  it('leaves it to a next page that has not that setting any more', async () => {
    const page = openWidgetPage()
    page.start(LATER)
    await pass(50)
    await page.leave()
    page.start()
    await pass(OWN_MS + 15_000)
    expect(owners(page)).toEqual([DEVICE, DEVICE])
  })

  it('leaves it to a next page that knows at once who is here', async () => {
    const page = openWidgetPage()
    page.start(LATER)
    await pass(50)
    await page.leave()
    page.start(ADA)
    await pass(OWN_MS + 15_000)
    expect(owners(page)).toEqual([ADA.email, ADA.email])
  })

  it('keeps it where IndexedDB is blocked and the page goes at once', async () => {
    const page = openWidgetPage()
    vi.stubGlobal('indexedDB', {
      open() {
        throw new DOMException('blocked', 'SecurityError')
      },
    })
    page.start(LATER)
    await pass(50)
    dispatchEvent(new Event('pagehide'))
    await page.leave()
    expect(page.proxy.records).toHaveLength(1)
  })

  it('records nothing twice where two tabs settle it', async () => {
    const page = openWidgetPage()
    const [first, second] = [page.start(LATER), page.start(LATER)]
    await pass(50)
    first.identify(ADA)
    await pass(4_970)
    second.identify(ADA)
    await pass(15_000)
    expect(owners(page)).toEqual([ADA.email, ADA.email])
  })

  it('does so for a page view that waited for consent', async () => {
    const page = openWidgetPage()
    const widget = page.start({ ...LATER, consent: 'pending' })
    await pass(1_000)
    widget.consent(true)
    await identifyAfter(widget, ADA)
    await pass(10_000)
    expect(owners(page)).toEqual([ADA.email])
  })

  it('is asked for as them, and once', async () => {
    const page = openWidgetPage()
    page.verdictOf = ({ identity }) => yes(identity?.email ?? 'nobody')
    await identifyAfter(page.start(LATER), ADA)
    await pass(10_000)
    expect(page.surveys).toHaveLength(1)
    await page.survey().options.onSubmit({ score: 9, text: '' })
    await pass(5_000)
    expect(page.answers().map(({ whose }) => whose)).toEqual([ADA.email])
  })

  it('is asked for as nobody in particular after 5 s', async () => {
    const page = openWidgetPage()
    page.verdictOf = ({ identity }) => yes(identity?.email ?? 'nobody')
    page.start(LATER)
    await pass(4_500)
    expect(page.surveys).toEqual([])
    await pass(5_000)
    expect(page.surveys).toHaveLength(1)
  })
})

describe('a device on which somebody was identified', () => {
  const setUp = async () => {
    const page = openWidgetPage()
    const widget = page.start()
    await identifyAfter(widget, ADA)
    await pass(10_000)
    page.proxy.records.length = 0
    page.proxy.batches.length = 0
    return { page, widget }
  }

  it('waits by itself for them on the next page', async () => {
    const { page } = await setUp()
    await page.leave()
    await identifyAfter(page.start(), ADA)
    await pass(10_000)
    expect(owners(page)).toEqual([ADA.email])
    expect(page.proxy.batches.map(({ identity }) => identity?.email ?? ADA.email)).not.toContain(undefined)
  })

  it('does not wait after a log-out', async () => {
    const { page, widget } = await setUp()
    widget.reset()
    await pass(1_000)
    await page.leave()
    page.start()
    await pass(3_000)
    expect(owners(page)).toEqual([DEVICE])
  })

  it('gives what was seen before a log-out to nobody who logs in after it', async () => {
    const { page } = await setUp()
    await page.leave()
    const widget = page.start()
    await pass(50)
    widget.reset()
    widget.identify(BOB)
    await pass(10_000)
    expect(owners(page)).toEqual([DEVICE])
  })

  it('gives what an earlier visit left to them, and to nobody else', async () => {
    for (const [who, whose] of [
      [ADA, ADA.email],
      [BOB, DEVICE],
    ] as const) {
      const { page } = await setUp()
      await page.leave()
      page.start()
      await pass(50)
      await page.leave()
      sleep(86_400_000)
      await identifyAfter(page.start(), who)
      await pass(15_000)
      expect(owners(page).sort()).toEqual([whose, who.email].sort())
    }
  })
})

describe('what the proxy is told of this device’s page views', () => {
  it('counts those from before it was said who is here, up to a log-out', async () => {
    const page = openWidgetPage()
    const widget = page.start()
    await pass(5_000)
    widget.page('/second')
    await pass(5_000)
    widget.identify(ADA)
    await pass(5_000)
    const asked = () => page.proxy.batches.flatMap(({ ask }) => ask ?? []).at(-1)
    expect(asked()?.session_page_views).toBe(2)
    await page.leave()
    const next = page.start()
    await pass(10_000)
    expect(asked()?.session_page_views).toBe(3)
    next.reset()
    await pass(5_000)
    expect(asked()?.session_page_views).toBe(0)
  })
})
