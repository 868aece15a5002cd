import * as v from 'valibot'
import type { Decline } from '../../wire/v1.js'
import type { DeclineRow } from '../storage/tables.js'
import type { SerialiseContext } from './record-endpoints.js'
import { datetime, id, later } from './record-shapes.js'

export const declineSchema = v.object({
  id,
  end_user_id: id,
  created_at: datetime,
  updated_at: datetime,
  user_id: id,
  survey_id: later(v.nullable(id)),
  completed: later(v.boolean()),
  excluded_from_calculations: later(v.boolean()),
  ip_address: later(v.nullable(v.string())),
  origin_url: later(v.nullable(v.string())),
})

export const serialiseDecline = (row: DeclineRow, { print, edition }: SerialiseContext): Decline => ({
  id: row.id,
  end_user_id: row.end_user_id,
  created_at: print(row.created_ms),
  updated_at: print(row.updated_ms),
  user_id: row.account_id,
  ...(edition === 'later' && {
    survey_id: null,
    completed: row.completed === 1,
    excluded_from_calculations: row.excluded === 1,
    ip_address: row.ip_address,
    origin_url: row.origin_url,
  }),
})
