import { IDBFactory } from 'fake-indexeddb'
import fc from 'fast-check'
import { promisifyRequest } from 'idb-keyval'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { pass } from '../../support/virtual-time.js'
import { openWidgetPage, yes } from '../../support/widget-page.js'

/** All that IndexedDB can hold. */
const storable = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
  fc.constantFrom<unknown>(Number.NaN, Infinity, -1, null, undefined, '', 'x', [], {}, 42, true, 2n ** 70n),
  fc.constant(null).map(() => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    return circle
  }),
)

/** Where something is: in the state that tabs share, or in each record of an event that waits. */
const PLACES = [
  ['s'],
  ...[
    ...['anonymousId', 'session', 'isOptedOut', 'named', 'views', 'known', 'attempts', 'notBeforeMs'],
    ...['suspects', 'dead', 'evicted', 'isSurveyOpen', 'leaseUntilMs'],
  ].map(field => ['s', field]),
  ['s', 'known', ''],
  ...['ticket', 'verdict', 'answeredS'].map(field => ['s', 'known', '', field]),
  ...['survey', 'ticket', 'until', 'gates', 'level'].map(field => ['s', 'known', '', 'verdict', field]),
  ...['page_view', 'response'].map(field => ['s', 'evicted', field]),
  ['2|'],
  ...['event', 'owner', 'isUnsettled'].map(field => ['2|', field]),
  ...['v', 'id', 'type', 'at', 'ticket', 'url', 'tried', 'clamped', 'corrected'].map(field => [
    '2|',
    'event',
    field,
  ]),
  ['x|0'],
  ['x|0', 'event'],
  ['x|0', 'deadMs'],
]

/** The same with that value at that place. */
const put = (old: unknown, [field, ...rest]: string[], value: unknown): unknown => {
  if (field === undefined) return value
  const record = typeof old === 'object' && old !== null ? (old as Record<string, unknown>) : {}
  return { ...record, [field]: put(record[field], rest, value) }
}

const corrupt = async (name: string, [prefix = '', ...path]: string[], value: unknown) => {
  const database = await promisifyRequest(indexedDB.open(name))
  const store = database.transaction('e', 'readwrite').objectStore('e')
  const keys = (await promisifyRequest(store.getAllKeys())).map(String).filter(key => key.startsWith(prefix))
  for (const key of keys.length ? keys : [prefix]) {
    const old = await promisifyRequest(store.get(key))
    await promisifyRequest(store.put(put(old, path, value), key))
  }
  database.close()
}

describe('whatever stands in the store', () => {
  it('throws nothing into the page, and what comes later is asked, answered and delivered', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('ticket')
    const uncaught = vi.fn()
    for (const type of ['error', 'unhandledrejection']) {
      addEventListener(type, uncaught)
      onTestFinished(() => removeEventListener(type, uncaught))
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...PLACES), storable), { minLength: 1, maxLength: 3 }),
        async faults => {
          // A visitor who has opted out is not asked, whoever wrote it.
          fc.pre(!faults.some(([[, field], value]) => field === 'isOptedOut' && value === true))
          // An event that is somebody else's waits for them, by right.
          fc.pre(
            !faults.some(([[, field], value]) => field === 'owner' && value && typeof value === 'string'),
          )
          vi.stubGlobal('indexedDB', new IDBFactory())
          localStorage.clear()
          page.proxy.records.length = 0
          page.surveys.length = 0
          page.proxy.network = 'down'
          const first = page.start({ autoSurvey: false })
          await pass(1_000)
          const [{ name = '' } = {}] = await indexedDB.databases()
          await page.leave()
          first.stop()
          for (const [place, value] of faults) await corrupt(name, place, value)
          page.proxy.network = 'up'
          const next = page.start()
          next.page('https://shop.example/later')
          await pass(30_000)
          next.survey()
          await pass(30_000)
          await page.surveys.at(-1)?.options.onSubmit({ score: 9, text: '' })
          page.surveys.at(-1)?.close('response')
          await pass(30_000)
          const urls = page.proxy.records.map(({ event }) => ('url' in event ? event.url : event.type))
          expect(urls).toContain('https://shop.example/later')
          expect(urls).toContain('response')
          await expect(next.queue.inspect()).resolves.toMatchObject({ waiting: [] })
          await next.explain()
          await next.queue.resend()
          await pass(5_000)
          await page.leave()
          expect(uncaught).not.toHaveBeenCalled()
        },
      ),
      { numRuns: 40, endOnFailure: true },
    )
  })
})
