import { sql } from 'kysely'
import type { Db, Storage } from './storage.js'
import type { EndUserRow } from './tables.js'

/** Records that go in one transaction: others who write wait no longer than it takes. */
const SLICE = 1_000

const TABLES = ['page_views', 'declines', 'responses'] as const

interface Owner {
  accountId: number
  id: number
}

/**
 * Takes everything of the end user along: in one transaction where that is little, and otherwise slice by slice, with the end
 * user last. What a crash leaves of it is whole in itself, and goes with the next attempt.
 *
 * @param before runs first in the transaction, and again should there be others
 * @returns the end user with the count of all that was taken along; undefined where there is none
 */
export async function deleteEndUser(
  storage: Storage,
  owner: Owner,
  before: (db: Db) => Promise<void> = async () => undefined,
): Promise<EndUserRow | undefined> {
  let views = 0
  for (;;) {
    const deleted = await storage.write(async db => {
      await before(db)
      return (await hasMuch(db, owner)) ? 'much' : deleteRow(db, owner)
    })
    if (deleted !== 'much')
      return deleted && { ...deleted, page_views_count: deleted.page_views_count + views }
    for (const table of TABLES) {
      const records = await deleteSlices(storage, table, owner)
      if (table === 'page_views') views += records
    }
  }
}

async function deleteSlices(storage: Storage, table: (typeof TABLES)[number], owner: Owner): Promise<number> {
  let records = 0
  for (;;) {
    const deleted = await storage.write(db => deleteSlice(db, table, owner))
    records += deleted
    if (deleted < SLICE) return records
  }
}

async function hasMuch(db: Db, { accountId, id }: Owner): Promise<boolean> {
  for (const table of TABLES) {
    const { rows } = await sql`select 1 from ${sql.table(table)}
      where account_id = ${accountId} and end_user_id = ${id} limit 1 offset ${SLICE}`.execute(db)
    if (rows.length > 0) return true
  }
  return false
}

/** The engine deletes the records of an end user that goes. */
const deleteRow = (db: Db, { accountId, id }: Owner): Promise<EndUserRow | undefined> =>
  db
    .deleteFrom('end_users')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()

async function deleteSlice(
  db: Db,
  table: (typeof TABLES)[number],
  { accountId, id }: Owner,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)}
    where account_id = ${accountId} and id in (
      select id from ${sql.table(table)} where account_id = ${accountId} and end_user_id = ${id} limit ${SLICE})`.execute(
    db,
  )
  const deleted = Number(numAffectedRows)
  if (table === 'page_views')
    await sql`update end_users set page_views_count =
      case when page_views_count > ${deleted} then page_views_count - ${deleted} else 0 end
      where account_id = ${accountId} and id = ${id}`.execute(db)
  return deleted
}
