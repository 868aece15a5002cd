/**
 * Widget ↔ proxy, exactly as it travels: one `POST {base}/events` carries a batch up and brings back a result for
 * every event, a delivery ticket and the verdict.
 */
import type { Properties, UnixSeconds } from './v1.js'

/** The version of these shapes; every batch, record and answer carries it as `v`. */
export const DELIVERY_VERSION = 1

/** Bounds of one batch that widget and proxy share. */
export const MAX_BATCH_EVENTS = 20
export const MAX_BATCH_BYTES = 65_536
/** So many of a device's page views count for whoever is on the page now. */
export const MAX_SESSION_PAGE_VIEWS = 100
/** Beyond what a slow network explains. */
export const MAX_CLOCK_ERROR_MS = 5_000

/** What every event has. */
export interface EventBase {
  v: typeof DELIVERY_VERSION
  /** UUID, made at the moment of the act; the `Idempotency-Key` upstream. */
  id: string
  /** When the visitor acted. Settled before the first attempt, so that every retry says the same second. */
  at: UnixSeconds
  /**
   * The ticket of the moment: says whose the event is. A response, decline or impression carries the ticket of the verdict
   * that said yes. Absent only on an act before the first ticket: then the batch's `identity` says whose it is.
   */
  ticket?: string | undefined
  /** True from the second attempt on, and after a reload or in another tab, where a first attempt can't be ruled out. */
  tried?: true
  /** True where `at` was clamped because the device's clock can't be trusted. */
  clamped?: true | undefined
  /**
   * True where `at` was corrected after a first attempt, whose time the proxy may have corrected by itself: the two may differ
   * by `MAX_CLOCK_ERROR_MS` at most.
   */
  corrected?: true | undefined
}

/** A page that was seen. */
export interface PageViewEvent extends EventBase {
  type: 'page_view'
  url: string
}

/** How a survey was shown; kept with what came of it by an API that knows of it. Each is absent where it is not known. */
export interface SurveyShowing {
  /** As it stood on the page, which is a bar where the form that the site wants was not at hand. */
  form?: 'bar' | 'popover' | 'modal' | 'inline'
  /** BCP 47, of the words that were shown. */
  language?: string
  /** Hash of the question as it was worded. */
  wording?: string
  /** The widget's. */
  version?: string
  device?: 'phone' | 'tablet' | 'desktop'
}

/** A score, with its text where there is one. */
export interface ResponseEvent extends EventBase {
  type: 'response'
  /** Whole number, 0 to 10. */
  score: number
  /** What the visitor sent, ≤ 10,000 code points; absent when only the score was given. */
  text?: string
  origin_url: string
  /** What the visitor ticked beside the text; absent where it was not asked. Kept as a property of the end user. */
  share?: boolean
  survey?: SurveyShowing
}

/** A refusal to answer. */
export interface DeclineEvent extends EventBase {
  type: 'decline'
  origin_url: string
  survey?: SurveyShowing
}

/**
 * A survey was in sight; carries the ticket of its verdict, like what comes of it. Recorded once for each ticket, and passed
 * over where upstream keeps no impressions.
 */
export interface ImpressionEvent extends EventBase {
  type: 'impression'
  survey?: SurveyShowing
  /**
   * It was in sight on so many pages that the visitor is taken to have declined. Nothing but that is recorded of this event: as
   * a property of the end user, which keeps the next survey as far off as a decline does.
   */
  ignored?: true | undefined
}

/** The visitor asked never to be asked again; kept as a property of the end user. */
export interface OptOutEvent extends EventBase {
  type: 'opt_out'
}

/** What a visitor did, as it is stored and sent. */
export type DeliveryEvent = PageViewEvent | ResponseEvent | DeclineEvent | ImpressionEvent | OptOutEvent

/** Who is on the page now. The proxy believes its host's session first, then `token`, then (if allowed) `email`. */
export interface IdentityClaim {
  /** HS256 identity token that the host minted. */
  token?: string | undefined
  /** Counts only with `allowUnverified`. */
  email?: string | undefined
  /** UUID of this device's own; used when nothing better is proven. */
  anonymous_id: string
  /** Sign-up; taken from the token where there is one. */
  external_created_at?: UnixSeconds | undefined
  properties?: Properties | undefined
}

/** What the page asks of the verdict; the proxy may be stricter, never laxer unless it allows it. */
/** Whether to ask, and why. */
export interface VerdictRequest {
  /** The visitor has refused: nobody is asked. (While consent is pending nothing is sent at all.) */
  consent_refused?: true | undefined
  /** Page views are not recorded here (GPC, DNT, switched off), so none can be asked for. */
  no_page_views?: true | undefined
  /** Asks for every gate but consent and opt-out to be open; counts only with `allowImmediate`. */
  survey_immediately?: true | undefined
  opted_out?: true | undefined
  /**
   * Page views that this device has recorded since the last log-out, whosever they are: before the page says who is here,
   * they are another's. A rule of courtesy, so the page is believed, up to {@link MAX_SESSION_PAGE_VIEWS}.
   */
  session_page_views?: number | undefined
  /** The moment that the page waited for. The page alone decides when it asks, so this changes no gate. */
  event_name?: string | undefined
  /** Days since sign-up before the first survey. */
  first_survey_days?: number | undefined
  /** Days after a response, after a decline, before the next survey. */
  resurvey_days?: number | undefined
  decline_resurvey_days?: number | undefined
  /** 0 to 100: the share of proven visitors, and of others, who are asked. */
  registered_percent?: number | undefined
  visitor_percent?: number | undefined
  /** Page views that come before the first survey. */
  min_page_views?: number | undefined
}

