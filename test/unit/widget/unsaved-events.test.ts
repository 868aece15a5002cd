import { IDBFactory } from 'fake-indexeddb'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { pass } from '../../support/virtual-time.js'
import { openWidgetPage, type WidgetPage } from '../../support/widget-page.js'

/** Of the one base of the test. */
const unsaved = () => Object.entries(localStorage).find(([key]) => key.endsWith(':unsaved'))?.[1]

/** A page without a database and without a network, which goes. */
const goUnsaved = async (page: WidgetPage) => {
  page.proxy.network = 'down'
  const database = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  page.start({ autoSurvey: false })
  await pass(30_000)
  await page.leave()
  database.mockRestore()
  page.proxy.network = 'up'
}

const urls = (page: WidgetPage) =>
  page.proxy.records.map(({ event }) => ('url' in event ? new URL(event.url).pathname : event.type))

describe('page views of a page that had no database', () => {
  it('are delivered by the next page, once each, marked as tried', async () => {
    const page = openWidgetPage()
    await goUnsaved(page)
    expect(unsaved()).toContain('page_view')
    page.start({ autoSurvey: false })
    await pass(60_000)
    expect(urls(page)).toHaveLength(2)
    expect(page.proxy.records.filter(({ event }) => event.tried)).toHaveLength(1)
    expect(unsaved()).toBeUndefined()
  })

  it('are taken back by a refusal of consent', async () => {
    const page = openWidgetPage()
    await goUnsaved(page)
    expect(unsaved()).toContain('page_view')
    const widget = page.start({ consent: 'pending' })
    await pass(1_000)
    widget.consent(false)
    await pass(1_000)
    expect(unsaved()).toBeUndefined()
  })

  it('are wiped where the device is told to forget', async () => {
    const page = openWidgetPage()
    await goUnsaved(page)
    expect(unsaved()).toContain('page_view')
    const forgotten = page.start({ consent: 'pending' }).forget()
    await pass(1_000)
    await forgotten
    expect(unsaved()).toBeUndefined()
  })

  it('stand in nobody’s way, whatever lies in their place', async () => {
    const uncaught = vi.fn()
    for (const type of ['error', 'unhandledrejection']) {
      addEventListener(type, uncaught)
      onTestFinished(() => removeEventListener(type, uncaught))
    }
    const page = openWidgetPage()
    const entry = fc.tuple(fc.oneof(fc.string(), fc.constant('2|1796000000000|1000|id|9')), fc.jsonValue())
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          entry.map(one => JSON.stringify(one)),
        ),
        async text => {
          vi.stubGlobal('indexedDB', new IDBFactory())
          localStorage.clear()
          page.proxy.records.length = 0
          page.start({ autoSurvey: false })
          await pass(5_000)
          const [{ name = '' } = {}] = await indexedDB.databases()
          await page.leave()
          localStorage[`${name}:unsaved`] = text
          const widget = page.start({ autoSurvey: false })
          await pass(60_000)
          expect(urls(page)).toHaveLength(2)
          expect((await widget.queue.inspect()).waiting).toEqual([])
          await page.leave()
          expect(unsaved() ?? '').toBe('')
          expect(uncaught).not.toHaveBeenCalled()
        },
      ),
      { numRuns: 60, endOnFailure: true },
    )
  })
})
