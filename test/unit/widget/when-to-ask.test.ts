import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import type { Widget } from '../../../src/widget/boot/widget-api.js'
import type { Settings } from '../../../src/widget/settings/settings.js'
import type { Batch, BatchAnswer } from '../../../src/wire/delivery.js'
import { pass, sleep } from '../../support/virtual-time.js'
import { no, openWidgetPage, type WidgetPage, yes } from '../../support/widget-page.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** The proxy can't write an answer down, whatever else it can. */
const refuseAnswers = ({ proxy }: WidgetPage) => {
  const { take } = proxy
  proxy.take = (batch: Batch): BatchAnswer => {
    const answers = batch.events.filter(({ type }) => type !== 'page_view')
    const answer = take({ ...batch, events: batch.events.filter(({ type }) => type === 'page_view') })
    for (const { id } of answers) answer.results[id] = { status: 'retry', reason: 'upstream' }
    return answer
  }
  return () => {
    proxy.take = take
  }
}

/** Somebody has answered, and the answer waits for the proxy to recover. */
const setUpWaiting = async () => {
  const page = openWidgetPage()
  const recover = refuseAnswers(page)
  page.verdictOf = () => yes('knows nothing of what waits')
  const widget = page.start()
  await pass(5_000)
  await page.survey().options.onSubmit({ score: 9, text: '' })
  page.survey().close('response')
  return { page, recover, widget }
}

describe('a yes', () => {
  it('that has run out since the last visit stands in the way of no other: who comes once in two days is asked', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('the first')
    page.start({ eventName: 'bought' })
    await pass(5_000)
    await page.leave()
    sleep(48 * HOUR_MS)
    page.proxy.network = 'down'
    const widget = page.start()
    await pass(5_000)
    const { survey, gates } = await widget.explain()
    expect(survey).toBe(false)
    expect(gates).toContainEqual(
      expect.objectContaining({ gate: 'yes_still_holds', open: false, value: expect.any(Number) }),
    )
    page.proxy.network = 'up'
    page.verdictOf = () => yes('the second')
    await pass(10 * MINUTE_MS)
    expect(page.surveys).toHaveLength(1)
  })

  it('that ran out while its page stayed open asks when the next one comes', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('the first')
    const widget = page.start({ excludePages: [location.pathname] })
    await pass(5_000)
    sleep(48 * HOUR_MS)
    page.verdictOf = () => yes('the second')
    widget.configure({ excludePages: [] })
    widget.page('/next')
    await pass(5_000)
    expect(page.surveys).toHaveLength(1)
  })

  it('is given up when the visitor answers in another tab while its delay passes', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('the only one')
    page.start({ timeDelay: 60 })
    await pass(40_000)
    page.start({ timeDelay: 60 })
    await pass(30_000)
    expect(page.surveys).toHaveLength(1)
    page.verdictOf = no
    await page.survey().options.onSubmit({ score: 9, text: '' })
    page.survey().close('response')
    await pass(60_000)
    expect(page.surveys).toHaveLength(1)
    expect(page.answers()).toHaveLength(1)
  })

  it('is given up when the proxy says no while its delay passes', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('until they answer elsewhere')
    const widget = page.start({ timeDelay: 60 })
    await pass(40_000)
    page.verdictOf = no
    widget.page('/next')
    await pass(60_000)
    expect(page.surveys).toEqual([])
  })

  it('asks nobody whose last answer still waits to be taken', async () => {
    const { page, recover, widget } = await setUpWaiting()
    for (let views = 0; views < 3; views++) {
      await pass(12 * MINUTE_MS)
      widget.page(`/${views}`)
    }
    await page.leave()
    const next = page.start()
    await pass(5_000)
    expect(page.surveys).toHaveLength(1)
    const { survey, gates } = await next.explain()
    expect(survey).toBe(false)
    expect(gates).toContainEqual(expect.objectContaining({ gate: 'answer_delivered', open: false }))
    recover()
    await pass(10 * MINUTE_MS)
    expect(page.answers()).toHaveLength(1)
  })
})

