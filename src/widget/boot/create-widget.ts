import { DELIVERY_VERSION, type Verdict, type VerdictRequest } from '../../wire/delivery.js'
import { isOwnerless, OWNERLESS_MS } from '../capture/ownerless.js'
import { normalizeUrl } from '../capture/page-url.js'
import { onPageView } from '../capture/page-views.js'
import { mayRecord } from '../capture/privacy-signals.js'
import type { Act } from '../capture/record-event.js'
import { uuid } from '../capture/uuid.js'
import { deviceMoment, secondsOf } from '../courier/event-time.js'
import type { Explanation } from '../diagnostics/explain.js'
import type { Identity } from '../identity/identity.js'
import { hashIdentity } from '../identity/identity-hash.js'
import { WISHES } from '../settings/kinds.js'
import { parseSettings } from '../settings/parse-settings.js'
import { fieldsOf } from '../settings/parse-value.js'
import { DEFAULT_BASE, type HeldSettings, type Settings } from '../settings/settings.js'
import type { State } from '../storage/shared-state.js'
import type { CloseReason } from '../survey/panel-types.js'
import type { Scheduler } from '../survey-flow/scheduler.js'
import type { Chunks, Load } from './chunks.js'
import type { WidgetContext } from './context.js'
import { createEmitter } from './emitter.js'
import { createPageEvents } from './page-events.js'
import type { PageSlot } from './page-slot.js'
import { nowMs, pageOrigin } from './platform.js'
import { createRecorder } from './recorder.js'
import type { Widget } from './widget-api.js'

/** The settings that are wishes of the verdict's, under their wire names: `firstSurveyDays` is `first_survey_days`. */
const wishesOf = (settings: Settings): VerdictRequest =>
  Object.fromEntries(
    Object.keys(WISHES).map(name => [
      name.replace(/[A-Z]/g, '_$&').toLowerCase(),
      settings[name as keyof typeof WISHES],
    ]),
  )

const rememberedConsent = (key: string) => {
  try {
    return (['granted', 'refused'] as const).find(choice => choice === localStorage[key])
  } catch {
    // Storage is blocked: the page has to ask again.
    return undefined
  }
}

/** Where what explains can't be loaded itself: then the survey can't either. */
const UNEXPLAINED: Explanation = {
  survey: false,
  gates: [
    {
      gate: 'survey_loads',
      open: false,
      value: 'tools',
      sentence:
        'Files of ours can’t be loaded: see the content security policy, and what is served under the proxy’s path.',
    },
  ],
}

const NOBODY: { [K in keyof Identity]: undefined } = {
  identityToken: undefined,
  email: undefined,
  createdAt: undefined,
  properties: undefined,
}

