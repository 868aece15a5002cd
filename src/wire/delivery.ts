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

interface EventBase {
  v: typeof DELIVERY_VERSION
  /** UUID, made at the moment of the act; the `Idempotency-Key` upstream. */
  id: string
  /** When the visitor acted. Settled before the first attempt, so that every retry says the same second. */
  at: UnixSeconds
  /**
   * The ticket of the moment: says whose the event is. A response or decline carries the ticket of the verdict that
   * said yes. Absent only on an act before the first ticket: then the batch's `identity` says whose it is.
   */
  ticket?: string
  /** True from the second attempt on, and after a reload or in another tab, where a first attempt can't be ruled out. */
  tried?: true
  /** True where `at` was clamped because the device's clock can't be trusted. */
  clamped?: true
}

export interface PageViewEvent extends EventBase {
  type: 'page_view'
  url: string
}

export interface ResponseEvent extends EventBase {
  type: 'response'
  /** Whole number, 0 to 10. */
  score: number
  /** What the visitor sent, ≤ 10,000 code points; absent when only the score was given. */
  text?: string
  origin_url: string
  /** What the visitor ticked beside the text; absent where it was not asked. Kept as a property of the end user. */
  share?: boolean
}

export interface DeclineEvent extends EventBase {
  type: 'decline'
  origin_url: string
}

/** The visitor asked never to be asked again; kept as a property of the end user. */
export interface OptOutEvent extends EventBase {
  type: 'opt_out'
}

export type DeliveryEvent = PageViewEvent | ResponseEvent | DeclineEvent | OptOutEvent

/** Who is on the page now. The proxy believes its host's session first, then `token`, then (if allowed) `email`. */
export interface IdentityClaim {
  /** HS256 identity token that the host minted. */
  token?: string
  /** Counts only with `allowUnverified`. */
  email?: string
  /** UUID of this device's own; used when nothing better is proven. */
  anonymous_id: string
  /** Sign-up; taken from the token where there is one. */
  external_created_at?: UnixSeconds
  properties?: Properties
}

/** What the page asks of the verdict; the proxy may be stricter, never laxer unless it allows it. */
export interface VerdictRequest {
  /** Asks for every gate but consent and opt-out to be open; counts only with `allowImmediate`. */
  survey_immediately?: true
  opted_out?: true
  event_name?: string
  /** Days since sign-up before the first survey. */
  first_survey_days?: number
  /** Days after a response, after a decline, before the next survey. */
  resurvey_days?: number
  decline_resurvey_days?: number
  /** 0 to 100: the share of proven visitors, and of others, who are asked. */
  registered_percent?: number
  visitor_percent?: number
  /** Page views that come before the first survey. */
  min_page_views?: number
}

export interface Batch {
  v: typeof DELIVERY_VERSION
  /** UUID of this batch; the answer repeats it, so that a captive portal's 200 is told from ours. */
  id: string
  events: DeliveryEvent[]
  /** Absent where nobody is asking for a verdict and every event carries a ticket. */
  identity?: IdentityClaim
  /** Absent where no verdict is wanted. */
  ask?: VerdictRequest
  /** What had to leave this device's store undelivered since the last batch, by type. */
  evicted?: Partial<Record<DeliveryEvent['type'], number>>
}

/**
 * `done`: upstream has it, by this request or an earlier one that was looked up. `duplicate`: known as delivered.
 * `rejected`: never acceptable; goes to the dead letters. `retry`: keep it.
 */
export interface EventResult {
  status: 'done' | 'duplicate' | 'rejected' | 'retry'
  /** Stable code, on `rejected` and `retry`. */
  reason?: string
}

/** One condition for asking. `value` and `needed` are shown to proven identities only. */
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

export interface Verdict {
  survey: boolean
  /** On a yes: the ticket that the response or decline must carry. */
  ticket?: string
  /** In their order; absent for identities that are not proven. */
  gates?: Gate[]
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
  /** A delivery ticket for `identity`, where it was proven, claimed with leave, or anonymous. */
  ticket?: string
  /** How far the identity was believed. */
  identity?: 'proven' | 'claimed' | 'anonymous'
  verdict?: Verdict
}

/** Every refusal of the proxy that concerns a request as a whole. */
export interface ProxyErrorAnswer {
  error: {
    /** Stable, snake_case. */
    code: string
    message: string
    request_id: string
  }
}
