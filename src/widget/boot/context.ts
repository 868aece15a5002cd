import type { VerdictRequest } from '../../wire/delivery.js'
import type { PageClaim } from '../capture/record-event.js'
import type { TokenSource } from '../identity/identity.js'
import type { HeldSettings } from '../settings/settings.js'
import type { Emitter } from './emitter.js'
import type { Listen } from './page-events.js'

/** What all parts of one widget share, chunks too. */
export interface WidgetContext {
  /** Of the database, the Web Lock and the journal in localStorage; two widgets under two bases share nothing. */
  name: string
  /** Where batches go. Not relative: a page's <base> may lead elsewhere. */
  url: string
  settings: HeldSettings
  /** Fetches an identity token, where the page gave a function for one. */
  tokenSource?: TokenSource | undefined
  /** As `Widget.configure`. */
  configure(changes: object): Promise<void>
  emitter: Emitter
  /** Reaches a chunk by its name in the build. */
  load(name: string): Promise<object>
  listen: Listen
  /** Aborted as the widget stops. */
  signal: AbortSignal
  /** Whether anything may be stored or sent: not without consent, nor after the widget's end. */
  isAllowed(): boolean
  /** Of the identity that is here; '' for nobody in particular. */
  identityHash(): string
  /** What the page says of whoever is here. */
  claim(): PageClaim
  /** What the page asks of the verdict. */
  request(): VerdictRequest
  /** When the scheduler took the verdict that waits for `timeDelay`, monotonic milliseconds. */
  verdictMs?: number
  /** Page views of this visitor on this device, this page's among them; where none are counted, those of this page. */
  pageViews(): number
  gates(): {
    consent: 'granted' | 'pending' | 'refused'
    isOff: boolean
    /** Whether a yes puts the question by itself. */
    isMoment: boolean
    /** The page has called for the question. */
    isCalled: boolean
  }
}
