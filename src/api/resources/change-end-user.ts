import { updateEndUser } from '../storage/end-users.js'
import type { Db } from '../storage/storage.js'
import type { EndUserRow } from '../storage/tables.js'
import { announceOptOut } from './announce.js'

export interface ChangeOptions {
  accountId: number
  id: number
  /** See `Storage.locksRows`. */
  forUpdate: boolean
  nowMs: number
}

/** Alters an end user, and has webhooks told where that is an opt-out. @returns undefined where there is none */
export async function changeEndUser(
  db: Db,
  { nowMs, ...key }: ChangeOptions,
  change: (row: EndUserRow) => Partial<EndUserRow>,
): Promise<EndUserRow | undefined> {
  let before: EndUserRow | undefined
  const row = await updateEndUser(db, key, found => {
    before = found
    return change(found)
  })
  if (row) await announceOptOut(db, before, row, nowMs)
  return row
}
