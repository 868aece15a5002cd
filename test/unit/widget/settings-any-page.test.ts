import { IDBFactory } from 'fake-indexeddb'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { pageSlot } from '../../../src/widget/boot/page-slot.js'
import { startTag } from '../../../src/widget/boot/start-tag.js'
import type { Widget } from '../../../src/widget/boot/widget-api.js'
import * as notes from '../../../src/widget/diagnostics/notes.js'
import type { Identity } from '../../../src/widget/identity/identity.js'
import type { Settings } from '../../../src/widget/settings/settings.js'
import { SETTINGS } from '../../../src/widget/settings/settings-table.js'
import { readAttributes } from '../../../src/widget/settings/tag-settings.js'
import { createNames } from '../../../src/widget/wootric/compat.js'
import type { Given } from '../../../src/widget/wootric/to-settings.js'
import { pass } from '../../support/virtual-time.js'
import { openWidgetPage, type WidgetPage, yes } from '../../support/widget-page.js'

const NAMES = Object.keys(SETTINGS).filter(name => !/^(base|allowBots)$/.test(name))
/** What Wootric calls them: in its object, and on `window`. */
const WOOTRIC = [...new Set(Object.values(SETTINGS).flatMap(({ wootric = [] }) => wootric))].map(name =>
  name.replace(/\..*/, ''),
)

const circle: Record<string, unknown> = {}
circle.self = circle
const strange = fc.constantFrom<unknown>(
  circle,
  { properties: circle },
  Object.defineProperty({}, 'plan', { enumerable: true, get: () => JSON.parse('{') }),
  () => 1,
  Symbol('x'),
  10n ** 400n,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  new Date(Number.NaN),
  new Proxy({}, { ownKeys: () => ['a', 'a'] }),
  'x'.repeat(70_000),
  'good \ud83d',
  '\u0000',
)
const anything = fc.oneof(strange, fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }))
const settingsOf = (names: string[]) =>
  fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 8, noNullPrototype: true })

/** Ways in which a page says its settings. */
const WAYS: Record<
  string,
  { names?: string[]; start(page: WidgetPage, given: Record<string, unknown>): Widget | undefined }
> = {
  'createWidget()': { start: (page, given) => page.start(given) },
  'the tag': {
    start: (page, given) => page.start(readAttributes(given as DOMStringMap) as Settings),
  },
  'configure()': {
    start: (page, given) => {
      const widget = page.start()
      widget.configure(given)
      return widget
    },
  },
  'identify()': {
    start: (page, given) => {
      const widget = page.start()
      widget.identify(given as Identity)
      return widget
    },
  },
  'Wootric’s object': {
    names: WOOTRIC,
    start: (page, given) => {
      let widget: Widget | undefined
      const call = createNames({}, settings => {
        widget = page.start(settings)
        return widget
      })
      call([['run', given]])
      // A page whose settings can't be read at all has no survey, and no harm.
      return widget
    },
  },
}

/** What may rightly keep a survey away is taken back, and the page goes on. */
const carryOn = async (page: WidgetPage, widget: Widget) => {
  widget.consent(true)
  const none = Object.fromEntries(
    ['eventName', 'timeDelay', 'includePages', 'excludePages', 'hashRoutes'].map(name => [name, null]),
  )
  widget.configure({ ...none, ignorePrivacySignals: true } as unknown as Settings)
  widget.page('https://shop.example/later')
  widget.survey()
  await pass(15_000)
  await page.surveys.at(-1)?.options.onSubmit({ score: 9, text: '' })
  page.surveys.at(-1)?.close('response')
  await pass(15_000)
}

const RUNS = { numRuns: 15, endOnFailure: true }