describe('a visitor who comes for the first time', () => {
  const ASKED_BY_DEFAULT = { timeDelay: undefined } as object
  const visit = (settings: Settings = {}) => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('from the first page on')
    return { page, widget: page.start({ ...ASKED_BY_DEFAULT, ...settings }) }
  }
  const delayOf = async ({ explain }: Widget) => (await explain()).gates.find(({ gate }) => gate === 'delay')

  it('is asked after 30 s on the first page', async () => {
    const { page } = visit()
    await pass(29_000)
    expect(page.surveys).toEqual([])
    await pass(2_000)
    expect(page.surveys).toHaveLength(1)
  })

  it('is told by explain() how many seconds of the delay are left', async () => {
    const { widget } = visit()
    await pass(10_000)
    const { gates } = await widget.explain()
    expect(gates.filter(({ open }) => !open).map(({ gate }) => gate)).toEqual(['delay'])
    const gate = await delayOf(widget)
    expect(gate).toMatchObject({ needed: 30, unit: 'seconds' })
    expect(gate?.sentence).toContain(`${30 - Number(gate?.value)} s are left`)
  })

  it('is asked at once on the second page, within one document or in the next', async () => {
    const { page, widget } = visit()
    await pass(5_000)
    widget.page('/next')
    await pass(500)
    expect(page.surveys).toHaveLength(1)
    const [gate] = await Promise.all([delayOf(widget), pass(1_000)])
    expect(gate).toMatchObject({ open: true, needed: 0 })

    const other = visit()
    await pass(5_000)
    await other.page.leave()
    other.page.start(ASKED_BY_DEFAULT)
    await pass(500)
    expect(other.page.surveys).toHaveLength(1)
  })

  it('is asked at once on the second page also while the proxy is out of reach', async () => {
    const { page } = visit()
    await pass(5_000)
    await page.leave()
    page.proxy.network = 'down'
    page.start(ASKED_BY_DEFAULT)
    await pass(500)
    expect(page.surveys).toHaveLength(1)
  })

  it('is asked at once where the page calls for the question, before or while the delay passes', async () => {
    const { page, widget } = visit()
    await pass(5_000)
    widget.survey()
    await pass(500)
    expect(page.surveys).toHaveLength(1)

    const other = visit({ eventName: 'bought' })
    await pass(5_000)
    other.widget.event('bought')
    await pass(500)
    expect(other.page.surveys).toHaveLength(1)
  })

  it('is asked at once where surveyImmediately opens the gates', async () => {
    const { page } = visit({ surveyImmediately: true })
    await pass(1_000)
    expect(page.surveys).toHaveLength(1)
  })

  it('waits on as many pages as delayPages says', async () => {
    const { page, widget } = visit({ timeDelay: 60, delayPages: 2 })
    await pass(5_000)
    widget.page('/second')
    await pass(20_000)
    expect(page.surveys).toEqual([])
    widget.page('/third')
    await pass(500)
    expect(page.surveys).toHaveLength(1)
  })

  it('waits on every page for a delay that the site has set', async () => {
    const { page, widget } = visit({ timeDelay: 60 })
    for (const path of ['/second', '/third']) {
      await pass(20_000)
      widget.page(path)
    }
    await pass(10_000)
    expect(page.surveys).toEqual([])
    await pass(15_000)
    expect(page.surveys).toHaveLength(1)
  })
})

describe('a yes that comes while an answer still waits', () => {
  it('asks nobody once that answer has been taken', async () => {
    const { page, recover, widget } = await setUpWaiting()
    await pass(1_000)
    widget.page('/next')
    await pass(5_000)
    recover()
    page.verdictOf = no
    await pass(10 * MINUTE_MS)
    expect(page.answers()).toHaveLength(1)
    await page.leave()
    await pass(MINUTE_MS)
    page.start()
    await pass(5_000)
    expect(page.surveys).toHaveLength(1)
  })
})

describe('a score that was left', () => {
  it('is what its visitor said, also where they log out and in again: they are not asked twice, and it arrives', async () => {
    const page = openWidgetPage()
    page.verdictOf = ({ identity }) => (identity?.email ? yes('for all that time') : no())
    const ann = { email: 'ann@example.com' }
    page.start(ann)
    await pass(5_000)
    page.survey().options.onScore(9)
    await pass(1_000)
    await page.leave()
    const widget = page.start()
    await pass(1_000)
    widget.reset()
    await pass(1_000)
    widget.identify(ann)
    await pass(5_000)
    expect(page.surveys.filter(({ options }) => options.draft === undefined)).toHaveLength(1)
    const { survey, gates } = await widget.explain()
    expect(survey).toBe(false)
    expect(gates).toContainEqual(expect.objectContaining({ gate: 'answer_delivered', open: false }))
    await pass(31 * MINUTE_MS)
    await page.leave()
    page.start(ann)
    await pass(5_000)
    expect(page.answers()).toMatchObject([{ score: 9 }])
  })
})

describe('consent that is pending', () => {
  it('opens no database for those who look', async () => {
    const widget = openWidgetPage().start({ consent: 'pending' })
    await pass(1_000)
    expect(await widget.queue.inspect()).toEqual({ waiting: [], failed: [], attempts: 0 })
    expect((await widget.explain()).survey).toBe(false)
    expect(await indexedDB.databases()).toEqual([])
  })
})

describe('consent that is withdrawn', () => {
  it('takes the survey off the screen, whose answer could not be sent, and it comes again with the consent', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('a')
    const widget = page.start()
    await pass(5_000)
    page.survey().options.onScore(4)
    widget.consent(false)
    await pass(5_000)
    expect(page.survey().closed).toBe('stop')
    widget.page('/next')
    await pass(5_000)
    expect(page.surveys).toHaveLength(1)
    widget.consent(true)
    await pass(5_000)
    expect(page.survey(1).options.draft?.score).toBe(4)
  })

  it('lets no delay bring the question', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('a')
    const widget = page.start({ timeDelay: 60 })
    await pass(5_000)
    widget.consent(false)
    await pass(120_000)
    expect(page.surveys).toEqual([])
  })
})
