import * as v from 'valibot'
import type {
  Decline,
  EndUser,
  EndUserSettings,
  Impression,
  NpsSummary,
  PageView,
  Properties,
  ResponseRecord,
  Segment,
} from '../wire/v1.js'
import type { Parsed } from './client.js'
import { parseDatetime } from './datetime.js'
import { parseProperties } from './properties.js'

/** Reads one record or throws a {@link ShapeError}. */
export type Parse<T> = (value: unknown) => T

/** Says where a value is not what the API document says. The caller knows of which request. */
export class ShapeError extends Error {
  override name = 'ShapeError'
  constructor(readonly field: string) {
    super(field)
  }
}

const Integer = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^(0|-?[1-9]\d{0,15})$/), v.transform(Number))]),
  v.safeInteger(),
)
const Id = v.pipe(Integer, v.minValue(1))
const Count = v.pipe(Integer, v.minValue(0))
const Score = v.pipe(Integer, v.minValue(0), v.maxValue(10))

/** A value that `parse` understands. */
const parsedBy = <T>(parse: (value: unknown) => T | undefined) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({ dataset, addIssue, NEVER }) => {
      const parsed = parse(dataset.value)
      if (parsed !== undefined) return parsed
      addIssue({ message: 'unreadable' })
      return NEVER
    }),
  )
const Datetime = parsedBy<Date>(value => (typeof value === 'string' ? parseDatetime(value) : undefined))

/** Absent is what null says. */
const NullableText = v.nullish(v.string(), null)

/** A field of the document's later editions. What is of another shape is left out: nobody relies on it. */
const wherePossible = <S extends v.GenericSchema>(schema: S) =>
  v.exactOptional(v.fallback(schema, undefined as never))

const Times = { created_at: Datetime, updated_at: Datetime }
const EndUserSchema = v.object({
  id: Id,
  ...Times,
  email: NullableText,
  last_surveyed: v.nullish(Datetime, null),
  external_created_at: v.nullish(Integer, null),
  user_id: v.exactOptional(Id),
  page_views_count: v.exactOptional(Count),
  properties: v.optional(parsedBy<Properties>(parseProperties), null),
  external_id: wherePossible(v.nullable(v.string())),
  phone_number: wherePossible(v.nullable(v.string())),
})

const laterEntries = {
  survey_id: wherePossible(v.nullable(Id)),
  completed: wherePossible(v.boolean()),
  excluded_from_calculations: wherePossible(v.boolean()),
}
const responseEntries = {
  id: Id,
  ...Times,
  score: Score,
  text: NullableText,
  ip_address: NullableText,
  origin_url: NullableText,
  user_id: v.exactOptional(Id),
  ...laterEntries,
  tags: wherePossible(v.array(v.string())),
  notes: wherePossible(v.array(v.string())),
  end_user: wherePossible(v.object({ properties: parsedBy<Properties>(parseProperties) })),
}
const ResponseSchema = v.object({ ...responseEntries, end_user_id: Id })
const DeclineSchema = v.object({
  id: Id,
  end_user_id: Id,
  ...Times,
  user_id: v.exactOptional(Id),
  ip_address: wherePossible(v.nullable(v.string())),
  origin_url: wherePossible(v.nullable(v.string())),
  ...laterEntries,
})
const PageViewSchema = v.object({ id: Id, end_user_id: Id, url: NullableText, at: Datetime, ...Times })

const ImpressionSchema = v.object({
  id: Id,
  end_user_id: Id,
  ...Times,
  outcome: v.picklist(['', 'response', 'decline']),
})
const SettingsSchema = v.object({
  id: Id,
  end_user_id: Id,
  ...Times,
  email_nps: v.optional(v.boolean(), true),
  web_nps: v.optional(v.boolean(), true),
  mobile_nps: v.optional(v.boolean(), true),
  force_web_survey: v.optional(v.boolean(), false),
  surveys_disabled_by_end_user: v.optional(v.boolean(), false),
})
const NpsSummarySchema = v.object({
  nps: v.number(),
  responses: Count,
  detractors: Count,
  passives: Count,
  promoters: Count,
  response_rate: v.number(),
  email_response_rate: v.number(),
})
const SegmentSchema = v.object({
  name: v.string(),
  data_type: v.picklist(['string', 'date', 'integer']),
  created_at: Datetime,
})

const parseWith =
  <T>(schema: v.GenericSchema<unknown, T>): Parse<T> =>
  value => {
    const result = v.safeParse(schema, value, { abortEarly: true })
    if (result.success) return result.output
    throw new ShapeError(v.getDotPath(result.issues[0]) ?? '')
  }

export const parseEndUser: Parse<Parsed<EndUser>> = parseWith(EndUserSchema)
export const parseResponse: Parse<Parsed<ResponseRecord>> = parseWith(ResponseSchema)
export const parseDecline: Parse<Parsed<Decline>> = parseWith(DeclineSchema)
export const parseSettings: Parse<Parsed<EndUserSettings>> = parseWith(SettingsSchema)
export const parseNpsSummary: Parse<NpsSummary> = parseWith(NpsSummarySchema)
export const parseSegment: Parse<Parsed<Segment>> = parseWith(SegmentSchema)
export const parseImpression: Parse<Parsed<Impression>> = parseWith(ImpressionSchema)
export const parsePageView: Parse<Parsed<PageView>> = parseWith(PageViewSchema)

/** Whole or not at all: one record that is wrong is an error with its place, `3.created_at`. */
export function parseList<T>(value: unknown, parse: Parse<T>): T[] {
  if (!Array.isArray(value)) throw new ShapeError('')
  return value.map((item, index) => {
    try {
      return parse(item)
    } catch (error) {
      throw error instanceof ShapeError
        ? new ShapeError([index, error.field].filter(part => part !== '').join('.'))
        : error
    }
  })
}