export interface Batch {
  v: typeof DELIVERY_VERSION
  /** UUID of this batch; the answer repeats it, so that a captive portal's 200 is told from ours. */
  id: string
  events: DeliveryEvent[]
  /** Absent where nobody is asking for a verdict and every event carries a ticket. */
  identity?: IdentityClaim | undefined
  /** Absent where no verdict is wanted. */
  ask?: VerdictRequest | undefined
  /**
   * The device's clock at sending, milliseconds since 1970; present while the widget does not know how far that clock is
   * off. Where it is more than `MAX_CLOCK_ERROR_MS` off, the proxy corrects the time of each first attempt by it, and
   * answers `retry`, `clock` for each `tried` one: the widget learns the offset from `now`, corrects the times that it had
   * not settled, and comes again.
   */
  sent_at?: number | undefined
  /** What had to leave this device's store undelivered since the last batch, by type. */
  evicted?: Partial<Record<DeliveryEvent['type'], number>> | undefined
}

/**
 * Why an event is `rejected`.
 *
 * - `invalid`: its shape is wrong; nothing but another build of the widget helps.
 * - `ticket_required`: a response or decline without the ticket of a verdict that said yes.
 * - `already_answered`: this identity has answered since that verdict; one answer counts.
 * - `consent_refused`: a page view or an impression of a visitor who, by the host's own record, has refused.
 * - `erased`: this identity was erased after the act.
 * - `refused_upstream`: the API answered 400, 413 or 422.
 */
export type RejectReason =
  | 'invalid'
  | 'ticket_required'
  | 'already_answered'
  | 'consent_refused'
  | 'erased'
  | 'refused_upstream'

/**
 * Why an event is to be kept and sent again.
 *
 * - `clock`: `at` is no time of the last 62 days, or of a clock that is wrong (see `sent_at`). Learn the clock's offset from `now`, correct `at` (nothing was
 *   written), send again; with `clamped` the proxy puts it to the nearest bound instead.
 * - `identity_invalid`, `identity_expired`: the batch's identity token; a new one helps. Also where the host's own
 *   session could not be asked, or an e-mail that counts can't be one.
 * - `identity_missing`: neither ticket nor identity.
 * - `ticket_invalid`, `ticket_expired`: the event's own ticket. It is no ticket of this proxy's key, or too old and the
 *   batch's identity is not its subject's.
 * - `rate_limited`: too many events, look-ups or new anonymous visitors; see `retry_after_s`.
 * - `unsupported_version`: `v` is newer than this proxy.
 * - `upstream`: the API, or the way to it, failed.
 */
export type RetryReason =
  | 'clock'
  | 'identity_invalid'
  | 'identity_expired'
  | 'identity_missing'
  | 'ticket_invalid'
  | 'ticket_expired'
  | 'rate_limited'
  | 'unsupported_version'
  | 'upstream'

/**
 * `done`: upstream has it, by this request or an earlier one that was looked up. `duplicate`: known as delivered.
 * `rejected`: never acceptable; goes to the dead letters. `retry`: keep it. An id that has no result is kept too.
 */
export type EventResult =
  | { status: 'done' | 'duplicate' }
  | { status: 'rejected'; reason: RejectReason }
  | { status: 'retry'; reason: RetryReason }

/** One condition for asking. Shown to proven identities only; `value` null is unknown, which opens. */
export interface Gate {
  gate:
    | 'consent'
    | 'opt_out'
    | 'first_survey'
    | 'resurvey_response'
    | 'resurvey_decline'
    | 'sampling'
    | 'page_views'
    | 'properties'
  open: boolean
  value?: string | number | null
  needed?: string | number | null
}

/** Whether to ask, and why. */
export interface Verdict {
  survey: boolean
  /** On a yes: the ticket that the response or decline must carry. */
  ticket?: string
  /** In their order; absent for identities that are not proven. */
  gates?: Gate[]
  /** How far the identity was believed that this is about: a page keeps its verdict longer than the answer around it. */
  level?: 'proven' | 'claimed' | 'anonymous'
  /** Until when the verdict may be used without asking again. */
  until: UnixSeconds
}

export interface BatchAnswer {
  v: typeof DELIVERY_VERSION
  /** The batch's own id. */
  id: string
  /** The proxy's clock, milliseconds since 1970. */
  now: number
  /** By event id; one for every event of the batch. */
  results: Record<string, EventResult>
  /** Whole seconds that should pass before what is `retry` is sent again; absent where nothing asks for a wait. */
  retry_after_s?: number
  /** A delivery ticket for `identity`, where it was proven, claimed with leave, or anonymous. */
  ticket?: string
  /** How far the identity was believed. */
  identity?: 'proven' | 'claimed' | 'anonymous'
  /** Why it was not believed at all: then there is neither ticket nor verdict. */
  identity_problem?: 'identity_invalid' | 'identity_expired'
  /**
   * Absent also where it could not be made, or would be a no without a page view of this batch that is to come again, or a
   * yes without an answer: it is to be asked for again.
   */
  verdict?: Verdict
}

/**
 * Every refusal of the proxy that concerns a request as a whole: 400 `malformed`, 403 `cross_site`, 404 `not_found`, 405
 * `method_not_allowed`, 408 `body_timeout`, 409 `unsupported_version`, 413 `too_large` (also: too many events), 415
 * `unsupported_media_type`, 429 `rate_limited` and 503 `unavailable` (both with Retry-After), 500 `internal`.
 */
export interface ProxyErrorAnswer {
  error: {
    /** Stable, snake_case. */
    code: string
    message: string
    request_id: string
  }
}
