import * as v from 'valibot'
import type { Decline, EndUser, PageView, Properties, ResponseRecord } from '../wire/v1.js'
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
})
const responseEntries = {
  id: Id,
  ...Times,
  score: Score,
  text: NullableText,
  ip_address: NullableText,
  origin_url: NullableText,
  user_id: v.exactOptional(Id),
}
const ResponseSchema = v.object({ ...responseEntries, end_user_id: Id })
const DeclineSchema = v.object({ id: Id, end_user_id: Id, ...Times, user_id: v.exactOptional(Id) })
const PageViewSchema = v.object({ id: Id, end_user_id: Id, url: NullableText, at: Datetime, ...Times })

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
