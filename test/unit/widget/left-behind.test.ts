import 'fake-indexeddb/auto'
import { IDBObjectStore } from 'fake-indexeddb'
import { describe, expect, it, vi } from 'vitest'
import { fillStorage, fillStorageUntilDeleted } from '../../support/broken-storage.js'
import { pass, turns } from '../../support/virtual-time.js'
import { no, openWidgetPage, type WidgetPage, yes } from '../../support/widget-page.js'

const MINUTE_MS = 60_000
const asksNobody = { autoSurvey: false }

/** A survey on the screen, and nobody who would be asked after it. */
const setUp = async (options = {}) => {
  const page = openWidgetPage(options)
  page.verdictOf = () => yes('nobody')
  const widget = page.start()
  await pass(5_000)
  page.verdictOf = no
  return { page, widget, survey: page.survey() }
}

/** Opens one page after the other, or beside it, each of which asks. */
const askOn = async (page: WidgetPage, path: string) => {
  page.verdictOf = () => yes('nobody')
  history.replaceState({}, '', path)
  page.start()
  await pass(5_000)
  page.verdictOf = no
}

/** Nothing of it is sent any more. */
const die = async (page: WidgetPage) => {
  page.proxy.network = 'down'
  await page.vanish()
  page.proxy.network = 'up'
}

const countPuts = () => vi.spyOn(IDBObjectStore.prototype, 'put').mock.calls

describe('a score whose page went', () => {
  it('counts after its time, though the next page is one where nobody may be asked, and stays', async () => {
    const { page, survey } = await setUp()
    survey.options.onScore(9)
    await pass(1_000)
    await page.leave()
    const widget = page.start({ excludePages: ['*'] })
    for (let minutes = 0; minutes < 40; minutes += 5) {
      await pass(5 * MINUTE_MS)
      widget.page(`/${minutes}`)
    }
    expect(page.answers()).toMatchObject([{ score: 9 }])
  })

  it('is named with the page where it was given, not with one where the question stood before', async () => {
    const page = openWidgetPage()
    await askOn(page, '/pricing')
    await page.leave()
    await askOn(page, '/checkout')
    await page.survey(1).options.onSubmit({ score: 9, text: '' })
    await pass(5_000)
    history.replaceState({}, '', '/')
    expect(page.answers()).toMatchObject([{ origin_url: expect.stringMatching(/\/checkout$/) }])
  })

  it('is named with the page where it was given, though another tab asks too', async () => {
    const page = openWidgetPage()
    await askOn(page, '/pricing')
    await askOn(page, '/checkout')
    history.replaceState({}, '', '/pricing')
    page.survey(0).options.onScore(3)
    await pass(1_000)
    await page.survey(0).options.onSubmit({ score: 3, text: 'too dear' })
    await pass(5_000)
    history.replaceState({}, '', '/')
    expect(page.answers()).toMatchObject([{ origin_url: expect.stringMatching(/\/pricing$/) }])
  })

  it('is put before nobody in another tab half an hour later, while it is written on in the first', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('nobody')
    // The tabs of a test share one history: this one does not listen.
    page.start({ autoPageViews: false })
    await pass(5_000)
    page.verdictOf = no
    page.survey().options.onScore(3)
    await pass(1_000)
    history.replaceState({}, '', '/checkout')
    page.start({ excludePages: ['/checkout'], ...asksNobody })
    await pass(1_000)
    history.pushState({}, '', '/account')
    await pass(20 * MINUTE_MS)
    page.survey().options.onText('still writing')
    await pass(12 * MINUTE_MS)
    history.replaceState({}, '', '/')
    expect(page.surveys).toHaveLength(1)
  })
})

