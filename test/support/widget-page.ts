import 'fake-indexeddb/auto'
import { randomUUID } from 'node:crypto'
import { IDBFactory } from 'fake-indexeddb'
import { onTestFinished, vi } from 'vitest'
import type { Load } from '../../src/widget/boot/chunks.js'
import { startWidget } from '../../src/widget/boot/create-widget.js'
import type { PageSlot } from '../../src/widget/boot/page-slot.js'
import type { Widget } from '../../src/widget/boot/widget-api.js'
import * as courier from '../../src/widget/courier/courier.js'
import * as diagnostics from '../../src/widget/diagnostics/diagnostics.js'
import * as problems from '../../src/widget/diagnostics/problems.js'
import type { Settings } from '../../src/widget/settings/settings.js'
import type { CloseReason, Panel, PanelOptions } from '../../src/widget/survey/panel-types.js'
import * as drafts from '../../src/widget/survey-flow/left-behind.js'
import * as scheduler from '../../src/widget/survey-flow/scheduler.js'
import type { Batch, DeliveryEvent, Verdict } from '../../src/wire/delivery.js'
import { createFakeProxy, type FakeProxy } from './fake-proxy.js'
import { fakeTime, pass, turns } from './virtual-time.js'

const LATENCY_MS = 40
const OPEN = Symbol.for('zeroten.open')

/** A survey on the screen, by what its visitor does there. */
export interface Survey extends Panel {
  options: PanelOptions
  /** Why it went. */
  closed?: CloseReason
}

/** A site's page with the whole widget but the survey's looks, and the proxy behind it. */
export interface WidgetPage {
  proxy: FakeProxy
  /** Whom the host's session names, which counts for more than what the page says. */
  session: string | undefined
  /** What the proxy says when it is asked. @default no */
  verdictOf(batch: Batch): Verdict
  /** What came onto the screen, the oldest first. */
  surveys: Survey[]
  /** @throws where there is none */
  survey(index?: number): Survey
  /** By name, each as it comes when it is asked for. */
  chunks: Record<string, () => Promise<object>>
  /** What a survey waits for before it is on the screen: the words of its language. */
  beforeShow(): Promise<void>
  /** Starts a widget, which asks at once unless `settings` say otherwise, on a new page, which may be beside others: each tab has a window of its own. */
  start(settings?: Settings, slot?: PageSlot): Widget
  /** All pages go. */
  leave(): Promise<void>
  /** All pages die: what they do to `localStorage` as they are cleared away, they would not have done. */
  vanish(): Promise<void>
  /** What visitors gave, as it is on record: responses, declines and opt-outs. */
  answers(): (DeliveryEvent & { whose: string })[]
}

export const no = (): Verdict => ({ survey: false, until: 0 })
export const yes = (ticket: string): Verdict => ({
  survey: true,
  ticket,
  until: Math.floor(Date.now() / 1_000) + 3_600,
})

const showPanelOf = (surveys: Survey[], before: () => Promise<void>) => async (options: PanelOptions) => {
  await before()
  const survey: Survey = {
    options,
    close(reason) {
      if (survey.closed) return
      survey.closed = reason
      options.onClose(reason)
    },
  }
  surveys.push(survey)
  return survey
}

/** Time stands still from here on, to be passed by hand; everything is as it was at the end of the test. */
export function openWidgetPage({ keys = true } = {}): WidgetPage {
  // First: the proxy has the same clock.
  fakeTime()
  const proxy = createFakeProxy({ keys })
  const base = `/${randomUUID()}`
  const surveys: Survey[] = []
  const running: Widget[] = []

  const panel = { prepare: async () => undefined, showPanel: showPanelOf(surveys, () => page.beforeShow()) }
  const load = (async (name: string) => page.chunks[name]?.()) as unknown as Load

  const openWindow = () => {
    delete (window as { [OPEN]?: boolean })[OPEN]
  }
  const stopAll = () => {
    for (const widget of running.splice(0)) widget.stop()
  }

  localStorage.clear()
  vi.stubGlobal('indexedDB', new IDBFactory())
  vi.stubGlobal('origin', location.origin)
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    const batch = JSON.parse(String(init.body)) as Batch
    const { identity, ask } = batch
    const { session } = page
    const isUp = proxy.network === 'up'
    const answer =
      isUp &&
      proxy.take(identity && session ? { ...batch, identity: { ...identity, email: session } } : batch)
    const verdict = ask && page.verdictOf(batch)
    await new Promise(resolve => setTimeout(resolve, LATENCY_MS))
    if (!answer) throw new TypeError('Failed to fetch')
    return new Response(JSON.stringify({ ...answer, ...(verdict && { verdict }) }))
  })
  onTestFinished(async () => {
    stopAll()
    await turns()
    openWindow()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  const page: WidgetPage = {
    proxy,
    session: undefined,
    verdictOf: no,
    surveys,
    chunks: {
      courier: async () => courier,
      diagnostics: async () => diagnostics,
      problems: async () => problems,
      scheduler: async () => scheduler,
      drafts: async () => drafts,
      panel: async () => panel,
    },
    beforeShow: async () => undefined,
    survey: (index = 0) => {
      const survey = surveys[index]
      if (!survey) throw new Error(`${surveys.length} surveys have been shown`)
      return survey
    },
    start: (settings, slot = {}) => {
      openWindow()
      const widget = startWidget({ base, allowBots: true, timeDelay: 0, ...settings }, load, slot)
      slot.widget = widget
      running.push(widget)
      return widget
    },
    leave: async () => {
      stopAll()
      await pass(1_000)
    },
    vanish: async () => {
      const left = { ...localStorage }
      await page.leave()
      localStorage.clear()
      Object.assign(localStorage, left)
    },
    answers: () =>
      proxy.records
        .filter(({ event }) => !/^(page_view|impression)$/.test(event.type))
        .map(({ event, whose }) => ({ ...event, whose })),
  }
  return page
}
