import type { Act } from '../capture/record-event.js'
import { uuid } from '../capture/uuid.js'
import type { Identity } from '../identity/identity.js'
import { parseSettings } from '../settings/parse-settings.js'
import { fieldsOf } from '../settings/parse-value.js'
import type { Settings } from '../settings/settings.js'
import { setConsent } from './consent.js'
import { ask } from './record-acts.js'
import { settleOwner } from './recorder.js'
import { closeSurvey } from './survey-door.js'
import type { WidgetCore } from './widget-core.js'

const NOBODY: { [K in keyof Identity]: undefined } = {
  identityToken: undefined,
  email: undefined,
  createdAt: undefined,
  properties: undefined,
}

/** Tells what does not fit, where the page wants to hear it. */
export const tellNotes = ({ settings, load, emitter }: WidgetCore, given: unknown): Promise<void> =>
  emitter.guard(async () => {
    if (settings.debug) (await load('notes')).tellNotes(given)
  })()

/** A function in the token's place is asked for the token of whoever is here, unless that is known. */
export function takeOver(core: WidgetCore, changes: Settings | typeof NOBODY): void {
  const { settings } = core
  const { identityToken } = settings
  const { identityToken: source } = changes
  Object.assign(settings, changes)
  if ('identityToken' in changes) core.tokenSource = undefined
  if (typeof source !== 'function') return
  Object.assign(settings, { identityToken, identity: 'later' })
  core.earlyUntilMs = 0
  core.tokenSource = source
  core.emitter.guard(async () => (await core.load('problems')).askSource(core))()
}

export async function configure(core: WidgetCore, given: object): Promise<void> {
  const { settings, identityHash } = core
  const before = identityHash()
  const changes = parseSettings(given)
  takeOver(core, changes)
  tellNotes(core, changes.debug ? { ...settings, ...given } : given)
  if (changes.consent) await setConsent(core, changes.consent)
  // One person's open draft is never shown to the next: it becomes its score's response.
  if (identityHash() !== before) closeSurvey(core, 'score')
  // Before it has begun, the first page view will ask anyhow.
  if (!core.hasBegun || (identityHash() === before && !('identityToken' in changes))) return
  const named = identityHash()
  await settleOwner(core, named)
  const change = core.logOut
  if (named) core.logOut = state => ({ ...change?.(state), named })
  await ask(core)
}

export function identify(core: WidgetCore, next?: Identity): Promise<void> {
  // Of whom a function says who they are, nothing is known until it has.
  if (typeof next?.identityToken === 'function') takeOver(core, NOBODY)
  return core.configure({ ...NOBODY, ...Object.fromEntries(fieldsOf(next)) })
}

/** Log-out: what was seen until now is not of the next visitor. */
export function reset(core: WidgetCore): Promise<void> | undefined {
  const session = uuid()
  // Whom the host's session named, no page can tell: that person's ticket and draft go with them.
  const change: Act['change'] = ({ known }) => ({
    known: { ...known, '': {} },
    session,
    named: undefined,
    views: 0,
  })
  const settled = settleOwner(core, '')
  core.logOut = change
  closeSurvey(core, 'score')
  identify(core)
  return settled
}
