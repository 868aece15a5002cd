import type { VerdictRequest } from '../../wire/delivery.js'
import { mayRecord } from '../capture/privacy-signals.js'
import { OWN_MS } from '../courier/event-key.js'
import { hashIdentity } from '../identity/identity-hash.js'
import { WISHES } from '../settings/kinds.js'
import { DEFAULT_BASE, type HeldSettings, type Settings } from '../settings/settings.js'
import { openCoreDatabase } from '../storage/database.js'
import { configure } from './change-settings.js'
import type { Load } from './chunks.js'
import { rememberedConsent } from './consent.js'
import { createEmitter } from './emitter.js'
import { createPageEvents } from './page-events.js'
import type { PageSlot } from './page-slot.js'
import { pageOrigin } from './platform.js'
import type { WidgetCore } from './widget-core.js'

/** The settings that are wishes of the verdict's, under their wire names: `firstSurveyDays` is `first_survey_days`. */
const wishesOf = (settings: Settings): VerdictRequest =>
  Object.fromEntries(
    Object.keys(WISHES).map(name => [
      name.replace(/[A-Z]/g, '_$&').toLowerCase(),
      settings[name as keyof typeof WISHES],
    ]),
  )

export interface CoreOptions {
  settings: HeldSettings
  load: Load
  slot: PageSlot
  /** Ends it. */
  signal: AbortSignal
}

export function createCore({ settings, load, slot, signal }: CoreOptions): WidgetCore {
  const name = `zeroten:${settings.base ?? DEFAULT_BASE}`
  const emitter = createEmitter(settings)
  const core = {
    name,
    url: `${pageOrigin()}${name.slice(8)}/events`,
    settings,
    emitter,
    load,
    slot,
    listen: createPageEvents(emitter, signal),
    signal,
    consent: rememberedConsent(settings, name) ?? settings.consent ?? 'granted',
    isOff: navigator.webdriver && !settings.allowBots,
    isMoment: settings.autoSurvey !== false && !settings.eventName,
    isCalled: false,
    transact: openCoreDatabase(name),
    retryMs: OWN_MS / 2,
    pageKeys: new Set(),
    heldActs: new Map(),
    unsavedActs: new Map(),
    newViews: 0,
    viewsHere: 0,
    earlyUntilMs: 0,
    configure: emitter.guard(changes => configure(core, changes)),
    isAllowed: () => !core.isOff && core.consent === 'granted',
    identityHash: () => hashIdentity(settings),
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
    pageViews: () => (core.viewsBefore ?? 0) + core.viewsHere,
    gates: () => core,
  } as Partial<WidgetCore> as WidgetCore
  slot.pending ??= []
  return core
}
