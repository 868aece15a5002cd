import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import type { Widget } from '../../../src/widget/boot/widget-api.js'
import type { Settings } from '../../../src/widget/settings/settings.js'
import type { DeliveryEvent, ImpressionEvent } from '../../../src/wire/delivery.js'
import { pass, sleep } from '../../support/virtual-time.js'
import { openWidgetPage, type WidgetPage, yes } from '../../support/widget-page.js'

const DAY_MS = 86_400_000
const SHOWN = { form: 'popover', language: 'de', question: 'Wie wahrscheinlich?' } as const

const impressions = ({ proxy }: WidgetPage): ImpressionEvent[] =>
  proxy.records.flatMap(({ event }) => (event.type === 'impression' ? [event] : []))
const typesOf = ({ proxy }: WidgetPage): DeliveryEvent['type'][] =>
  proxy.records.map(({ event }) => event.type)

/** A visitor who is asked on each page, by a new yes each time. */
function setUp(settings: Settings = {}) {
  const page = openWidgetPage()
  let yeses = 0
  page.verdictOf = () => yes(`yes ${++yeses}`)
  const open = async () => {
    const before = page.surveys.length
    const widget = page.start(settings)
    await pass(3_000)
    const survey = page.surveys[before]
    survey?.options.onShow(SHOWN)
    return { widget, survey, options: survey?.options }
  }
  /** Opens a page on which the survey is seen, and leaves it. */
  const ignore = async () => {
    const { options } = await open()
    options?.onSeen?.()
    await pass(5_000)
    await page.leave()
    return options !== undefined
  }
  return { page, open, ignore }
}

describe('a survey that was seen', () => {
  it('is recorded after a while, with how it stood on the page', async () => {
    const { page, open } = setUp()
    const { options } = await open()
    await pass(5_000)
    expect(impressions(page)).toEqual([])
    options?.onSeen?.()
    await pass(5_000)
    expect(impressions(page)).toMatchObject([
      { ticket: 'yes 1', survey: { form: 'popover', language: 'de', version: '0.0.0', device: 'desktop' } },
    ])
    expect(impressions(page)[0]?.survey?.wording).toMatch(/^[\da-z]{5,7}$/)
  })

  it('is recorded once an invitation, over pages and tabs', async () => {
    const { page, open, ignore } = setUp({ ignoredAfterPages: 0 })
    for (let pages = 0; pages < 4; pages++) await ignore()
    expect(impressions(page).map(({ ticket }) => ticket)).toEqual(['yes 1'])
    const { options } = await open()
    await options?.onSubmit({ score: 9, text: '' })
    await pass(5_000)
    expect(page.answers()).toMatchObject([{ type: 'response', ticket: 'yes 1' }])
    expect(impressions(page)).toHaveLength(1)
  })

  it('is another invitation once the time of its yes is over', async () => {
    const { page, ignore } = setUp({ ignoredAfterPages: 0 })
    await ignore()
    sleep(2 * DAY_MS)
    await ignore()
    expect(new Set(impressions(page).map(({ ticket }) => ticket)).size).toBe(2)
  })

  it.each(['a response', 'a decline'])('comes after %s that is given within its first second', async act => {
    const { page, open } = setUp()
    const { survey, options } = await open()
    options?.onScore(3)
    if (act === 'a response') await options?.onSubmit({ score: 3, text: '' })
    survey?.close(act === 'a response' ? 'response' : 'score')
    await pass(10_000)
    expect(typesOf(page)).toEqual(['page_view', 'response', 'impression'])
  })

  it('is recorded with a score that was left, also where its page died within the second', async () => {
    const { page, open } = setUp()
    const { options } = await open()
    options?.onScore(3)
    await page.vanish()
    sleep(31 * 60_000)
    await open()
    await pass(10_000)
    expect(page.answers()).toMatchObject([{ type: 'response', score: 3, survey: { form: 'popover' } }])
    expect(impressions(page)).toHaveLength(1)
  })

  it('waits behind what visitors gave while the network is away', async () => {
    const { page, open } = setUp()
    const { options } = await open()
    page.proxy.network = 'down'
    options?.onSeen?.()
    await pass(2_000)
    await options?.onSubmit({ score: 3, text: '' })
    await pass(1_000)
    page.proxy.network = 'up'
    await pass(600_000)
    expect(typesOf(page)).toEqual(['page_view', 'response', 'impression'])
  })

  it('is not recorded of visitors whose browser says that they are not to be tracked', async () => {
    const { page, open } = setUp()
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true })
    const { options } = await open()
    options?.onSeen?.()
    await options?.onSubmit({ score: 3, text: '' })
    await pass(10_000)
    Reflect.deleteProperty(navigator, 'globalPrivacyControl')
    expect(typesOf(page)).toEqual(['response'])
  })
})

describe('a survey that is ignored', () => {
  const gateOf = async (widget: Widget) => {
    const [{ survey, gates }] = await Promise.all([widget.explain(), pass(1_000)])
    return { survey, closed: gates.filter(({ open }) => !open) }
  }

  it('ends after three pages, and counts as a decline for whom to ask again', async () => {
    const { page, open, ignore } = setUp()
    for (let pages = 0; pages < 3; pages++) expect(await ignore()).toBe(true)
    const { widget, survey } = await open()
    expect(survey).toBeUndefined()
    await pass(5_000)
    expect(impressions(page).map(({ ignored }) => ignored)).toEqual([undefined, true])
    expect(page.answers()).toEqual([])
    const { survey: isAsked, closed } = await gateOf(widget)
    expect(isAsked).toBe(false)
    expect(closed).toMatchObject([{ gate: 'ignored', value: 0, needed: 30, unit: 'days' }])
    await page.leave()
    sleep(29 * DAY_MS)
    expect((await open()).survey).toBeUndefined()
    await page.leave()
    sleep(2 * DAY_MS)
    expect((await open()).survey).toBeDefined()
  })

  it('does not count a page that is left within a second', async () => {
    const { page, open } = setUp()
    for (let pages = 0; pages < 5; pages++) {
      expect((await open()).survey).toBeDefined()
      await page.leave()
    }
  })

  it('leaves a page that becomes another one beneath it three times', async () => {
    const { open } = setUp()
    const { widget, survey, options } = await open()
    options?.onSeen?.()
    for (const path of ['/second', '/at-a-glance', '/third']) {
      widget.page(path)
      await pass(path === '/at-a-glance' ? 500 : 3_000)
      expect(survey?.closed).toBeUndefined()
    }
    widget.page('/fourth')
    await pass(500)
    expect(survey?.closed).toBe('stop')
  })

  it('still takes the response of another tab that has it on the screen', async () => {
    const { page, open } = setUp({ ignoredAfterPages: 1 })
    const { options } = await open()
    options?.onSeen?.()
    await pass(3_000)
    expect((await open()).survey).toBeUndefined()
    await options?.onSubmit({ score: 10, text: 'late' })
    await pass(10_000)
    expect(page.answers()).toMatchObject([{ type: 'response', score: 10 }])
  })

  it.each([
    ['a score was chosen', {}, 9],
    ['ignoredAfterPages is 0', { ignoredAfterPages: 0 }, undefined],
    ['surveyImmediately opens the gates', { surveyImmediately: true }, undefined],
  ])('goes on where %s', async (_, settings: Settings, score) => {
    const { page, open } = setUp(settings)
    for (let pages = 0; pages < 5; pages++) {
      const { survey, options } = await open()
      expect(survey).toBeDefined()
      options?.onSeen?.()
      if (score) options?.onScore(score)
      await pass(3_000)
      await page.leave()
    }
  })
})
