/** What webhooks say, exactly as it travels. */
import type { Properties } from './v1.js'

/** What a webhook can be told of. */
export type WebhookKind = 'response' | 'decline' | 'opt_out'

/** How a message looks: as Standard Webhooks has it, as Wootric's own webhooks, as Slack takes it. */
export type WebhookFormat = 'standard' | 'wootric' | 'slack'

/** Promoters 9–10, passives 7–8, detractors 0–6. */
export type WebhookClass = 'promoter' | 'passive' | 'detractor'

/** Whether messages are sent: `gone` where its server answered 410, `dead` where it failed for days. */
export type WebhookState = 'active' | 'gone' | 'dead'

/** A webhook, without its secret. */
export interface Webhook {
  id: number
  url: string
  on: WebhookKind[]
  /** Responses of this class alone; null for all. */
  class: WebhookClass | null
  format: WebhookFormat
  state: WebhookState
  /** Messages that wait. */
  waiting: number
  /** Attempts that failed since the last that did not. */
  failures: number
  /** Messages that were tried for days, and dropped. */
  given_up: number
  /** What its server answered last; 0 where it did not answer, null before the first attempt. */
  last_status: number | null
  /** ISO 8601; null before the first. */
  last_success_at: string | null
  created_at: string
}

/** A webhook with its secret, as it is made or rotated. */
export interface WebhookWithSecret extends Webhook {
  /** `whsec_…`, which signs every message. */
  secret: string
  /** Until when messages are signed by the former secret too, ISO 8601; null where there is none. */
  former_until: string | null
}

/** Parameters of "Create Webhook". */
export interface WebhookParameters {
  url: string
  /** Some of `response`, `decline`, `opt_out`, with commas between. @default 'response' */
  on?: string
  /** Responses of this class alone. */
  class?: WebhookClass
  /** @default 'standard' */
  format?: WebhookFormat
}

/** What came of a test: the status of the receiver, 0 where it did not answer, and why. */
export interface WebhookTest {
  delivered: boolean
  status: number
  reason: string | null
}

/** Whom a message is about. */
export interface WebhookEndUser {
  id: number
  email: string | null
  external_id: string | null
  phone_number: string | null
  properties: Properties
}

/** A response as a message tells it. Times are ISO 8601. */
export interface WebhookResponse {
  id: number
  score: number
  class: WebhookClass
  text: string | null
  ip_address: string | null
  origin_url: string
  created_at: string
  updated_at: string
  completed: boolean
  excluded_from_calculations: boolean
}

/** A decline as a message tells it. */
export interface WebhookDecline {
  id: number
  ip_address: string | null
  origin_url: string | null
  created_at: string
  updated_at: string
}

/**
 * The body of a message in the format `standard`. `timestamp` is when it happened, ISO 8601. A record is told as it is when
 * the message is sent; of one that has been deleted by then nothing is told.
 */
export type WebhookMessage = { timestamp: string } & (
  | {
      type: 'response.created' | 'response.updated'
      data: { response: WebhookResponse; end_user: WebhookEndUser }
    }
  | { type: 'decline.created'; data: { decline: WebhookDecline; end_user: WebhookEndUser } }
  | { type: 'opt_out.created'; data: { end_user: WebhookEndUser } }
  | { type: 'test'; data: { webhook_id: number } }
)

/** Headers of Standard Webhooks. */
export const WEBHOOK_ID = 'webhook-id'
export const WEBHOOK_TIMESTAMP = 'webhook-timestamp'
export const WEBHOOK_SIGNATURE = 'webhook-signature'
/** Header of Wootric's webhooks. */
export const WOOTRIC_SIGNATURE = 'x-wootric-signature'
