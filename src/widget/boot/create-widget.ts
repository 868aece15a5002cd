import { DELIVERY_VERSION, type Verdict, type VerdictRequest } from '../../wire/delivery.js'
import { OWNERLESS, OWNERLESS_MS } from '../capture/ownerless.js'
import { normalizeUrl } from '../capture/page-url.js'
import { mayRecord, onPageView } from '../capture/page-views.js'
import { uuid } from '../capture/uuid.js'
import { createClock, type Moment, secondsOf } from '../courier/event-time.js'
import { createFlusher } from '../courier/flusher.js'
import { createLock } from '../courier/lock.js'
import { createQueue } from '../courier/queue.js'
import { createStore } from '../courier/store.js'
import type { Identity } from '../identity/identity.js'
import { hashIdentity } from '../identity/identity-hash.js'
import { WISHES } from '../settings/kinds.js'
import { parseSettings } from '../settings/parse-settings.js'
import { fieldsOf } from '../settings/parse-value.js'
import { DEFAULT_BASE, type Settings } from '../settings/settings.js'
import { within } from '../storage/database.js'
import { createState, type State } from '../storage/shared-state.js'
import type { CloseReason } from '../survey/panel-types.js'
import type { Asking } from '../survey-flow/scheduler.js'
import type { Lent, Load, Tools } from './chunks.js'
import { createEmitter } from './emitter.js'
import type { Place } from './page-slot.js'
import { pageOrigin } from './platform.js'
import type { Widget } from './widget-api.js'

/** Page views wait so long for company. */
const GATHER_MS = 2_000

/** The settings that are wishes of the verdict's, under their wire names: `firstSurveyDays` is `first_survey_days`. */
const wishesOf = (settings: Settings): VerdictRequest =>
  Object.fromEntries(
    Object.keys(WISHES).map(name => [
      name.replace(/[A-Z]/g, '_$&').toLowerCase(),
      settings[name as keyof typeof WISHES],
    ]),
  )

const nothing = () => undefined

const rememberedConsent = (key: string) => {
  try {
    return (['granted', 'refused'] as const).find(choice => choice === localStorage[key])
  } catch {
    // Storage is blocked: the page has to ask again.
    return undefined
  }
}

const NOBODY: { [K in keyof Identity]: undefined } = {
  identityToken: undefined,
  email: undefined,
  createdAt: undefined,
  properties: undefined,
}

