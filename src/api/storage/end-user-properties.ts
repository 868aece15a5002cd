import { sql } from 'kysely'
import { givenRows } from './given-rows.js'
import type { Owned } from './owned.js'
import { shareStatement } from './shared-statement.js'
import type { Db } from './storage.js'
import type { EndUserRow } from './tables.js'

/** Properties of the end users who were updated last, as JSON text, with the time when each was created. */
export const selectLatestProperties = (
  db: Db,
  accountId: number,
  limit: number,
): Promise<Pick<EndUserRow, 'properties' | 'created_ms'>[]> =>
  db
    .selectFrom('end_users')
    .select(['properties', 'created_ms'])
    .where('account_id', '=', accountId)
    .orderBy('updated_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()

/** JSON text of the properties of some end users, by their ids. */
export async function selectProperties(
  db: Db,
  accountId: number,
  ids: readonly number[],
): Promise<Map<number, string>> {
  const rows = await db
    .selectFrom('end_users')
    .select(['id', 'properties'])
    .where('account_id', '=', accountId)
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, properties }) => [id, properties]))
}

/** JSON text of one end user's properties; undefined where there is no such end user. */
export const selectPropertiesOfOne = shareStatement<Owned, string | undefined>({
  async one(db, { account_id, end_user_id }) {
    const found = await selectProperties(db, account_id, [end_user_id])
    return found.get(end_user_id)
  },
  async many(db, owners) {
    const { rows } = await sql<Pick<EndUserRow, 'account_id' | 'id' | 'properties'>>`
      select end_users.account_id, end_users.id, end_users.properties
      from ${givenRows(owners, { account_id: 'bigint', end_user_id: 'bigint' })} join end_users
      on end_users.account_id = given.account_id and end_users.id = given.end_user_id`.execute(db)
    const found = new Map(rows.map(row => [`${row.account_id} ${row.id}`, row.properties]))
    return owners.map(({ account_id, end_user_id }) => found.get(`${account_id} ${end_user_id}`))
  },
  wrote: () => false,
})
