import * as v from 'valibot'
import type { PageView } from '../../wire/v1.js'
import type { PageViewRow } from '../storage/tables.js'
import type { SerialiseContext } from './record-endpoints.js'
import { datetime, id } from './record-shapes.js'

export const pageViewSchema = v.object({
  id,
  end_user_id: id,
  url: v.nullable(v.string()),
  at: datetime,
  created_at: datetime,
  updated_at: datetime,
})

export const serialisePageView = (row: PageViewRow, { print }: SerialiseContext): PageView => ({
  id: row.id,
  end_user_id: row.end_user_id,
  url: row.url,
  at: print(row.at_s * 1_000),
  created_at: print(row.created_ms),
  updated_at: print(row.created_ms),
})