describe('any value of any type in any setting', () => {
  it.each(Object.entries(WAYS))('lets a view and a response arrive, by %s', async (_, { names, start }) => {
    const page = openWidgetPage()
    page.chunks.notes = async () => notes
    vi.spyOn(console, 'info').mockReturnValue()
    vi.spyOn(console, 'warn').mockReturnValue()
    page.verdictOf = () => yes('ticket')
    const given = settingsOf(names ?? NAMES)
    await fc.assert(
      fc.asyncProperty(given, async settings => {
        vi.stubGlobal('indexedDB', new IDBFactory())
        localStorage.clear()
        page.proxy.records.length = 0
        page.surveys.length = 0
        const widget = start(page, settings)
        if (!widget) throw new Error('it never started')
        await carryOn(page, widget)
        const types = page.proxy.records.map(({ event }) => event.type)
        expect(types).toContain('page_view')
        expect(types).toContain('response')
        await page.leave()
      }),
      RUNS,
    )
  })

  it('lets a view arrive, by the stub’s queue and the page’s variables', async () => {
    const page = openWidgetPage()
    vi.stubGlobal('__BUILD__', 'none')
    const globals = fc.dictionary(
      fc.constantFrom(...WOOTRIC.filter(name => name.startsWith('wootric_'))),
      anything,
      { maxKeys: 3 },
    )
    await fc.assert(
      // No chunk can be loaded here, and a view that waits to be told who is here waits for one.
      fc.asyncProperty(
        settingsOf(NAMES.filter(name => name !== 'identity')).filter(
          ({ identityToken }) => typeof identityToken !== 'function',
        ),
        anything,
        globals,
        async (settings, early, variables) => {
          vi.stubGlobal('indexedDB', new IDBFactory())
          localStorage.clear()
          page.proxy.records.length = 0
          pageSlot().isTagged = undefined as never
          vi.stubGlobal('zeroten', { q: [early, ['configure', settings], ['identify', early], null] })
          for (const [name, value] of Object.entries(variables)) vi.stubGlobal(name, value)
          startTag(false)
          const { zeroten } = window
          zeroten?.('configure', { allowBots: true, ignorePrivacySignals: true })
          zeroten?.('consent', true)
          zeroten?.('page', 'https://shop.example/later')
          await pass(15_000)
          expect(page.proxy.records.map(({ event }) => event.type)).toContain('page_view')
          zeroten?.('stop')
          await pass(1_000)
        },
      ),
      RUNS,
    )
    onTestFinished(() => {
      Reflect.deleteProperty(window, 'zeroten')
    })
  })
})

describe('settings that change after the start', () => {
  it('take consent and refusal as consent() does', async () => {
    const page = openWidgetPage()
    const widget = page.start({ consent: 'pending' })
    await pass(5_000)
    expect(page.proxy.batches).toEqual([])
    widget.configure({ consent: 'granted' })
    await pass(5_000)
    expect(page.proxy.records).toHaveLength(1)
    widget.configure({ consent: 'refused' })
    widget.page('https://shop.example/never')
    await pass(15_000)
    expect(page.proxy.records).toHaveLength(1)
  })

  it('keep a visitor’s refusal where the page only starts again', async () => {
    const page = openWidgetPage()
    const widgets: Widget[] = []
    const call = createNames({ consent: 'granted' }, settings => {
      const widget = page.start(settings)
      widgets.push(widget)
      return widget
    })
    const given: Given = {}
    call([['run', given]])
    widgets[0]?.consent(false)
    await pass(1_000)
    const { length } = page.proxy.batches
    call([['run', given]])
    await pass(15_000)
    expect(page.proxy.batches).toHaveLength(length)
  })

  it('tell what is wrong once debug is on, each once', async () => {
    const page = openWidgetPage()
    page.chunks.notes = async () => notes
    const info = vi.spyOn(console, 'info').mockReturnValue()
    const widget = page.start({ produtName: 'Kestrel' } as Settings)
    await pass(100)
    expect(info).not.toHaveBeenCalled()
    widget.configure({ debug: true })
    widget.configure({ debug: true })
    await pass(100)
    expect(info.mock.calls).toEqual([['zeroten: produtName is no setting; productName is.']])
  })
})

describe('what does not fit', () => {
  it('is told by name, with what would', () => {
    const info = vi.spyOn(console, 'info').mockReturnValue()
    onTestFinished(() => info.mockRestore())
    const given = {
      form: 'popup',
      theme: 'dark',
      timeDelay: 1e9,
      registeredPercent: 140,
      minPageViews: -1,
      consent: 'analytics',
      scaleColour: 'three',
      email: null,
      resurveyDays: 30,
    }
    notes.tellNotes(given)
    notes.tellNotes(given)
    expect(info.mock.calls.map(([note]) => note)).toEqual([
      "zeroten: form can't be popup: it takes bar or popover or modal or inline.",
      "zeroten: timeDelay can't be 1000000000: it takes a number of seconds, 0 to 2147483.",
      "zeroten: registeredPercent can't be 140: it takes a number of percent, 0 to 100.",
      'zeroten: minPageViews is left out: it takes a number of times, 0 to 1000000.',
      'zeroten: consent is left out: it takes granted or pending or refused.',
      'zeroten: scaleColour is no setting; scaleColor is.',
    ])
  })
})

describe('Wootric’s names that are never called', () => {
  it('are told of in debug, and only there', async () => {
    const page = openWidgetPage()
    const info = vi.spyOn(console, 'info').mockReturnValue()
    vi.stubGlobal('__BUILD__', 'none')
    pageSlot().isTagged = undefined as never
    vi.stubGlobal('wootricSettings', {})
    startTag(true)
    await pass(30_000)
    expect(page.proxy.batches).toEqual([])
    expect(info).not.toHaveBeenCalled()
    notes.tellNotRun()
    expect(info.mock.calls.flat()).toEqual([expect.stringContaining("wootric('run')")])
  })
})