/** Use `createOne`, which sees to it that there is one widget a page and base. @param place what it leaves to its successor */
export function startWidget(given: Settings, load: Load, place: Place): Widget {
  const settings = parseSettings(given)
  const base = settings.base ?? DEFAULT_BASE
  // Two widgets under two bases share nothing: store, lock and journal are named by the base.
  const name = `zeroten:${base}`
  const consentKey = `${name}:consent`
  let consent = (settings.rememberConsent && rememberedConsent(consentKey)) || settings.consent || 'granted'
  let isOff = navigator.webdriver && !settings.allowBots
  /** Without consent nothing is stored and nothing is sent. */
  const isAllowed = () => !isOff && consent === 'granted'
  /** Whether a yes may put the question by itself. */
  let isMoment = settings.autoSurvey !== false && !settings.eventName
  let isFirst = true
  /** Whether there is still time for `identify()` to say whose this page's views are. */
  let isEarly = true
  let isSettling = false
  let loading: Promise<void> | undefined
  /** What a log-out makes of what the device knows, as soon as that may be written. */
  let logOut: ((state: State) => Partial<State>) | undefined
  let asking: Promise<Asking> | undefined
  /** Page views while consent is pending; a widget that starts after this one takes them over. */
  place.pending ??= []
  const { pending } = place
  const inThisTick = new Set<string>()
  const leaving = new AbortController()
  const { signal } = leaving

  const who = () => hashIdentity(settings)
  const emitter = createEmitter(settings)
  const { guard } = emitter
  /** What does not fit is told, to whoever wants to hear it. */
  const tellNotes = guard(async (given: unknown) => {
    if (settings.debug) (await load('notes')).tellNotes(given)
  })
  const clock = createClock()
  const store = createStore(
    name,
    guard(() => {
      // First, so that nobody makes the device a new one meanwhile.
      state.storeAgain()
      return queue.storeAgain()
    }),
  )
  const state = createState(store)
  const queue = createQueue(store, emitter, () => within(5_000, tool('makeRoom')))
  const parts = {
    name,
    settings,
    store,
    state,
    queue,
    emitter,
    clock,
    withLock: createLock(name, state),
    signal,
    who,
    load,
    gatesHere: () => ({ consent, isOff, isMoment }),
  }
  const flusher = createFlusher({
    ...parts,
    isAllowed,
    // Not relative: a page's <base> may lead elsewhere.
    url: `${pageOrigin()}${base}/events`,
    claim: () => ({
      anonymous_id: state.get().anonymousId,
      token: settings.identityToken,
      email: settings.email,
      external_created_at: settings.createdAt,
      properties: settings.properties,
    }),
    onOwnerless: () => settleSoon(),
    onVerdict: guard(verdict => {
      emitter.emit('verdict', verdict)
      return consider(verdict)
    }),
  })
  const lent: Lent = { ...parts, flusher }

  const known = () => state.get().known[who()]

  const withAsking = async (work: (asking: Asking) => unknown) => {
    asking ??= Promise.all([load('asking'), load('panel')]).then(([{ createAsking }, panel]) =>
      createAsking(lent, panel),
    )
    try {
      await work(await asking)
    } catch (error) {
      asking = undefined
      throw error
    }
  }

  const close = (reason: CloseReason) => asking?.then(({ close }) => close(reason))

  /** Calls a function of the chunk for what a page seldom asks. */
  const tool = <K extends Exclude<keyof Tools, 'bury' | 'care' | 'keepRest' | 'told'>>(name: K) =>
    load('tools').then<unknown>(tools => tools[name](lent)) as ReturnType<Tools[K]>

  const consider = (verdict: Verdict | undefined) => {
    if (verdict?.survey && isMoment && isAllowed()) return withAsking(({ consider }) => consider(verdict))
  }

  const wantVerdict = (withinMs?: number, isUrgent?: boolean) =>
    flusher.ask(
      {
        ...wishesOf(settings),
        opted_out: state.get().isOptedOut,
        session_page_views: state.get().views,
        no_page_views: settings.autoPageViews === false || !mayRecord(settings) || undefined,
      },
      withinMs,
      isUrgent,
    )

  /** What this device knows already, before the first event is added. */
  const loaded = () => {
    loading ??= state.update(logOut)
    return loading
  }

  /** Whether the page is likely to say soon who is here. Where storage fails, nothing may wait: the page may go. */
  const isAwaited = () => isEarly && !!(settings.identity || state.get().named) && !store.isVolatile()

  /** Where the chunk can't be had, they wait for the next page. @param here default: who is here by then */
  const settle = (here?: string) =>
    load('tools').then(({ settleOwners }) => settleOwners(lent, here), nothing)

  const settleSoon = () => {
    if (isSettling) return
    isSettling = true
    setTimeout(
      guard(async () => {
        isEarly = isSettling = false
        if (!isAllowed()) return
        await settle()
        if (!who()) await consider(known()?.verdict)
        wantVerdict()
      }),
      OWNERLESS_MS,
    )
  }

  const addPageView = async (url: string, moment: Moment, here: string) => {
    await loaded()
    if (state.get().isOptedOut) return
    const whose = !here && isAwaited() ? OWNERLESS : here
    await state.update(({ views = 0 }) => ({ views: views + 1 }))
    // It may have been refused meanwhile.
    if (!isAllowed()) return
    await flusher.add(
      {
        v: DELIVERY_VERSION,
        id: uuid(),
        type: 'page_view',
        at: secondsOf(moment),
        url,
        ticket: state.get().known[whose]?.ticket,
      },
      moment,
      whose,
    )
    if (whose === OWNERLESS && (who() || !isEarly)) await settle()
  }

  const record = guard(async (url: string) => {
    const moment = clock.moment()
    // Whoever comes while the store is opened has not seen this page.
    const whose = who()
    asking?.then(({ navigated }) => navigated())
    if (!url || !mayRecord(settings) || inThisTick.has(url)) return
    inThisTick.add(url)
    setTimeout(() => inThisTick.clear())
    if (consent === 'pending') pending.push([url, moment, whose])
    if (!isAllowed()) return
    await addPageView(url, moment, whose)
    if (who() || !isAwaited()) wantVerdict(GATHER_MS)
    // Safari has no idle callbacks. Where the page is never idle, it goes with the wish for a verdict.
    if (isFirst) (window.requestIdleCallback ?? setTimeout)(() => flusher.flush())
    isFirst = false
  })

  /** What an earlier page left; the journal is there where the database was not. @throws where storage is blocked */
  const takeUp = () => {
    if (state.get().isSurveyOpen || localStorage[name]) return withAsking(({ resume }) => resume())
  }

  const start = guard(async () => {
    if (!isAllowed()) return
    await loaded()
    await Promise.all(pending.splice(0).map(view => addPageView(...view)))
    if (!who() && isAwaited()) settleSoon()
    else {
      wantVerdict(Math.random() * GATHER_MS)
      await consider(known()?.verdict)
    }
    await takeUp()
  })

  const setConsent = async (next: typeof consent) => {
    consent = next
    if (next === 'granted') start()
    // What the visitor would say now could not be sent.
    else close('stop')
    if (next === 'refused') pending.length = 0
    if (settings.rememberConsent && next !== 'pending') localStorage[consentKey] = next
    if (next === 'refused') await withdraw()
  }

  const configure = guard(async (given: object) => {
    const before = who()
    const changes = parseSettings(given)
    Object.assign(settings, changes)
    tellNotes(changes.debug ? { ...settings, ...given } : given)
    if (changes.consent && changes.consent !== consent) await setConsent(changes.consent)
    // One person's open draft is never shown to the next: it becomes its score's response.
    if (who() !== before) close('score')
    // Before it has begun, the first page view will ask anyhow.
    if (!loading || !isAllowed() || (who() === before && !('identityToken' in changes))) return
    await loaded()
    if (who()) await settle()
    wantVerdict()
    await takeUp()
  })

  const identify = (next?: Identity) => configure({ ...NOBODY, ...Object.fromEntries(fieldsOf(next)) })

  const ask = guard(async () => {
    isMoment = true
    if (!isAllowed()) return
    await loaded()
    await consider(known()?.verdict)
    wantVerdict(0, true)
  })

  /** A refusal takes back the page views that wait, also an earlier page's; what the visitor gave stays. */
  const withdraw = async () => {
    // No database is made by looking for one.
    if (loading || (await indexedDB.databases?.())?.some(({ name: other }) => other === name))
      await queue.remove((await queue.keys()).filter(({ isPageView }) => isPageView))
  }

  const stop = () => {
    // What memory alone has would go with this widget.
    if (isAllowed() && store.isVolatile()) flusher.leave()
    isOff = true
    place.widget = undefined
    leaving.abort()
    return close('stop')
  }

  /** Nothing of what this page holds is sent or kept any more. */
  const forgetHere = () => {
    isOff = true
    return stop()
  }

  const begin = guard(() => {
    if (isOff) return
    // What is the document's comes by on its way to it.
    const wake = (type: string, work: (event: Event) => unknown) =>
      addEventListener(
        type,
        guard((event: Event) => isAllowed() && work(event)),
        { capture: true, signal },
      )
    wake('online', () => flusher.flush(1_000 + Math.random() * 3_000, true))
    // Another tab forgets: see `forget` in diagnostics/tools.ts.
    wake('storage', event => (event as StorageEvent).newValue === name && forgetHere())
    // A page that begins to flush as it goes takes the lock along, and the next one's wish for it would throw this one
    // out of the back/forward cache.
    let isGone = false
    wake('pagehide', () => {
      isGone = true
      flusher.leave()
    })
    wake('pageshow', () => {
      isGone = false
      flusher.flush()
    })
    wake('visibilitychange', () => isGone || flusher.flush())
    start()
    if (settings.autoPageViews !== false) onPageView(settings, record, { place, guard, signal })
  })
  tellNotes(given)
  // A moment later, so that who stops it at once, as React's StrictMode does, has never had it.
  queueMicrotask(begin)

  return {
    on: emitter.on,
    page: guard(url => record(normalizeUrl(url, settings))),
    identify,
    reset: guard(() => {
      // Whom the host's session named, no page can tell: that person's ticket and draft go with them.
      // What was seen until now is not of whoever comes next.
      const settled = isAllowed() && loading?.then(() => settle(''))
      logOut = ({ known }) => ({ known: { ...known, '': {} }, session: uuid(), named: undefined, views: 0 })
      loading = undefined
      if (isAllowed()) loaded()
      close('score')
      identify()
      return settled
    }),
    configure,
    survey: ask,
    event: guard(eventName => {
      if (eventName === settings.eventName) ask()
    }),
    consent: guard(isGiven => setConsent(isGiven ? 'granted' : 'refused')),
    preview: guard(changes => withAsking(({ preview }) => preview(parseSettings(changes)))),
    stop: guard(stop),
    forget: () => {
      forgetHere()
      return tool('forget')
    },
    explain: () => tool('explain'),
    queue: {
      inspect: () => tool('inspect'),
      resend: () => tool('resend'),
    },
  }
}
