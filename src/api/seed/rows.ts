import { insertMany } from '../storage/insert-many.js'
import { propertyRows } from '../storage/report/property-rows.js'
import type { Db } from '../storage/storage.js'
import type {
  DeclineRow,
  DeclineSnapshotRow,
  EndUserRow,
  ImpressionRow,
  ResponseRow,
  ResponseSnapshotRow,
} from '../storage/tables.js'

/** What is inserted in one transaction, by table. */
export interface Rows {
  endUsers: EndUserRow[]
  responses: ResponseRow[]
  responseSnapshots: ResponseSnapshotRow[]
  declines: DeclineRow[]
  declineSnapshots: DeclineSnapshotRow[]
  impressions: ImpressionRow[]
}

export const noRows = (): Rows => ({
  endUsers: [],
  responses: [],
  responseSnapshots: [],
  declines: [],
  declineSnapshots: [],
  impressions: [],
})

export async function insertRows(db: Db, rows: Rows): Promise<void> {
  await insertMany(db, 'end_users', rows.endUsers)
  await insertMany(db, 'responses', rows.responses)
  await insertMany(db, 'response_snapshots', rows.responseSnapshots)
  await insertMany(db, 'response_properties', rows.responseSnapshots.flatMap(propertyRows))
  await insertMany(db, 'declines', rows.declines)
  await insertMany(db, 'decline_snapshots', rows.declineSnapshots)
  await insertMany(db, 'impressions', rows.impressions)
}
