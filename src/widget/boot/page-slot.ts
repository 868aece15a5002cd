import type { Moment } from '../courier/event-time.js'
import { parseSettings } from '../settings/parse-settings.js'
import { DEFAULT_BASE, type Settings } from '../settings/settings.js'
import type { Load } from './chunks.js'
import { startWidget } from './create-widget.js'
import type { Widget } from './widget-api.js'

/** Where a page's widget under one base lives, also beyond its end. */
export interface Place {
  /** Absent before it starts; it leaves when it stops. */
  widget?: Widget | undefined
  /** The page view that was counted last: a widget that starts again on the same page counts no new one. */
  url?: string
  /** Page views while consent is pending. */
  pending?: [url: string, moment: Moment, whose: string][]
  /** A tag has taken it: a second tag adds its settings and nothing else. */
  isTagged?: true
}

/** On `window`, so that a second copy of this code, of another version or after a hot reload, finds it. */
const PLACES = Symbol.for('zeroten')

export function placeOf(base = DEFAULT_BASE): Place {
  const page = window as unknown as { [PLACES]?: Record<string, Place> }
  page[PLACES] ??= Object.create(null) as Record<string, Place>
  page[PLACES][base] ??= {}
  return page[PLACES][base]
}

/** The page's one widget under the settings' base: starts it, or changes the one that is there. */
export function createOne(settings: Settings, load: Load): Widget {
  const place = placeOf(parseSettings(settings).base)
  // What it started with, a visitor may have decided since.
  if (place.widget) place.widget.configure({ ...settings, consent: null as never })
  else place.widget = startWidget(settings, load, place)
  return place.widget
}