describe('an answer in the journal', () => {
  it.each(['full', 'broken'] as const)(
    'is said to be tried: storage was %s, and its page had sent it',
    async how => {
      const { page, survey } = await setUp({ keys: false })
      survey.options.onScore(9)
      await pass(1_000)
      const heal = fillStorage(() => true, how === 'full' ? 'commit' : 'broken')
      const { take } = page.proxy
      page.proxy.take = batch => {
        take(batch)
        throw new TypeError('the answer is lost')
      }
      survey.options.onSubmit({ score: 9, text: 'x' })
      await pass(2_000)
      expect(page.answers()).toHaveLength(1)
      page.proxy.take = take
      await die(page)
      heal()
      page.proxy.restart()
      page.start(asksNobody)
      await pass(MINUTE_MS)
      expect(page.answers()).toHaveLength(1)
    },
  )

  it('asks its visitor no second time by the same yes, where it is taken up on a page of somebody else', async () => {
    const { page, survey } = await setUp()
    const heal = fillStorage(() => true, 'broken')
    page.proxy.network = 'down'
    survey.options.onSubmit({ score: 9, text: 'x' })
    await pass(500)
    await die(page)
    heal()
    page.start({ ...asksNobody, email: 'a@example.com' })
    await pass(5_000)
    expect(page.answers()).toHaveLength(1)
    await page.leave()
    // Later than an answer is unheard of for.
    await pass(11 * MINUTE_MS)
    page.start()
    await pass(5_000)
    expect(page.surveys).toHaveLength(1)
  })

  it('is thanked for and sent where storage is full and the chunk that makes room hangs', async () => {
    const { page, survey } = await setUp()
    page.chunks.diagnostics = () => new Promise(() => undefined)
    fillStorage()
    survey.options.onScore(9)
    let isThanked = false
    survey.options.onSubmit({ score: 9, text: 'x' }).then(() => {
      isThanked = true
    })
    await pass(MINUTE_MS)
    expect(isThanked).toBe(true)
    expect(page.answers()).toHaveLength(1)
  })
})

describe('a survey that its page left, half an hour later', () => {
  it('writes nothing on a device that has forgotten', async () => {
    const { widget, page, survey } = await setUp()
    widget.configure({ excludePages: ['*'] })
    widget.page('/elsewhere')
    await pass(1_000)
    expect(survey.closed).toBe('navigation')
    widget.forget()
    await pass(5_000)
    const puts = countPuts()
    await pass(31 * MINUTE_MS)
    expect(puts).toHaveLength(0)
    expect(page.answers()).toEqual([])
  })

  it('writes nothing where consent was withdrawn', async () => {
    const { widget, survey } = await setUp()
    survey.options.onScore(4)
    await pass(1_000)
    widget.configure({ excludePages: ['*'] })
    widget.page('/elsewhere')
    await pass(1_000)
    widget.consent(false)
    await pass(1_000)
    const puts = countPuts()
    await pass(31 * MINUTE_MS)
    expect(puts).toHaveLength(0)
  })
})

describe('a page in the back/forward cache', () => {
  it.each([true, false])('asks on, unless its visitor has answered meanwhile: %s', async isAnswered => {
    const { page } = await setUp()
    dispatchEvent(new Event('pagehide'))
    page.verdictOf = () => yes('nobody')
    page.start()
    await pass(5_000)
    page.verdictOf = no
    if (isAnswered) {
      await page.survey(1).options.onSubmit({ score: 4, text: '' })
      page.survey(1).close('response')
      await pass(5_000)
    }
    dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    await pass(5_000)
    expect(page.survey(0).closed).toBe(isAnswered ? 'navigation' : undefined)
  })

  it('brings no anonymous id back that was forgotten meanwhile', async () => {
    const page = openWidgetPage()
    const cached = page.start()
    await pass(5_000)
    dispatchEvent(new Event('pagehide'))
    const next = page.start({ autoPageViews: false })
    await pass(5_000)
    next.forget()
    await pass(5_000)
    // It heard nothing of that.
    dispatchEvent(new Event('pageshow'))
    await pass(5_000)
    cached.page('/after')
    await pass(10_000)
    const [before, after, ...more] = page.proxy.records.map(({ whose }) => whose)
    expect(after).toMatch(/^[\da-f-]{36}$/)
    expect(after).not.toBe(before)
    expect(more).toEqual([])
  })
})

describe('page views that waited for consent where storage is full', () => {
  it('make room for themselves once, and tell it right', async () => {
    const page = openWidgetPage()
    page.proxy.network = 'down'
    const first = page.start({ autoPageViews: false })
    await pass(1_000)
    for (let view = 0; view < 60; view++) {
      first.page(`/old/${view}`)
      await turns(5)
    }
    await pass(2_000)
    await page.leave()
    const widget = page.start({ autoPageViews: false, consent: 'pending' })
    for (let view = 0; view < 5; view++) {
      widget.page(`/new/${view}`)
      await turns(5)
    }
    let told = 0
    widget.on('evicted', ({ pageViews }) => {
      told += pageViews
    })
    fillStorageUntilDeleted()
    widget.consent(true)
    await pass(3_000)
    const { waiting } = await widget.queue.inspect()
    expect(told).toBe(65 - waiting.length)
    expect(told).toBeLessThanOrEqual(33)
  })
})
