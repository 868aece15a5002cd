import 'fake-indexeddb/auto'
import { IDBObjectStore } from 'fake-indexeddb'
import { describe, expect, it, vi } from 'vitest'
import { pass, turns } from '../../support/virtual-time.js'
import { no, openWidgetPage, type WidgetPage, yes } from '../../support/widget-page.js'

const ABANDONED_MS = 31 * 60_000

/** By itself it asks nobody: what comes is what an earlier page left. */
const asksNobody = { autoSurvey: false }

const setUpSurvey = async () => {
  const page = openWidgetPage()
  page.verdictOf = () => yes('nobody')
  page.start()
  await pass(5_000)
  page.verdictOf = no
  return { page, survey: page.survey() }
}

/** From now on, or once the last put is done, nothing of the page is stored or sent. */
const die = (page: WidgetPage, isLast?: (value: Record<string, unknown>) => boolean) => {
  const { put } = IDBObjectStore.prototype
  let isDead = false
  const end = () => {
    isDead = true
    page.proxy.network = 'down'
  }
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: InstanceType<typeof IDBObjectStore>,
    value,
    key,
  ) {
    if (isDead) throw new DOMException('dead', 'UnknownError')
    if (isLast?.(value)) end()
    return put.call(this, value, key)
  })
  if (!isLast) end()
}

/** Comes back long enough for whatever was left to be taken up. */
const visitAgain = async (page: WidgetPage) => {
  await pass(500)
  await page.vanish()
  vi.restoreAllMocks()
  page.proxy.network = 'up'
  page.start(asksNobody)
  await pass(ABANDONED_MS)
  await page.leave()
}

describe('a page that dies', () => {
  it('when the device has the opt-out, and not yet the event, leaves it to the next to tell', async () => {
    const { page, survey } = await setUpSurvey()
    die(page, ({ isOptedOut }) => isOptedOut === true)
    survey.close('opt_out')
    await visitAgain(page)
    expect(page.answers()).toMatchObject([{ type: 'opt_out' }])
  })

  it.each(['decline', 'opt_out'] as const)(
    'right after the click leaves its %s to the next',
    async reason => {
      const { page, survey } = await setUpSurvey()
      die(page)
      survey.close(reason)
      await visitAgain(page)
      expect(page.answers()).toMatchObject([{ type: reason }])
    },
  )

  it('when the answer is stored, and the draft does not say so yet, leaves no second copy of it to be stored', async () => {
    const { page, survey } = await setUpSurvey()
    survey.options.onScore(7)
    await pass(1_000)
    die(page, ({ event }) => event !== undefined)
    await survey.options.onSubmit({ score: 7, text: 'once' })
    await visitAgain(page)
    expect(page.answers()).toMatchObject([{ type: 'response', score: 7, text: 'once' }])
    const sent = page.proxy.batches.flatMap(({ events }) => events)
    expect(sent.filter(({ type }) => type === 'response')).toHaveLength(1)
  })

  it('when the draft has its score leaves that to count', async () => {
    const { page, survey } = await setUpSurvey()
    die(page, ({ score }) => score === 4)
    survey.options.onScore(4)
    await pass(100)
    await visitAgain(page)
    expect(page.answers()).toMatchObject([{ type: 'response', score: 4 }])
  })
})

describe('a page that goes', () => {
  it('right after its consent leaves all page views that waited for it', async () => {
    const page = openWidgetPage()
    const widget = page.start({ consent: 'pending' })
    for (let view = 0; view < 4; view++) {
      widget.page(`/${view}`)
      await turns()
    }
    // The consent tool loads the page anew as soon as it can: by then the first of them is being stored.
    let isStoring = false
    die(page, value => {
      if (value.event) isStoring = true
      return isStoring
    })
    widget.consent(true)
    while (!isStoring) await turns(1)
    page.proxy.network = 'up'
    dispatchEvent(new Event('pagehide'))
    await turns()
    page.proxy.network = 'down'
    await visitAgain(page)
    const paths = page.proxy.records.map(({ event }) => 'url' in event && new URL(event.url).pathname)
    expect(paths).toEqual(expect.arrayContaining(['/0', '/1', '/2', '/3']))
  })

  it('leaves its draft to the next, which makes the response of it if nobody goes on', async () => {
    const { page, survey } = await setUpSurvey()
    survey.options.onScore(2)
    await pass(2_000)
    await page.leave()
    page.start(asksNobody)
    await pass(ABANDONED_MS)
    expect(page.survey(1).options.draft).toEqual({ score: 2, text: '' })
    expect(page.answers()).toMatchObject([{ type: 'response', score: 2 }])
  })
})
