/**
 * The v1 API exactly as it travels: names, types and nothing else. Sections are those of the API document.
 */

/** Whole seconds since 1970-01-01T00:00Z, as every time travels towards the API. */
export type UnixSeconds = number

/**
 * A datetime as the API prints it, in one of three styles: `2014-12-01 18:36:59` (lists and single records),
 * `2015-02-12T06:29:27.000-08:00` (create, update, delete), `2014-12-01 18:36:59 -0800` (later editions).
 */
export type Datetime = string

/** "Properties (i.e. plan, product)". Flat; values are strings, numbers, booleans, or null to remove a key. */
export type Properties = Record<string, string | number | boolean | null>

/** The property by which our proxy keeps that an end user asked never to be asked again. */
export const OPT_OUT_PROPERTY = 'zeroten_opt_out'

/** Section "End User Object". */
export interface EndUser {
  id: number
  created_at: Datetime
  updated_at: Datetime
  /** Null only where the end user is known by an external id or a phone number alone (later document). */
  email: string | null
  last_surveyed: Datetime | null
  external_created_at: UnixSeconds | null
  user_id: number
  page_views_count: number
  properties: Properties
  /** Later document: what the customer's own system calls the end user. */
  external_id?: string | null
  /** Later document. */
  phone_number?: string | null
}

/** Later document: "End User Settings Object". */
export interface EndUserSettings {
  id: number
  end_user_id: number
  created_at: Datetime
  updated_at: Datetime
  /** Whether the end user may be asked by e-mail. */
  email_nps: boolean
  /** Whether the end user may be asked on a page. */
  web_nps: boolean
  /** Whether the end user may be asked in a mobile app. */
  mobile_nps: boolean
  /** Whether the end user is to be asked on a page whatever the sampling. */
  force_web_survey: boolean
  /** Whether the end user asked not to be asked. */
  surveys_disabled_by_end_user: boolean
}

/** Parameters of "Update End User Settings". */
export type SettingsParameters = Partial<
  Omit<EndUserSettings, 'id' | 'end_user_id' | 'created_at' | 'updated_at'>
>

/** Later document: what its bodies of responses and declines have besides. */
export interface LaterFields {
  survey_id?: number | null
  completed?: boolean
  excluded_from_calculations?: boolean
}

/** Section "Response Object". `score` is a whole number from 0 to 10. */
export interface ResponseRecord extends LaterFields {
  id: number
  created_at: Datetime
  updated_at: Datetime
  score: number
  text: string | null
  ip_address: string | null
  origin_url: string
  end_user_id: number
  user_id: number
  tags?: string[]
  notes?: string[]
  end_user?: { properties: Properties }
}

/** Section "Decline Object". */
export interface Decline extends LaterFields {
  id: number
  end_user_id: number
  created_at: Datetime
  updated_at: Datetime
  user_id: number
  ip_address?: string | null
  origin_url?: string | null
}

/** Section "Page View Object". */
export interface PageView {
  id: number
  end_user_id: number
  url: string | null
  at: Datetime
  created_at: Datetime
  updated_at: Datetime
}

/** Parameters of "Create End User" and of "Update End User". One of the first three is needed to create one. */
export interface EndUserParameters {
  email?: string | null
  external_id?: string | null
  phone_number?: string | null
  last_surveyed?: UnixSeconds | null
  external_created_at?: UnixSeconds | null
  /** zeroten's own API: when the end user did what this is about. Refused where they were erased since. */
  acted_at?: UnixSeconds
  properties?: Properties
}

/**
 * What is known of the moment of a response, a decline or an impression. The first three are of the later document; the
 * others are our proxy's, and harmless to a service that never heard of them.
 */
export interface SurveyMoment {
  language?: string
  channel?: string
  /** Names one showing of a survey: posted again, it adds to the record that was made before. */
  unique_link?: string
  /** How the question was shown: popover, bar, modal, inline. */
  form?: string
  /** How the end user was known: proven, claimed, anonymous, imported. */
  level?: string
  /** Hash of the question's wording. */
  wording?: string
  /** The widget's version. */
  version?: string
  /** phone, tablet or desktop. */
  device?: string
}

/** Later document: what a client says of the survey that a response or a decline belongs to. */
export interface SurveyParameters {
  survey?: SurveyMoment
  /** Of several posts with one `unique_link` the highest counts. */
  priority?: number
  /** Properties that the end user has from now on. */
  end_user?: { properties?: Properties }
  completed?: boolean
  excluded_from_calculations?: boolean
}

/** Later document: parameters of "Update Response", and of declines alike. */
export type MarkParameters = Pick<SurveyParameters, 'completed' | 'excluded_from_calculations'>

/** This API's own: parameters of "Create Impression", that a survey was visible. `unique_link` names its invitation. */
export interface ImpressionParameters {
  created_at?: UnixSeconds
  survey: SurveyMoment & { unique_link: string }
}

/** What "Create Impression" answers. */
export interface Impression {
  id: number
  end_user_id: number
  created_at: Datetime
  updated_at: Datetime
  /** What came of it: `''` for neither. */
  outcome: '' | 'response' | 'decline'
}

/** Later document: "NPS Object". Rates are percentages. */
export interface NpsSummary {
  nps: number
  responses: number
  detractors: number
  passives: number
  promoters: number
  response_rate: number
  email_response_rate: number
}

/** Later document: "Segment Object". */
export interface Segment {
  name: string
  data_type: 'string' | 'date' | 'integer'
  created_at: Datetime
}

/** Parameters of "Create Response". */
export interface ResponseParameters extends SurveyParameters {
  score: number
  origin_url: string
  text?: string
  ip_address?: string
  created_at?: UnixSeconds
}

/** Parameters of "Create Decline". */
export interface DeclineParameters extends SurveyParameters {
  origin_url?: string
  ip_address?: string
  created_at?: UnixSeconds
}

/** Parameters of "Create Page View". `at` is now when it is absent. */
export interface PageViewParameters {
  at?: UnixSeconds
  url?: string
}

/** What `created` and `updated` filter by; several are ANDed. */
export interface TimeFilter {
  eq?: UnixSeconds
  lt?: UnixSeconds
  lte?: UnixSeconds
  gt?: UnixSeconds
  gte?: UnixSeconds
}

/** "Scope Parameters" of every list. `page` counts from 1; `per_page` is 25 by default and 50 at most. */
export interface ListParameters {
  page?: number
  per_page?: number
  created?: TimeFilter
  updated?: TimeFilter
  sort_order?: 'asc' | 'desc'
  sort_key?: 'created_at' | 'updated_at' | 'email'
}

/** Section "Authentication": what `POST /oauth/token` answers. */
export interface TokenAnswer {
  access_token: string
  token_type: string
  /** Seconds left to live. */
  expires_in: number
  refresh_token?: string
  scope: string
}

/** RFC 6749 section 5.2: what `POST /oauth/token` answers when it refuses. */
export interface TokenErrorAnswer {
  error: string
  error_description: string
}

/** Every other refusal of the API. */
export interface ErrorList {
  type: 'error_list'
  errors: { status: string; message: string; field: string | null }[]
}

/** Names the act that a POST is about, so that a repeated POST answers the first result again. */
export const IDEMPOTENCY_KEY = 'Idempotency-Key'

/**
 * On answers of an API that honours {@link IDEMPOTENCY_KEY}: for how many seconds a key is kept. Absent where keys
 * are ignored, as on services that never heard of them.
 */
export const IDEMPOTENCY_RETENTION = 'Idempotency-Key-Retention'
