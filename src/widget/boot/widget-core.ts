import type { Act, Recorded } from '../capture/record-event.js'
import type { Courier } from '../courier/courier.js'
import type { Transact } from '../storage/database.js'
import type { State } from '../storage/shared-state.js'
import type { Scheduler } from '../survey-flow/scheduler.js'
import type { Load } from './chunks.js'
import type { WidgetContext } from './context.js'
import type { PageSlot } from './page-slot.js'

/** Sends an act; once, however often it is called. */
export type Send = () => unknown

/** One widget as the core's functions see it: what its parts share, and what changes while it runs. */
export interface WidgetCore extends WidgetContext, ReturnType<WidgetContext['gates']> {
  load: Load & WidgetContext['load']
  /** What it leaves to its successor. */
  slot: PageSlot
  transact: Transact
  /** What this page knows of the shared state. */
  seen?: State | undefined
  /** From its arrival on the courier does everything. */
  arrived?: Courier
  calling?: Promise<Courier> | undefined
  /** So long after its last failure the courier's chunk was asked for again. */
  retryMs: number
  /** Keys of this page's own events. */
  pageKeys: Set<IDBValidKey>
  /** What waits for the courier. */
  heldActs: Map<Send, Recorded>
  /** Acts that no store has, each as it is kept. */
  unsavedActs: Map<Send, () => Pick<Recorded, 'key' | 'stored'>>
  /** Page views that are being recorded, which the shared state does not count yet. */
  newViews: number
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
