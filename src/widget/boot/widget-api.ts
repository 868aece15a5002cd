import type { Explanation } from '../diagnostics/explain.js'
import type { Inspection } from '../diagnostics/inspect.js'
import type { Identity } from '../identity/identity.js'
import type { Settings } from '../settings/settings.js'
import type { PanelSettings } from '../survey/panel-types.js'
import type { Emitter } from './emitter.js'

/** The widget on one page. Every method is safe to call at any time and never throws into the page. */
export interface Widget {
  /** Records a page view by hand: of `url`, or of the page's own address. */
  page(url?: string): void
  /** Says who is here from now on. What happened before stays with whoever it was. */
  identify(identity: Identity): void
  /** Log-out: nobody in particular is here from now on. */
  reset(): void
  /** Changes the settings that are named; who is here changes with them. `base` and `autoPageViews` stay as they were. */
  configure(changes: Settings): void
  /** Asks now, where the proxy agrees; passes over `autoSurvey` and `eventName`. */
  survey(): void
  /** A named moment of the page: asks where `eventName` is this name. */
  event(name: string): void
  /** Gives or refuses consent. A refusal takes back the page views that wait, and keeps what the visitor gave. */
  consent(isGiven: boolean): void
  /** Shows the survey with these settings, to look at: nothing of it is kept or sent. */
  preview(changes?: PanelSettings): void
  /** Takes the survey off the screen, which is no decline, and leaves the page as if we had never come. */
  stop(): void
  /** Listens to what happens. @returns how to stop listening */
  on: Emitter['on']
  /** Why a survey did or did not come. */
  explain(): Promise<Explanation>
  queue: {
    /** What waits, since when, and what failed and why. */
    inspect(): Promise<Inspection>
    /** Gives every dead letter another try. Resolves with how many. */
    resend(): Promise<number>
  }
  /** Stops, and wipes all that this device knows, also what waits to be delivered. */
  forget(): Promise<void>
}
