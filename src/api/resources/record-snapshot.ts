import type { SurveyMoment } from '../../wire/v1.js'
import { selectPropertiesOfOne } from '../storage/end-user-properties.js'
import { setOutcome } from '../storage/report/impressions.js'
import { momentOf } from '../storage/report/moment.js'
import {
  insertDeclineSnapshot,
  insertResponseSnapshot,
  repeatedColumns,
} from '../storage/report/snapshots.js'
import type { Db } from '../storage/storage.js'
import type { DeclineRow, Moment, ResponseRow } from '../storage/tables.js'

interface Said {
  survey?: { [K in keyof SurveyMoment]?: string | null | undefined } | null | undefined
}

async function momentAt(
  db: Db,
  { account_id, end_user_id }: ResponseRow | DeclineRow,
  said: Said,
): Promise<Moment> {
  const properties = await selectPropertiesOfOne(db, { account_id, end_user_id })
  return momentOf(said.survey ?? {}, properties ?? '{}')
}

/** Keeps what is known of the moment beside a response that is new. */
export async function recordResponseSnapshot(
  db: Db,
  row: ResponseRow,
  said: Said,
  nowMs: number,
): Promise<void> {
  const { account_id, id: response_id, created_ms } = row
  const moment = await momentAt(db, row, said)
  const repeated = repeatedColumns(row)
  await insertResponseSnapshot(db, {
    account_id,
    response_id,
    created_ms,
    received_ms: nowMs,
    ...repeated,
    ...moment,
  })
  await setOutcome(db, row, 'response')
}

/** Keeps what is known of the moment beside a decline that is new. */
export async function recordDeclineSnapshot(
  db: Db,
  row: DeclineRow,
  said: Said,
  nowMs: number,
): Promise<void> {
  const { account_id, id: decline_id, created_ms } = row
  const moment = await momentAt(db, row, said)
  await insertDeclineSnapshot(db, { account_id, decline_id, created_ms, received_ms: nowMs, ...moment })
  await setOutcome(db, row, 'decline')
}
