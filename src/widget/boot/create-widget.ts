import { normalizeUrl } from '../capture/page-url.js'
import { onPageView } from '../capture/page-views.js'
import type { Explanation } from '../diagnostics/explain.js'
import { parseSettings } from '../settings/parse-settings.js'
import type { HeldSettings, Settings } from '../settings/settings.js'
import { callCourier } from './call-courier.js'
import { identify, reset, takeOver, tellNotes } from './change-settings.js'
import type { Chunks, Load } from './chunks.js'
import { setConsent } from './consent.js'
import { createCore } from './create-core.js'
import type { PageSlot } from './page-slot.js'
import { ask, createView, start } from './record-acts.js'
import { leavePage } from './recorder.js'
import { closeSurvey, consider, withScheduler } from './survey-door.js'
import type { Widget } from './widget-api.js'
import type { WidgetCore } from './widget-core.js'

/** Where what explains can't be loaded itself: then the survey can't either. */
const UNEXPLAINED: Explanation = {
  survey: false,
  gates: [
    {
      gate: 'survey_loads',
      open: false,
      value: 'diagnostics',
      sentence:
        'Our files can’t be loaded: see the content security policy, and what is served under the proxy’s path.',
    },
  ],
}

/** Calls a function of the chunk for what a page seldom asks. */
const diagnose = <K extends keyof Chunks['diagnostics']>(core: WidgetCore, name: K) =>
  Promise.all([callCourier(core), core.load('diagnostics')]).then<unknown>(([courier, diagnostics]) =>
    diagnostics[name](core, courier),
  ) as ReturnType<Chunks['diagnostics'][K]>

/** Use `createOne`, which sees to it that there is one widget a page and base. @param slot what it leaves to its successor */
export function startWidget(given: Settings, load: Load, slot: PageSlot): Widget {
  const parsed = parseSettings(given)
  const leaving = new AbortController()
  const { signal } = leaving
  // A function that fetches the token takes no part in the settings.
  const settings = { ...parsed, identityToken: undefined } as HeldSettings
  const core = createCore({ settings, load, slot, signal })
  const { guard, on } = core.emitter
  const view = createView(core)
  takeOver(core, parsed)

  const stop = () => {
    if (core.isAllowed()) leavePage(core)
    slot.widget = undefined
    leaving.abort()
    core.isOff = true
    return closeSurvey(core, 'stop')
  }
  /** Nothing of what this page holds is sent or kept any more. */
  const forgetHere = () => {
    core.isForgotten = core.isOff = true
    return stop()
  }
  const begin = guard(() => {
    if (core.isOff) return
    core.listen('pagehide', () => core.isAllowed() && leavePage(core))
    // Another tab forgets: see `diagnostics/forget.ts`.
    core.listen('storage', ({ newValue }: StorageEvent) => newValue === core.name && forgetHere())
    if (settings.autoPageViews !== false) onPageView(core, view)
    if (!core.hasBegun || slot.pending?.[0]) return start(core)
  })
  tellNotes(core, given)
  // A moment later, so that a widget which is stopped at once, as by React's StrictMode, has never begun.
  queueMicrotask(begin)
  on(
    'verdict',
    guard(verdict => consider(core, verdict)),
  )
  return createApi(core, { view, stop, forgetHere })
}

interface ApiParts {
  view(url: string): Promise<void>
  stop(): unknown
  forgetHere(): unknown
}

function createApi(core: WidgetCore, { view, stop, forgetHere }: ApiParts): Widget {
  const { settings } = core
  const { guard, on } = core.emitter
  const survey = guard(() => {
    core.isMoment = core.isCalled = true
    return ask(core, true)
  })
  return {
    on,
    page: guard(url => view(normalizeUrl(url, settings))),
    identify: next => identify(core, next),
    reset: guard(() => reset(core)),
    configure: core.configure,
    survey,
    event: guard(eventName => {
      if (eventName === settings.eventName) survey()
    }),
    consent: guard(isGiven => setConsent(core, isGiven ? 'granted' : 'refused')),
    preview: guard(changes => withScheduler(core, ({ preview }) => preview(parseSettings(changes)))),
    stop: guard(stop),
    forget: () => {
      forgetHere()
      return diagnose(core, 'forget')
    },
    explain: () => diagnose(core, 'explain').catch(() => UNEXPLAINED),
    queue: {
      inspect: () => diagnose(core, 'inspect'),
      resend: () => diagnose(core, 'resend'),
    },
  }
}
