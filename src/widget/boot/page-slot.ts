import type { Act } from '../capture/record-event.js'
import { DEFAULT_BASE } from '../settings/settings.js'
import type { Widget } from './widget-api.js'

/** Where a page's widget under one base lives, also beyond its end. */
export interface PageSlot {
  /** Absent before it starts; it leaves when it stops. */
  widget?: Widget | undefined
  /** The page view that was counted last: a widget that starts again on the same page counts no new one. */
  url?: string
  /** Page views while consent is pending. */
  pending?: Act[]
  /** A tag has taken it: a second tag adds its settings and nothing else. */
  isTagged?: true
}

/** On `window`, so that a second copy of this code, of another version or after a hot reload, finds it. */
const SLOTS = Symbol.for('zeroten')

export function pageSlot(base = DEFAULT_BASE): PageSlot {
  const page = window as unknown as { [SLOTS]?: Record<string, PageSlot> }
  page[SLOTS] ??= Object.create(null) as Record<string, PageSlot>
  page[SLOTS][base] ??= {}
  return page[SLOTS][base]
}
