import * as v from 'valibot'
import type { Properties, ResponseRecord } from '../../wire/v1.js'
import type { ResponseRow } from '../storage/tables.js'
import type { SerialiseContext } from './record-endpoints.js'
import { datetime, id, later, property } from './record-shapes.js'

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
  survey_id: later(v.nullable(id)),
  completed: later(v.boolean()),
  excluded_from_calculations: later(v.boolean()),
  tags: later(v.array(v.string())),
  notes: later(v.array(v.string())),
  end_user: later(v.object({ properties: v.record(v.string(), property) })),
})

export const serialiseResponse = (
  row: ResponseRow,
  { print, edition, properties }: SerialiseContext,
): ResponseRecord => ({
  id: row.id,
  created_at: print(row.created_ms),
  updated_at: print(row.updated_ms),
  score: row.score,
  text: row.text,
  ip_address: row.ip_address,
  origin_url: row.origin_url,
  end_user_id: row.end_user_id,
  user_id: row.account_id,
  ...(edition === 'later' && {
    survey_id: null,
    completed: row.completed === 1,
    excluded_from_calculations: row.excluded === 1,
    tags: [],
    notes: [],
    end_user: { properties: JSON.parse(properties.get(row.end_user_id) ?? '{}') as Properties },
  }),
})
