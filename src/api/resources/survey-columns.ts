import type * as v from 'valibot'
import type { Properties } from '../../wire/v1.js'
import type { createDecline } from '../request/schemas.js'
import type { Db } from '../storage/storage.js'
import type { DeclineRow, SurveyColumns } from '../storage/tables.js'
import { changeEndUser } from './change-end-user.js'
import { mergeProperties } from './merge-properties.js'

/** What responses and declines alike may say of their survey. */
type SurveyFields = v.InferOutput<typeof createDecline>

const asFlag = (value: boolean | null | undefined): number => (value ? 1 : 0)

/** The columns of a new record. */
export const surveyColumns = ({
  survey,
  priority,
  completed,
  excluded_from_calculations,
}: SurveyFields): SurveyColumns => ({
  language: survey?.language ?? null,
  channel: survey?.channel ?? null,
  unique_link: survey?.unique_link || null,
  priority: priority ?? null,
  completed: asFlag(completed),
  excluded: asFlag(excluded_from_calculations),
})

/**
 * What changes of a record when its survey posts it again: what the new post says, unless it is the older of the two, as
 * when the first was held up on its way.
 *
 * @returns undefined where nothing changes
 */
export function mergeSurveyPost<Row extends SurveyColumns & Pick<DeclineRow, 'ip_address' | 'updated_ms'>>(
  earlier: Row,
  later: Row,
  { completed, excluded_from_calculations }: SurveyFields,
): Partial<Row> | undefined {
  if ((later.priority ?? 0) < (earlier.priority ?? 0)) return undefined
  const changes: Partial<SurveyColumns & Pick<DeclineRow, 'ip_address' | 'updated_ms'>> = {
    language: later.language ?? earlier.language,
    channel: later.channel ?? earlier.channel,
    ip_address: later.ip_address ?? earlier.ip_address,
    priority: later.priority ?? earlier.priority,
    updated_ms: later.updated_ms,
    ...markChanges({ completed, excluded_from_calculations }),
  }
  return changes as Partial<Row>
}

/** The columns of the marks that a request sets. */
export const markChanges = ({
  completed,
  excluded_from_calculations: excluded,
}: Pick<SurveyFields, 'completed' | 'excluded_from_calculations'>): Partial<SurveyColumns> => ({
  ...(completed !== undefined && completed !== null && { completed: asFlag(completed) }),
  ...(excluded !== undefined && excluded !== null && { excluded: asFlag(excluded) }),
})

/** Gives the end user the properties that came with a response or a decline. */
export async function applyEndUserProperties(
  db: Db,
  { end_user }: SurveyFields,
  { accountId, endUserId, nowMs, forUpdate }: ApplyOptions,
): Promise<void> {
  const properties = end_user?.properties
  if (!properties || Object.keys(properties).length === 0) return
  await changeEndUser(db, { accountId, id: endUserId, forUpdate, nowMs }, row => ({
    properties: mergeProperties(row.properties, properties as Properties),
    updated_ms: nowMs,
  }))
}

interface ApplyOptions {
  accountId: number
  endUserId: number
  nowMs: number
  /** Whether the row must be locked first. */
  forUpdate: boolean
}
