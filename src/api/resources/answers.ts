import * as v from 'valibot'
import type { Decline, EndUser, PageView, Properties, ResponseRecord } from '../../wire/v1.js'
import type { PrintDatetime } from '../datetime.js'
import type { DeclineRow, EndUserRow, PageViewRow, ResponseRow } from '../storage/tables.js'

/** What the records look like on the wire, for the OpenAPI description, and how they get there. */

const id = v.pipe(v.number(), v.integer(), v.minValue(1))
const datetime = v.pipe(
  v.string(),
  v.regex(/^\d{4,5}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{3}[+-]\d\d:\d\d| [+-]\d{4})?$/),
)
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const endUserSchema = v.object({
  id,
  created_at: datetime,
  updated_at: datetime,
  email: v.string(),
  last_surveyed: v.nullable(datetime),
  external_created_at: v.nullable(count),
  user_id: id,
  page_views_count: count,
  properties: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
})

export const responseSchema = v.object({
  id,
  created_at: datetime,
  updated_at: datetime,
  score: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10)),
  text: v.nullable(v.string()),
  ip_address: v.nullable(v.string()),
  origin_url: v.string(),
  end_user_id: id,
  user_id: id,
})

export const declineSchema = v.object({
  id,
  end_user_id: id,
  created_at: datetime,
  updated_at: datetime,
  user_id: id,
})

export const pageViewSchema = v.object({
  id,
  end_user_id: id,
  url: v.nullable(v.string()),
  at: datetime,
  created_at: datetime,
  updated_at: datetime,
})

export const endUserAnswer = (row: EndUserRow, print: PrintDatetime): EndUser => ({
  id: row.id,
  created_at: print(row.created_ms),
  updated_at: print(row.updated_ms),
  email: row.email,
  last_surveyed: row.last_surveyed_s === null ? null : print(row.last_surveyed_s * 1_000),
  external_created_at: row.external_created_at_s,
  user_id: row.account_id,
  page_views_count: row.page_views_count,
  properties: JSON.parse(row.properties) as Properties,
})

export const responseAnswer = (row: ResponseRow, print: PrintDatetime): ResponseRecord => ({
  id: row.id,
  created_at: print(row.created_ms),
  updated_at: print(row.updated_ms),
  score: row.score,
  text: row.text,
  ip_address: row.ip_address,
  origin_url: row.origin_url,
  end_user_id: row.end_user_id,
  user_id: row.account_id,
})

export const declineAnswer = (row: DeclineRow, print: PrintDatetime): Decline => ({
  id: row.id,
  end_user_id: row.end_user_id,
  created_at: print(row.created_ms),
  updated_at: print(row.updated_ms),
  user_id: row.account_id,
})

export const pageViewAnswer = (row: PageViewRow, print: PrintDatetime): PageView => ({
  id: row.id,
  end_user_id: row.end_user_id,
  url: row.url,
  at: print(row.at_s * 1_000),
  created_at: print(row.created_ms),
  updated_at: print(row.created_ms),
})
