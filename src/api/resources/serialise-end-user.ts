import * as v from 'valibot'
import type { EndUser, EndUserSettings, Properties } from '../../wire/v1.js'
import type { PrintDatetime } from '../datetime.js'
import type { EndUserRow } from '../storage/tables.js'
import { count, datetime, id, property } from './record-shapes.js'

export const endUserSchema = v.object({
  id,
  created_at: datetime,
  updated_at: datetime,
  email: v.nullable(v.string()),
  last_surveyed: v.nullable(datetime),
  external_created_at: v.nullable(count),
  user_id: id,
  page_views_count: count,
  properties: v.record(v.string(), property),
  external_id: v.optional(v.nullable(v.string())),
  phone_number: v.optional(v.nullable(v.string())),
})

/** External id and phone number are there where they are set, so that other end users look as the first document has it. */
export const serialiseEndUser = (row: EndUserRow, print: PrintDatetime): EndUser => ({
  id: row.id,
  created_at: print(row.created_ms),
  updated_at: print(row.updated_ms),
  email: row.email,
  last_surveyed: row.last_surveyed_s === null ? null : print(row.last_surveyed_s * 1_000),
  external_created_at: row.external_created_at_s,
  user_id: row.account_id,
  page_views_count: row.page_views_count,
  properties: JSON.parse(row.properties) as Properties,
  ...(row.external_id !== null && { external_id: row.external_id }),
  ...(row.phone_number !== null && { phone_number: row.phone_number }),
})

export const settingsSchema = v.object({
  id,
  end_user_id: id,
  created_at: datetime,
  updated_at: datetime,
  email_nps: v.boolean(),
  web_nps: v.boolean(),
  mobile_nps: v.boolean(),
  force_web_survey: v.boolean(),
  surveys_disabled_by_end_user: v.boolean(),
})

/** The settings of an end user for whom none was changed. */
const DEFAULT_SETTINGS = {
  email_nps: true,
  web_nps: true,
  mobile_nps: true,
  force_web_survey: false,
  surveys_disabled_by_end_user: false,
}

export type Settings = typeof DEFAULT_SETTINGS

/** Settings are part of the end user's row and share its id and its times. */
export const serialiseSettings = (row: EndUserRow, print: PrintDatetime): EndUserSettings => ({
  id: row.id,
  end_user_id: row.id,
  created_at: print(row.created_ms),
  updated_at: print(row.updated_ms),
  ...DEFAULT_SETTINGS,
  ...changedSettings(row),
})

/** Those that differ from the defaults, or did once. */
export const changedSettings = ({ settings }: Pick<EndUserRow, 'settings'>): Partial<Settings> =>
  settings === null ? {} : (JSON.parse(settings) as Partial<Settings>)
