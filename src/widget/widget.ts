import { DELIVERY_VERSION, type VerdictRequest } from '../wire/delivery.js'
import { createAsking } from './asking.js'
import { createClock, type Moment } from './clock.js'
import { createEmitter, type Emitter } from './emitter.js'
import { createFlusher } from './flusher.js'
import { createIdentity, type Identity } from './identity.js'
import type { Loader } from './loader.js'
import { createLock } from './lock.js'
import { mayRecord, normalizeUrl, onPageView } from './page-views.js'
import { createQueue } from './queue.js'
import { DEFAULT_BASE, type Settings } from './settings.js'
import { createStore } from './store.js'
import { uuid } from './uuid.js'

/** Page views wait so long for company. */
const GATHER_MS = 2_000
const IDLE_MS = 1_000

/** The widget on one page. Every method is safe to call at any time and never throws into the page. */
export interface Widget {
  /** Records a page view by hand. @param url default: the page's own */
  page(url?: string): void
  /** Says who is here from now on. What happened before stays with whoever it was. */
  identify(identity: Identity): void
  /** Log-out: nobody in particular is here from now on. */
  reset(): void
  /** Asks now, where the proxy agrees; passes over `autoSurvey` and `eventName`. */
  survey(): void
  /** A named moment of the page: asks where `eventName` is this name. */
  event(name: string): void
  /** Gives or refuses consent. A refusal forgets the page views that were waiting for it. */
  consent(isGiven: boolean): void
  /** Takes the survey off the screen, which is no decline, and leaves the page as if we had never come. */
  stop(): void
  /** Listens to what happens. @returns how to stop listening */
  on: Emitter['on']
}

const verdictRequest = (settings: Settings, isRefused: boolean, isOptedOut: boolean): VerdictRequest => {
  const wishes = {
    survey_immediately: settings.surveyImmediately || undefined,
    opted_out: isOptedOut || undefined,
    consent_refused: isRefused || undefined,
    no_page_views: settings.autoPageViews === false || !mayRecord(settings) || undefined,
    event_name: settings.eventName,
    first_survey_days: settings.firstSurveyDays,
    resurvey_days: settings.resurveyDays,
    decline_resurvey_days: settings.declineResurveyDays,
    registered_percent: settings.registeredPercent,
    visitor_percent: settings.visitorPercent,
    min_page_views: settings.minPageViews,
  }
  return Object.fromEntries(Object.entries(wishes).filter(([, wish]) => wish !== undefined))
}

export function startWidget(settings: Settings, load: Loader): Widget {
  const base = settings.base ?? DEFAULT_BASE
  // Two widgets under two bases share nothing: store, lock and journal are named by the base.
  const name = `zeroten:${base}`
  const emitter = createEmitter(settings.debug)
  const { guard } = emitter
  const clock = createClock()
  const store = createStore(
    name,
    guard(() => queue.restore()),
  )
  const queue = createQueue(store, emitter)
  const identity = createIdentity(store, settings)
  const flusher = createFlusher({
    url: `${base}/events`,
    store,
    queue,
    identity,
    clock,
    emitter,
    withLock: createLock(name, uuid(), store),
    onVerdict: verdict => asking.onVerdict(verdict),
  })
  const request = () => verdictRequest(settings, consent === 'refused', identity.isOptedOut())
  const asking = createAsking({ name, settings, load, store, emitter, clock, identity, flusher, request })

  let consent = settings.consent ?? 'granted'
  let isOff = navigator.webdriver && !settings.allowBots
  let isFirst = true
  let loading: Promise<void> | undefined
  /** Page views while consent is pending. */
  const pending: [url: string, moment: Moment][] = []
  const stops: (() => void)[] = []

  const loadIdentity = () => {
    loading ??= identity.load()
    return loading
  }

  const addPageView = async (url: string, moment: Moment) => {
    await loadIdentity()
    const { ticket } = identity.known()
    const at = Math.floor(moment.atMs / 1_000)
    await flusher.add(
      { v: DELIVERY_VERSION, id: uuid(), type: 'page_view', at, url, ...(ticket && { ticket }) },
      moment,
    )
  }

  const record = guard(async (url: string) => {
    const moment = clock.moment()
    if (isOff || consent === 'refused' || !mayRecord(settings)) return
    if (consent === 'pending') return pending.push([url, moment])
    await addPageView(url, moment)
    flusher.ask(request())
    if (isFirst) whenIdle(() => flusher.flush(0))
    else flusher.flush(GATHER_MS)
    isFirst = false
  })

  const whenIdle = (work: () => void) =>
    'requestIdleCallback' in window ? requestIdleCallback(work, { timeout: IDLE_MS }) : setTimeout(work)

  const start = guard(async () => {
    if (isOff || consent !== 'granted') return
    await loadIdentity()
    for (const [url, moment] of pending.splice(0)) await addPageView(url, moment)
    flusher.ask(request())
    flusher.flush(Math.random() * GATHER_MS)
    await asking.resume()
    asking.remembered()
  })

  const wake = guard(({ type }: Event) => {
    if (isOff || consent === 'pending') return
    if (type === 'online') flusher.flush(1_000 + Math.random() * 3_000, true)
    else if (type === 'pagehide') flusher.leave()
    else if (type === 'pageshow' || document.visibilityState === 'hidden') flusher.flush(0)
  })

  const identify = guard(async (next: Identity) => {
    const before = identity.who()
    // One person's open draft is never shown to the next: it becomes its score's response.
    if (identity.whoIs(next) !== before) await asking.close('score')
    identity.set(next)
    flusher.identityChanged()
    flusher.ask(request())
    if (consent !== 'pending') flusher.flush(0)
  })

  if (!isOff) {
    for (const [target, type] of [
      [window, 'online'],
      [window, 'pageshow'],
      [window, 'pagehide'],
      [document, 'visibilitychange'],
    ] as const) {
      target.addEventListener(type, wake)
      stops.push(() => target.removeEventListener(type, wake))
    }
    start()
    if (settings.autoPageViews !== false) stops.push(onPageView(settings, emitter, record))
  }

  return {
    on: emitter.on,
    page: guard(url => record(normalizeUrl(url ?? location.href, settings))),
    identify,
    reset: () => identify({}),
    survey: guard(() => asking.now()),
    event: guard(eventName => {
      if (eventName === settings.eventName) asking.now()
    }),
    consent: guard(isGiven => {
      consent = isGiven ? 'granted' : 'refused'
      if (!isGiven) pending.length = 0
      start()
    }),
    stop: guard(() => {
      isOff = true
      for (const stop of stops) stop()
      flusher.stop()
      return asking.close('stop')
    }),
  }
}