/** Use `createOne`, which sees to it that there is one widget a page and base. @param slot what it leaves to its successor */
export function startWidget(given: Settings, load: Load, slot: PageSlot): Widget {
  const parsed = parseSettings(given)
  /** A function that fetches the token takes no part in them. */
  const settings = { ...parsed, identityToken: undefined } as HeldSettings
  const base = settings.base ?? DEFAULT_BASE
  const name = `zeroten:${base}`
  const consentKey = `${name}:consent`
  let consent = (settings.rememberConsent && rememberedConsent(consentKey)) || settings.consent || 'granted'
  let isOff = navigator.webdriver && !settings.allowBots
  let isForgotten = false
  let isMoment = settings.autoSurvey !== false && !settings.eventName
  let isCalled = false
  /** This visitor's page views before this page, as the device counts them, and those on this page. */
  let viewsBefore: number | undefined
  let viewsHere = 0
  let hasBegun = false
  let hasActed = false
  /** Until when `identify()` may say whose this page's views are; 0 before the first of them. */
  let earlyUntilMs = 0
  let logOut: Act['change']
  let scheduler: Promise<Scheduler> | undefined
  slot.pending ??= []
  const { pending } = slot
  const inThisTick = new Set<string>()
  const leaving = new AbortController()
  const { signal } = leaving
  const isAllowed = () => !isOff && consent === 'granted'
  const emitter = createEmitter(settings)
  const { guard } = emitter
  const listen = createPageEvents(emitter, signal)
  const identityHash = () => hashIdentity(settings)
  /** What does not fit is told, to whoever wants to hear it. */
  const tellNotes = guard(async (given: unknown) => {
    if (settings.debug) (await load('notes')).tellNotes(given)
  })

  const context: WidgetContext = {
    name,
    url: `${pageOrigin()}${base}/events`,
    settings,
    emitter,
    load: load as WidgetContext['load'],
    listen,
    signal,
    configure: changes => configure(changes),
    isAllowed,
    identityHash,
    claim: () => ({
      token: settings.identityToken,
      email: settings.email,
      external_created_at: settings.createdAt,
      properties: settings.properties,
    }),
    request: () => ({
      ...wishesOf(settings),
      no_page_views: settings.autoPageViews === false || !mayRecord(settings) || undefined,
    }),
    pageViews: () => (viewsBefore ?? 0) + viewsHere,
    gates: () => ({ consent, isOff, isMoment, isCalled }),
  }

  const onState = guard(async (state: State, act: Act) => {
    const { known, isSurveyOpen } = state
    const { event, owner } = act
    viewsBefore ??= state.views ?? 0
    if ((event && hasActed) || owner !== identityHash()) return
    hasActed = true
    if (!isOwnerless(state, act)) consider(known[owner]?.verdict)
    // What an earlier page left; the journal is there where the database was not.
    if (isSurveyOpen || localStorage[name]) await withScheduler(({ resume }) => resume())
  })
  const recorder = createRecorder(context, { isForgotten: () => isForgotten, onState })

  const withScheduler = async (work: (scheduler: Scheduler) => unknown) => {
    scheduler ??= Promise.all([recorder.courier(), load('asking'), load('panel')]).then(
      ([courier, { createScheduler }, panel]) => createScheduler(context, courier, panel),
    )
    try {
      await work(await scheduler)
    } catch (error) {
      scheduler = undefined
      throw error
    }
  }

  const consider = guard((verdict: Verdict | undefined) => {
    if (verdict?.survey && isMoment && isAllowed()) return withScheduler(({ consider }) => consider(verdict))
  })

  const close = (reason: CloseReason) => scheduler?.then(({ close }) => close(reason))

  /** Calls a function of the chunk for what a page seldom asks. */
  const tool = <K extends keyof Chunks['tools']>(name: K) =>
    Promise.all([recorder.courier(), load('tools')]).then<unknown>(([courier, tools]) =>
      tools[name](context, courier),
    ) as ReturnType<Chunks['tools'][K]>

  /** All that must be known at its moment. */
  const makeAct = (url?: string): Act => {
    const moment = recorder.clock()?.moment() ?? deviceMoment()
    return {
      event: url
        ? { v: DELIVERY_VERSION, id: uuid(), type: 'page_view', at: secondsOf(moment), url }
        : undefined,
      moment,
      owner: identityHash(),
      claim: context.claim(),
      request: context.request(),
    }
  }

  const record = (act: Act, isUrgent?: boolean) => {
    const change = logOut
    logOut = undefined
    hasBegun = true
    earlyUntilMs ||= nowMs() + OWNERLESS_MS
    const mayWait = !act.owner && nowMs() < earlyUntilMs
    return recorder.record({ ...act, change, mayWait, isLater: !!settings.identity }, isUrgent)
  }

  const view = guard(async (url: string) => {
    viewsHere++
    scheduler?.then(({ navigated }) => navigated())
    if (!url || !mayRecord(settings) || inThisTick.has(url)) return
    inThisTick.add(url)
    setTimeout(() => inThisTick.clear())
    const act = makeAct(url)
    if (consent === 'pending') pending.push(act)
    if (isAllowed()) await record(act)
  })

  const ask = async (isUrgent?: boolean) => {
    if (isAllowed()) await record(makeAct(), isUrgent)
  }

  const start = guard(async () => {
    if (!isAllowed()) return
    const views = pending.splice(0)
    await Promise.all(views[0] ? views.map(view => record(view)) : [ask()])
  })

  const setConsent = async (next: typeof consent) => {
    consent = next
    if (next === 'granted') start()
    // What the visitor would say now could not be sent.
    else close('stop')
    if (next === 'refused') pending.length = 0
    if (settings.rememberConsent && next !== 'pending') localStorage[consentKey] = next
    if (next === 'refused') await recorder.withdraw()
  }

  /** A function in the token's place is asked for the token of whoever is here, unless that is known. */
  const takeOver = (changes: Settings | typeof NOBODY) => {
    const { identityToken } = settings
    const { identityToken: source } = changes
    Object.assign(settings, changes)
    if ('identityToken' in changes) context.tokenSource = undefined
    if (typeof source !== 'function') return
    Object.assign(settings, { identityToken, identity: 'later' })
    earlyUntilMs = 0
    context.tokenSource = source
    askSource()
  }
  const askSource = guard(async () => (await load('problems')).askSource(context))
  takeOver(parsed)

  const configure = guard(async (given: object) => {
    const before = identityHash()
    const changes = parseSettings(given)
    takeOver(changes)
    tellNotes(changes.debug ? { ...settings, ...given } : given)
    if (changes.consent) await setConsent(changes.consent)
    // One person's open draft is never shown to the next: it becomes its score's response.
    if (identityHash() !== before) close('score')
    // Before it has begun, the first page view will ask anyhow.
    if (!hasBegun || (identityHash() === before && !('identityToken' in changes))) return
    const named = identityHash()
    await recorder.settle(named)
    const change = logOut
    if (named) logOut = state => ({ ...change?.(state), named })
    await ask()
  })

  const identify = (next?: Identity) => {
    // Of whom a function says who they are, nothing is known until it has.
    if (typeof next?.identityToken === 'function') takeOver(NOBODY)
    return configure({ ...NOBODY, ...Object.fromEntries(fieldsOf(next)) })
  }

  const survey = guard(() => {
    isMoment = isCalled = true
    return ask(true)
  })

  const stop = () => {
    if (isAllowed()) recorder.leave()
    slot.widget = undefined
    leaving.abort()
    isOff = true
    return close('stop')
  }

  /** Nothing of what this page holds is sent or kept any more. */
  const forgetHere = () => {
    isForgotten = true
    isOff = true
    return stop()
  }

  const begin = guard(() => {
    if (isOff) return
    listen('pagehide', () => isAllowed() && recorder.leave())
    // Another tab forgets: see `diagnostics/forget.ts`.
    listen('storage', ({ newValue }: StorageEvent) => newValue === name && forgetHere())
    if (settings.autoPageViews !== false) onPageView(settings, view, { slot, guard, listen, signal })
    if (!hasBegun || pending[0]) start()
  })
  tellNotes(given)
  // A moment later, so that a widget which is stopped at once, as by React's StrictMode, has never begun.
  queueMicrotask(begin)
  emitter.on('verdict', consider)

  return {
    on: emitter.on,
    page: guard(url => view(normalizeUrl(url, settings))),
    identify,
    reset: guard(() => {
      const session = uuid()
      // Whom the host's session named, no page can tell: that person's ticket and draft go with them.
      const change: Act['change'] = ({ known }) => ({
        known: { ...known, '': {} },
        session,
        named: undefined,
        views: 0,
      })
      // What was seen until now is not of whoever comes next.
      const settled = recorder.settle('')
      logOut = change
      close('score')
      identify()
      return settled
    }),
    configure,
    survey,
    event: guard(eventName => {
      if (eventName === settings.eventName) survey()
    }),
    consent: guard(isGiven => setConsent(isGiven ? 'granted' : 'refused')),
    preview: guard(changes => withScheduler(({ preview }) => preview(parseSettings(changes)))),
    stop: guard(stop),
    forget: () => {
      forgetHere()
      return tool('forget')
    },
    explain: () => tool('explain').catch(() => UNEXPLAINED),
    queue: {
      inspect: () => tool('inspect'),
      resend: () => tool('resend'),
    },
  }
}
