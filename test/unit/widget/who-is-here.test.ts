import 'fake-indexeddb/auto'
import { describe, expect, it, vi } from 'vitest'
import { pass, passUntil, turns } from '../../support/virtual-time.js'
import { no, openWidgetPage, yes } from '../../support/widget-page.js'

/** Somebody whom the host's session names is in the middle of a survey. */
const setUpSurvey = async () => {
  const page = openWidgetPage()
  page.session = 'a@example.com'
  page.verdictOf = () => yes('a@example.com')
  const widget = page.start()
  await pass(5_000)
  page.survey().options.onScore(3)
  page.survey().options.onText('between you and me')
  await pass(2_000)
  return { page, widget }
}

describe('a log-out, where the host’s session says who is here', () => {
  it('takes the open survey off the screen, and makes the response of its score', async () => {
    const { page, widget } = await setUpSurvey()
    page.session = 'b@example.com'
    page.verdictOf = no
    widget.reset()
    await pass(5_000)
    expect(page.survey().closed).toBe('score')
    expect(page.answers()).toMatchObject([{ type: 'response', score: 3, whose: 'a@example.com' }])
  })

  it('shows the draft to nobody who comes afterwards, also after a reload', async () => {
    const { page, widget } = await setUpSurvey()
    widget.reset()
    await pass(1_000)
    await page.leave()
    page.session = 'b@example.com'
    page.verdictOf = no
    page.start()
    await pass(5_000)
    expect(page.surveys.slice(1).filter(({ options }) => options.draft)).toEqual([])
  })

  it('while a batch is under way leaves no ticket of who went', async () => {
    const page = openWidgetPage()
    page.session = 'a@example.com'
    const widget = page.start()
    await passUntil(() => page.proxy.batches.length > 0)
    page.session = undefined
    widget.reset()
    await pass(50)
    widget.page('/logged-out')
    await pass(5_000)
    const record = page.proxy.records.find(({ event }) => 'url' in event && event.url.endsWith('/logged-out'))
    expect(record?.whose).toMatch(/^[\da-f-]{36}$/)
  })
})

describe('who is here, said a little after the start', () => {
  it('leaves nothing behind of what was seen before, on the pages of who is always logged in', async () => {
    const page = openWidgetPage()
    for (let count = 0; count < 5; count++) {
      const widget = page.start()
      // By the app's own script, which runs after the tag's.
      await turns(4)
      widget.identify({ email: 'a@example.com' })
      await pass(10_000)
      dispatchEvent(new Event('pagehide'))
      await page.leave()
    }
    expect(page.proxy.records).toHaveLength(5)
  })

  it('brings back the draft of a page that was reloaded', async () => {
    const page = openWidgetPage()
    page.verdictOf = ({ identity }) => (identity?.email ? yes(identity.email) : no())
    page.start({ email: 'a@example.com' })
    await pass(5_000)
    page.survey().options.onScore(9)
    page.survey().options.onText('a very long text')
    await pass(2_000)
    await page.leave()
    const widget = page.start()
    await pass(300)
    widget.identify({ email: 'a@example.com' })
    await pass(5_000)
    expect(page.survey(1).options.draft).toEqual({ score: 9, text: 'a very long text' })
  })
})

describe('a log-out that is said without consent', () => {
  it('leaves no ticket of who went, where consent comes a moment after each load', async () => {
    const page = openWidgetPage()
    page.session = 'a@example.com'
    page.start()
    await pass(5_000)
    await page.leave()
    page.session = 'b@example.com'
    const widget = page.start({ consent: 'pending' })
    widget.reset()
    await pass(500)
    widget.consent(true)
    await pass(5_000)
    widget.page('/of-b')
    await pass(5_000)
    expect(page.proxy.records.map(({ whose }) => whose)).toEqual([
      'a@example.com',
      'b@example.com',
      'b@example.com',
    ])
  })

  it('leaves no ticket of who went, where it is given again in the same page', async () => {
    const page = openWidgetPage()
    page.session = 'a@example.com'
    const widget = page.start()
    await pass(5_000)
    widget.consent(false)
    page.session = undefined
    widget.reset()
    await pass(500)
    widget.consent(true)
    widget.page('/logged-out')
    await pass(5_000)
    expect(page.proxy.records.at(-1)?.whose).toMatch(/^[\da-f-]{36}$/)
  })
})

