/**
 * What `GET /v1/report…` takes and answers: this API's own, beside the document's `nps_summary`. Scores and intervals are
 * points from −100 to 100.
 */
import type { UnixSeconds } from './v1.js'

/** An instant as ISO 8601 in UTC, `2026-11-30T15:36:43.000Z`. */
export type Instant = string

/** How long a bucket of the report is. */
export type ReportUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** Whose e-mail was proven, claimed by a page, made up for an anonymous visitor; or who was imported. */
export type IdentityLevel = 'proven' | 'claimed' | 'anonymous' | 'imported'

/** Which responses a report is about. Lists are separated by commas; an empty part means that nothing is known. */
export interface ReportParameters {
  /** Dates (`2026-11-30`, both inclusive), ISO 8601 instants or UNIX seconds; the last 90 days without it. */
  date?: { start?: string | UnixSeconds; end?: string | UnixSeconds }
  /** IANA name. */
  time_zone?: string
  week_start?: 'monday' | 'saturday' | 'sunday'
  class?: string
  text?: 'with' | 'without'
  level?: string
  form?: string
  language?: string
  device?: string
  properties?: Record<string, string>
}

/** Score, classes and how far they can be relied on. */
export interface ScoreAnswer {
  n: number
  promoters: number
  passives: number
  detractors: number
  nps: number | null
  /** 95 %, adjusted Wald. */
  interval: [low: number, high: number] | null
  /** `none`: below 10 responses, no headline. `few`: below 30, nothing to compare. */
  sufficiency: 'none' | 'few' | 'enough'
}

/** The period that figures are of. */
export interface PeriodAnswer {
  start: Instant
  /** The first instant after it. */
  end: Instant
}

/** Of the surveys shown, how many were answered, closed and neither. */
export interface RatesAnswer {
  /** Impressions: how often a survey was visible. The three that follow add up to it. */
  shown: number
  answered: number
  closed: number
  neither: number
}

/** `GET /v1/report` */
export interface ReportAnswer {
  period: PeriodAnswer
  time_zone: string
  week_start: 'monday' | 'saturday' | 'sunday'
  score: ScoreAnswer
  /** How many responses have each score, 0 to 10. */
  distribution: number[]
  /** The same length of time before; null with `compare=none`. */
  previous: (PeriodAnswer & { score: ScoreAnswer }) | null
  change: {
    points: number | null
    z: number | null
    /** `none`: no change that n can show. */
    verdict: 'up' | 'down' | 'none' | 'too_few'
  } | null
  rates: RatesAnswer
  /** How long responses take from the act to the API, in seconds; of the latest that arrived. */
  lag: { n: number; median_s: number | null; p95_s: number | null }
  /** All responses of the account, whatever the filters. */
  total: number
  /** When the first of them was given. */
  first: Instant | null
}

/** The score of one stretch of time. */
export interface BucketAnswer extends PeriodAnswer {
  score: ScoreAnswer
  distribution: number[]
  /** Null where a property is filtered by: no index has those of impressions by time. */
  rates: RatesAnswer | null
  /** Responses that were given then may still arrive: they wait up to 60 days on a device. */
  may_fill: boolean
}

/** `GET /v1/report/series` */
export interface SeriesAnswer {
  unit: ReportUnit
  time_zone: string
  buckets: BucketAnswer[]
}

/** `GET /v1/report/segments` */
export interface SegmentsAnswer {
  by: string
  /** Most responses first. */
  segments: { value: string; score: ScoreAnswer; share: number }[]
  /** Responses of values beyond those. */
  others: number
}

/** `GET /v1/report/dimensions` */
export interface DimensionsAnswer {
  /** What `by` takes, each with its most frequent values. */
  dimensions: { by: string; values: string[]; more: boolean }[]
}

/** One response with a text. */
export interface CommentAnswer {
  id: number
  created_at: Instant
  score: number
  text: string
  end_user: { id: number; email: string | null }
  origin_url: string | null
  level: string
  form: string
  language: string
  device: string
  properties: Record<string, string | number | boolean | null>
}

/** `GET /v1/report/comments` */
export interface CommentsAnswer {
  /** How many there are; the page's own are `comments`. */
  total: number
  offset: number
  comments: CommentAnswer[]
}

/** `POST /v1/report/shares` */
export interface ShareAnswer {
  token: string
  expires_at: Instant
}

/** `GET|PUT /v1/report/settings` */
export interface ReportSettings {
  time_zone: string
  week_start: 'monday' | 'saturday' | 'sunday'
}
