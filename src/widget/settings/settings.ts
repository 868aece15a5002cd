import type { Identity } from '../identity/identity.js'
import type { PanelSettings } from '../survey/panel-types.js'

/** Everything that a site can say, in one flat object. The other spellings of each are in `settings-table.ts`. */
export interface Settings extends PanelSettings, Identity {
  /** `later`: page views wait up to 5 s for `identify()` to say whose they are. @default by itself, once `identify()` was called on this device */
  identity?: 'later'
  /**
   * Called once for each identity token that has expired, by then or by a proxy's clock: gives a new one, or calls
   * `identify()` itself. Not called where `identityToken` is a function, which is called instead.
   */
  onIdentityExpired?: () => unknown
  /** Path of the proxy on the page's own origin. @default '/zeroten' */
  base?: string
  /** `pending`: nothing is stored or sent until `consent(true)`. @default 'granted' */
  consent?: 'granted' | 'pending' | 'refused'
  /** Keep the visitor's choice, once `consent()` was called, over pages: in localStorage, under `zeroten:{base}:consent`. @default false */
  rememberConsent?: boolean
  /** Record page views by themselves; `page()` works either way. @default true */
  autoPageViews?: boolean
  /** Count a change of the fragment as a page view. @default false */
  hashRoutes?: boolean
  /** Names of query parameters that stay in recorded URLs. @default [] */
  keepParams?: string[]
  /** Record page views in spite of Global Privacy Control or Do Not Track. @default false */
  ignorePrivacySignals?: boolean
  /** Work in automated browsers too. @default false */
  allowBots?: boolean
  /** Ask as soon as the proxy says yes; false: only by `survey()`. @default true */
  autoSurvey?: boolean
  /** Seconds between the yes and the question. @default 30 on a visitor's first page, else 0 */
  timeDelay?: number
  /**
   * On so many of a visitor's first page views `timeDelay` holds; on the next one the question comes at once.
   *
   * @default 1, or every page where `timeDelay` is set
   */
  delayPages?: number
  /**
   * A survey that was seen on so many pages, and neither answered nor closed, counts as a decline for whom to ask again; 0: it
   * comes on every page. @default 3
   */
  ignoredAfterPages?: number
  /**
   * Paths of the pages where the question may come; `*` stands for anything: `/account/*`. On a page where it may not, it
   * waits, and one that is open leaves the screen until the visitor is back. @default every page
   */
  includePages?: string[]
  /** Paths of the pages where it never comes; stronger than `includePages`. @default [] */
  excludePages?: string[]
  /** Open every gate but consent and opt-out, where the proxy allows it. @default false */
  surveyImmediately?: boolean
  /** Days since sign-up before the first survey. @default the proxy's, 30 */
  firstSurveyDays?: number
  /** Days after a response. @default the proxy's, 90 */
  resurveyDays?: number
  /** Days after a decline. @default the proxy's, 30 */
  declineResurveyDays?: number
  /** Share of proven visitors who are asked, 0 to 100. @default 100 */
  registeredPercent?: number
  /** Share of other visitors who are asked, 0 to 100. @default 100 */
  visitorPercent?: number
  /** Page views before the first survey. @default the proxy's, 1 */
  minPageViews?: number
  /** Ask only at `event(name)`. */
  eventName?: string
  /** Tell on the console what would otherwise only be an `error` event. @default false */
  debug?: boolean
}

/** Settings as a widget holds them: a function that fetches the token is kept beside them. */
export type HeldSettings = Settings & { identityToken?: string | undefined }

export const DEFAULT_BASE = '/zeroten'
