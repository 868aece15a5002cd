import * as v from 'valibot'
import { UNITS, WEEK_STARTS } from './calendar.js'

/** What the report's endpoints answer, for the OpenAPI description. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const points = v.pipe(v.number(), v.minValue(-100), v.maxValue(100))
const instant = v.pipe(v.string(), v.regex(/^\d{4,5}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
const distribution = v.pipe(v.array(count), v.length(11))
const weekStart = v.picklist(WEEK_STARTS)

const score = v.object({
  n: count,
  promoters: count,
  passives: count,
  detractors: count,
  nps: v.nullable(points),
  interval: v.nullable(v.tuple([points, points])),
  sufficiency: v.picklist(['none', 'few', 'enough']),
})

const period = { start: instant, end: instant }

const rates = v.object({ shown: count, answered: count, closed: count, neither: count })

const change = v.object({
  points: v.nullable(v.number()),
  z: v.nullable(v.number()),
  verdict: v.picklist(['up', 'down', 'none', 'too_few']),
})

export const reportSchema = v.object({
  period: v.object(period),
  time_zone: v.string(),
  week_start: weekStart,
  score,
  distribution,
  previous: v.nullable(v.object({ ...period, score })),
  change: v.nullable(change),
  rates,
  lag: v.object({ n: count, median_s: v.nullable(count), p95_s: v.nullable(count) }),
  total: count,
  first: v.nullable(instant),
})

export const seriesSchema = v.object({
  unit: v.picklist(UNITS),
  time_zone: v.string(),
  buckets: v.array(
    v.object({ ...period, score, distribution, rates: v.nullable(rates), may_fill: v.boolean() }),
  ),
})

export const segmentsSchema = v.object({
  by: v.string(),
  segments: v.array(v.object({ value: v.string(), score, share: v.number() })),
  others: count,
})

export const dimensionsSchema = v.object({
  dimensions: v.array(v.object({ by: v.string(), values: v.array(v.string()), more: v.boolean() })),
})

export const commentSchema = v.object({
  id: count,
  created_at: instant,
  score: count,
  text: v.string(),
  end_user: v.object({ id: count, email: v.nullable(v.string()) }),
  origin_url: v.nullable(v.string()),
  level: v.string(),
  form: v.string(),
  language: v.string(),
  device: v.string(),
  properties: v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
})

export const commentsSchema = v.object({ total: count, offset: count, comments: v.array(commentSchema) })

export const shareSchema = v.object({ token: v.string(), expires_at: instant })

export const settingsSchema = v.object({ time_zone: v.string(), week_start: weekStart })
