import type { Settings } from '../settings/settings.js'
import { start } from './record-acts.js'
import { withdrawViews } from './recorder.js'
import { closeSurvey } from './survey-door.js'
import type { WidgetCore } from './widget-core.js'

const keyOf = (name: string) => `${name}:consent`

/** What the visitor chose on an earlier page, where the site wants that to be remembered. */
export const rememberedConsent = ({ rememberConsent }: Settings, name: string) => {
  try {
    return (['granted', 'refused'] as const).find(
      choice => rememberConsent && choice === localStorage[keyOf(name)],
    )
  } catch {
    // Storage is blocked: the page has to ask again.
    return undefined
  }
}

export async function setConsent(core: WidgetCore, next: WidgetCore['consent']): Promise<void> {
  const { settings, slot, name } = core
  const isRefused = next === 'refused'
  core.consent = next
  if (next === 'granted') core.emitter.guard(start)(core)
  // What the visitor would say now could not be sent.
  else closeSurvey(core, 'stop')
  if (isRefused) slot.pending = []
  if (settings.rememberConsent && next !== 'pending') localStorage[keyOf(name)] = next
  if (isRefused) await withdrawViews(core)
}