describe('who comes while another one is asked', () => {
  const LATE_MS = 3_000

  /** Each is said yes to; the first survey comes late to the screen. */
  const setUpAsked = () => {
    const page = openWidgetPage()
    page.verdictOf = ({ identity }) => yes(identity?.email ?? 'nobody')
    let lateMs = LATE_MS
    page.beforeShow = () => {
      const ms = lateMs
      lateMs = 0
      return new Promise(resolve => setTimeout(resolve, ms))
    }
    return page
  }
  const answer = async (page: ReturnType<typeof openWidgetPage>) => {
    page.verdictOf = no
    const open = page.surveys.filter(({ closed }) => !closed)
    expect(open).toHaveLength(1)
    await open[0]?.options.onSubmit({ score: 1, text: 'I am b' })
    await pass(5_000)
    return page.answers().map(({ whose }) => whose)
  }

  it('is asked instead, where that survey was not on the screen yet', async () => {
    const page = setUpAsked()
    const widget = page.start({ email: 'a@example.com' })
    await pass(LATE_MS - 500)
    widget.identify({ email: 'b@example.com' })
    await pass(10_000)
    expect(await answer(page)).toEqual(['b@example.com'])
  })

  it('is asked instead, where nobody in particular was to be asked by a yes of an earlier page', async () => {
    const page = setUpAsked()
    // That had no moment for it.
    page.start({ eventName: 'bought' })
    await pass(5_000)
    await page.leave()
    const widget = page.start()
    await turns(200)
    vi.advanceTimersByTime(1)
    await turns()
    widget.identify({ email: 'b@example.com' })
    await pass(10_000)
    expect(await answer(page)).toEqual(['b@example.com'])
  })

  it('goes on with what they had begun, where the page says a moment after its load who is here', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('b')
    page.start({ email: 'b@example.com' })
    await pass(5_000)
    page.verdictOf = no
    page.survey().options.onScore(9)
    page.survey().options.onText('I was about to say')
    await pass(2_000)
    await page.leave()
    const { scheduler } = page.chunks
    page.chunks.scheduler = async () => {
      await new Promise(resolve => setTimeout(resolve, 300))
      return scheduler?.() ?? {}
    }
    const widget = page.start()
    await turns(100)
    vi.advanceTimersByTime(100)
    await turns()
    widget.identify({ email: 'b@example.com' })
    await pass(5_000)
    expect(page.surveys).toHaveLength(2)
    expect(page.survey(1).options.draft).toEqual({ score: 9, text: 'I was about to say' })
    expect(page.survey(1).closed).toBeUndefined()
    expect(page.answers()).toEqual([])
  })

  it('is asked too, though the yes comes at once', async () => {
    const page = openWidgetPage()
    page.verdictOf = ({ identity }) => yes(identity?.email ?? 'nobody')
    const widget = page.start({ email: 'a@example.com' })
    await pass(5_000)
    widget.identify({ email: 'b@example.com' })
    // In smaller steps than the latency, so that the yes is there within a second.
    for (let step = 0; step < 50; step++) {
      vi.advanceTimersByTime(20)
      await turns(20)
    }
    await pass(5_000)
    expect(page.surveys.map(({ closed }) => closed)).toEqual(['score', undefined])
  })

  it('is asked too, where the host’s session names them and who went left a score', async () => {
    const { page, widget } = await setUpSurvey()
    page.session = 'b@example.com'
    widget.reset()
    await pass(5_000)
    widget.page('/of-b')
    await pass(60_000)
    expect(page.surveys).toHaveLength(2)
  })
})
