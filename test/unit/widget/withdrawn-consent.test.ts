import { describe, expect, it } from 'vitest'
import { pass } from '../../support/virtual-time.js'
import { openWidgetPage, yes } from '../../support/widget-page.js'

describe('a refusal of consent', () => {
  it('takes back the page views that wait, also an earlier page’s', async () => {
    const page = openWidgetPage()
    page.proxy.network = 'down'
    page.start()
    await pass(1_000)
    await page.leave()
    const widget = page.start()
    await pass(1_000)
    widget.consent(false)
    await pass(1_000)
    page.proxy.network = 'up'
    widget.consent(true)
    await pass(60_000)
    expect(page.proxy.records).toEqual([])
  })

  it('takes back the page view that is just being stored', async () => {
    const page = openWidgetPage()
    const widget = page.start()
    await pass(1_000)
    widget.page('/refused')
    widget.consent(false)
    await pass(1_000)
    widget.consent(true)
    await pass(60_000)
    expect(
      page.proxy.records.map(({ event }) => 'url' in event && new URL(event.url).pathname),
    ).not.toContain('/refused')
  })

  it('keeps the response that the visitor gave', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('t')
    const widget = page.start()
    await pass(5_000)
    page.proxy.network = 'down'
    await page.survey().options.onSubmit({ score: 9, text: 'good' })
    await pass(1_000)
    widget.consent(false)
    await pass(1_000)
    page.proxy.network = 'up'
    widget.consent(true)
    await pass(60_000)
    expect(page.answers()).toMatchObject([{ type: 'response', score: 9 }])
  })
})

describe('a choice that is remembered', () => {
  it('counts on the next page, without asking again', async () => {
    const page = openWidgetPage()
    const widget = page.start({ consent: 'pending', rememberConsent: true })
    widget.consent(true)
    await pass(5_000)
    await page.leave()
    page.start({ consent: 'pending', rememberConsent: true })
    await pass(5_000)
    expect(page.proxy.records).toHaveLength(2)
  })

  it('is a refusal, too, and forget() forgets it', async () => {
    const page = openWidgetPage()
    const widget = page.start({ rememberConsent: true })
    widget.consent(false)
    await page.leave()
    const next = page.start({ rememberConsent: true })
    await pass(5_000)
    expect(page.proxy.batches).toEqual([])
    await Promise.all([next.forget(), pass(2_000)])
    page.start({ rememberConsent: true })
    await pass(5_000)
    expect(page.proxy.records).toHaveLength(1)
  })

  it('is not kept where nobody has asked for that', async () => {
    const page = openWidgetPage()
    page.start({ consent: 'pending' }).consent(true)
    await pass(5_000)
    expect(Object.values({ ...localStorage })).not.toContain('granted')
  })
})
