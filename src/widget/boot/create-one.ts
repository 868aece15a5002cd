import { parseSettings } from '../settings/parse-settings.js'
import type { Settings } from '../settings/settings.js'
import type { Load } from './chunks.js'
import { startWidget } from './create-widget.js'
import { pageSlot } from './page-slot.js'
import type { Widget } from './widget-api.js'

/** The page's one widget under the settings' base: starts it, or changes the one that is there. */
export function createOne(settings: Settings, load: Load): Widget {
  const slot = pageSlot(parseSettings(settings).base)
  // What it started with, a visitor may have decided since.
  if (slot.widget) slot.widget.configure({ ...settings, consent: null as never })
  else slot.widget = startWidget(settings, load, slot)
  return slot.widget
}
