import type { Act } from '../capture/record-event.js'
import type { Scheduler } from '../survey-flow/scheduler.js'
import type { Load } from './chunks.js'
import type { WidgetContext } from './context.js'
import type { PageSlot } from './page-slot.js'
import type { Recorder } from './recorder.js'

/** One widget as the core's functions see it: what its parts share, and what changes while it runs. */
export interface WidgetCore extends WidgetContext, ReturnType<WidgetContext['gates']> {
  load: Load & WidgetContext['load']
  /** What it leaves to its successor. */
  slot: PageSlot
  recorder: Recorder
  isForgotten?: boolean
  /** This visitor's page views before this page, as the device counts them, and those on this page. */
  viewsBefore?: number
  viewsHere: number
  hasBegun?: boolean
  hasActed?: boolean
  /** Until when `identify()` may say whose this page's views are; 0 before the first of them. */
  earlyUntilMs: number
  /** What the next act makes of the shared state. */
  logOut?: Act['change']
  scheduler?: Promise<Scheduler> | undefined
}
