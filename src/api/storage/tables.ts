import type { Generated } from 'kysely'
import type { WebhookClass, WebhookFormat, WebhookState } from '../../wire/webhook.js'

/**
 * The tables, as Kysely sees them. Every key starts with the account, so that a database which spreads rows over
 * machines (Citus, CockroachDB, YugabyteDB) can keep an account together. Names ending in `_ms` and `_s` are
 * milliseconds and seconds since 1970; every integer stays below 2^53.
 */
export interface Tables {
  accounts: AccountRow
  access_tokens: AccessTokenRow
  refresh_tokens: RefreshTokenRow
  end_users: EndUserRow
  responses: ResponseRow
  declines: DeclineRow
  page_views: PageViewRow
  idempotency_keys: IdempotencyKeyRow
  response_snapshots: ResponseSnapshotRow
  response_properties: ResponsePropertyRow
  decline_snapshots: DeclineSnapshotRow
  impressions: ImpressionRow
  report_settings: ReportSettingsRow
  report_hourly_deltas: HourlyDeltaRow
  tombstones: TombstoneRow
  webhooks: WebhookRow
  webhook_messages: WebhookMessageRow
  id_leases: { name: string; next_id: number }
  server_secrets: { name: string; value: string }
  readiness: { id: number; checked_ms: number }
  schema_migrations: { name: string; applied_ms: number }
  schema_lock: { id: number }
}

export interface AccountRow {
  id: number
  email: string
  email_key: string
  /** scrypt, with its parameters and salt. */
  password_hash: string
  client_id: string
  /** SHA-256: the secret is random, so nothing slower is needed. */
  client_secret_hash: string
  /** The secret before it, which is valid until then. */
  former_secret_hash: string | null
  former_until_ms: number | null
  created_ms: number
}

export interface AccessTokenRow {
  /** SHA-256 of the token; the token itself is nowhere. */
  hash: string
  account_id: number
  /** Of the password grant that it comes from; null for client_credentials. */
  family: string | null
  expires_ms: number
}

export interface RefreshTokenRow {
  hash: string
  account_id: number
  family: string
  /** When it was exchanged for its successor. */
  rotated_ms: number | null
  expires_ms: number
}

export interface EndUserRow {
  account_id: number
  id: number
  /** One at least of e-mail, external id and phone number is not null; each is unique within the account. */
  email: string | null
  /** What is compared of the e-mail: trimmed, NFC, lower case. */
  email_key: string | null
  external_id: string | null
  phone_number: string | null
  /** What is compared of the phone number: its digits. */
  phone_key: string | null
  /** JSON text of the settings that were changed; null where none was. */
  settings: string | null
  last_surveyed_s: number | null
  external_created_at_s: number | null
  /** JSON text, so that both engines keep the order of keys. */
  properties: string
  page_views_count: number
  /** When somebody of one of these names was erased: what they did until then is not taken. */
  erased_s: number | null
  created_ms: number
  updated_ms: number
}

/** What the survey that a response or a decline belongs to said of itself. */
export interface SurveyColumns {
  language: string | null
  channel: string | null
  /** Names one showing of a survey: a client that posts it again adds to the record that it made before. */
  unique_link: string | null
  /** Of several posts with one `unique_link` the highest counts. */
  priority: number | null
  /** 0 or 1. */
  completed: number
  /** 0 or 1: left out of every score. */
  excluded: number
}

export interface ResponseRow extends SurveyColumns {
  account_id: number
  id: number
  end_user_id: number
  score: number
  text: string | null
  ip_address: string | null
  origin_url: string
  created_ms: number
  updated_ms: number
}

export interface DeclineRow extends SurveyColumns {
  account_id: number
  id: number
  end_user_id: number
  ip_address: string | null
  origin_url: string | null
  created_ms: number
  updated_ms: number
}

/** A page view is never altered and its `created_at` is not the caller's to set: it was updated when it was created. */
export interface PageViewRow {
  account_id: number
  id: number
  end_user_id: number
  url: string | null
  at_s: number
  created_ms: number
}

export interface IdempotencyKeyRow {
  account_id: number
  key_hash: string
  /** SHA-256 of what was asked, to tell a repetition from a reuse. */
  fingerprint: string
  /** The record that came of it. It is read again for a repeated answer, so nothing personal is kept here. */
  record_id: number
  created_ms: number
}

/** What was known at the moment of an act; `''` where nothing was. */
export interface Moment {
  level: string
  form: string
  language: string
  device: string
  channel: string
  wording: string
  version: string
  /** The end user's, at that moment; JSON text. */
  properties: string
}

/** Score and time are repeated here, so that a figure is counted on one index. */
export interface ResponseSnapshotRow extends Moment {
  account_id: number
  response_id: number
  /** Null where the response is excluded from calculations. */
  score: number | null
  has_text: 0 | 1
  created_ms: number
  received_ms: number
}

/** A property of the moment of a response, one row each. */
export interface ResponsePropertyRow {
  account_id: number
  response_id: number
  name: string
  value: string
  score: number | null
  created_ms: number
}

export interface DeclineSnapshotRow extends Moment {
  account_id: number
  decline_id: number
  created_ms: number
  received_ms: number
}

/** A survey that was visible. */
export interface ImpressionRow extends Moment {
  account_id: number
  id: number
  end_user_id: number
  /** What came of it, `''` for neither. */
  outcome: '' | 'response' | 'decline'
  /** Names the invitation. */
  unique_link: string
  created_ms: number
  updated_ms: number
}

export interface ReportSettingsRow {
  account_id: number
  time_zone: string
  week_start: string
}

/** What is to be added to `report_hourly`. */
export interface HourlyDeltaRow {
  id: number
  account_id: number
  dimension: string
  value: string
  hour_ms: number
  measure: string
  n: number
}

/** That somebody was erased. */
export interface TombstoneRow {
  account_id: number
  /** HMAC-SHA256 of a name, by a secret of the server's. */
  name_hash: string
  erased_s: number
}

/** Who is told of what. */
export interface WebhookRow {
  account_id: number
  id: number
  url: string
  /** `,response,decline,`: what it is told of, each between commas. */
  kinds: string
  /** Responses of this NPS class alone; `''` for all. */
  nps_class: WebhookClass | ''
  format: WebhookFormat
  /** `whsec_…`. Kept as it is, since every message is signed by it. */
  secret: string
  /** The secret before it, by which messages are signed too until then. */
  former_secret: string | null
  former_until_ms: number | null
  /** `gone`: its server answered 410. `dead`: it failed for as long as messages are tried. */
  state: WebhookState
  /** Attempts that failed since the last that did not. */
  failures: number
  /** Messages that were tried for as long as messages are, and dropped. */
  given_up: number
  /** What its server answered last; 0 where it did not. */
  last_status: number | null
  last_success_ms: number | null
  /** Nothing is sent to it before. */
  due_ms: number
  /** Until then one process alone sends to it. */
  lease_until_ms: number
  created_ms: number
  updated_ms: number
}

/** A row of the outbox: that something is to be told. What it says is read when it is sent, so nothing personal is kept here. */
export interface WebhookMessageRow {
  /** Counted up by the engine: the order in which they are sent. */
  id: Generated<number>
  account_id: number
  webhook_id: number
  /** `msg_…`, the same at every attempt. */
  message_id: string
  /** `response.created` and the like. */
  type: string
  record_id: number
  end_user_id: number
  attempts: number
  /** Not tried before. */
  due_ms: number
  created_ms: number
}
