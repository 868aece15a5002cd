import type { Properties } from '../../../wire/v1.js'
import type { ResponsePropertyRow, ResponseSnapshotRow } from '../tables.js'

/** Beyond these a property is in the snapshot, and no figure is split by it. */
const MAX_PROPERTIES = 30
export const MAX_VALUE = 200

/** The properties of a snapshot that figures may be split by. */
export function propertyRows(snapshot: ResponseSnapshotRow): ResponsePropertyRow[] {
  const { account_id, response_id, score, created_ms } = snapshot
  if (snapshot.properties === '{}') return []
  const rows: ResponsePropertyRow[] = []
  for (const [name, given] of Object.entries(JSON.parse(snapshot.properties) as Properties)) {
    const value = String(given)
    if (given === null || value.length > MAX_VALUE) continue
    rows.push({ account_id, response_id, name, value, score, created_ms })
    if (rows.length === MAX_PROPERTIES) break
  }
  return rows
}
