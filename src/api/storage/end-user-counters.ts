import { type RawBuilder, sql } from 'kysely'
import { givenRows } from './given-rows.js'
import type { Owned } from './owned.js'
import { prepare } from './prepared.js'
import { shareStatement } from './shared-statement.js'
import type { Db } from './storage.js'

interface Surveyed extends Owned {
  at_s: number
  now_ms: number
}

/** An act in the second of the erasure counts as before it. */
const isAfterErasure = (atS: RawBuilder<unknown>) =>
  sql<boolean>`(end_users.erased_s is null or end_users.erased_s < ${atS})`

/** A page view, as far as its end user is concerned. */
type Seen = Owned & { at_s: number }

const markSurveyedQuery = prepare<Surveyed, unknown>((db, value) =>
  db
    .updateTable('end_users')
    .set({
      last_surveyed_s: sql`case when last_surveyed_s >= ${value('at_s')} then last_surveyed_s else ${value('at_s')} end`,
      updated_ms: sql`case when last_surveyed_s >= ${value('at_s')} then updated_ms else ${value('now_ms')} end`,
    })
    .where('account_id', '=', value('account_id'))
    .where('id', '=', value('end_user_id'))
    .where(isAfterErasure(value('at_s')))
    .compile(),
)

/**
 * Moves `last_surveyed` forward to the time of a response or decline, never back.
 *
 * @returns false where there is no such end user, or they were erased after it
 */
export async function markSurveyed(
  db: Db,
  { account_id, end_user_id, created_ms }: Owned & { created_ms: number },
  nowMs: number,
): Promise<boolean> {
  return markSurveyedShared(db, {
    account_id,
    end_user_id,
    at_s: Math.floor(created_ms / 1_000),
    now_ms: nowMs,
  })
}

/** Locks the end users of given rows in one order, whatever the plan, so that two transactions never wait for each other. */
const lockedEndUsers = (given: RawBuilder<unknown>) => sql`select given.* from end_users join ${given}
  on end_users.account_id = given.account_id and end_users.id = given.end_user_id
  order by given.account_id, given.end_user_id for update of end_users`

/** Whether each owner is among the rows that were updated. */
function amongUpdated(
  owners: readonly Owned[],
  updated: readonly { account_id: number; id: number }[],
): boolean[] {
  const found = new Set(updated.map(({ account_id, id }) => `${account_id} ${id}`))
  return owners.map(({ account_id, end_user_id }) => found.has(`${account_id} ${end_user_id}`))
}

const markSurveyedShared = shareStatement<Surveyed, boolean>({
  async one(db, surveyed) {
    const { numAffectedRows } = await markSurveyedQuery(db, surveyed)
    return numAffectedRows === 1n
  },
  async many(db, surveyed) {
    const given = givenRows(surveyed, {
      account_id: 'bigint',
      end_user_id: 'bigint',
      at_s: 'bigint',
      now_ms: 'bigint',
    })
    const { rows } = await sql<{ account_id: number; id: number }>`
      with locked as (${lockedEndUsers(given)})
      update end_users set
        last_surveyed_s = case when last_surveyed_s >= locked.at_s then last_surveyed_s else locked.at_s end,
        updated_ms = case when last_surveyed_s >= locked.at_s then updated_ms else locked.now_ms end
      from locked where end_users.account_id = locked.account_id and end_users.id = locked.end_user_id
        and ${isAfterErasure(sql`locked.at_s`)}
      returning end_users.account_id, end_users.id`.execute(db)
    return amongUpdated(surveyed, rows)
  },
  wrote: isThere => isThere,
})

const countUp = prepare<Seen, unknown>((db, value) =>
  db
    .updateTable('end_users')
    .set({ page_views_count: sql`page_views_count + 1` })
    .where('account_id', '=', value('account_id'))
    .where('id', '=', value('end_user_id'))
    .where(isAfterErasure(value('at_s')))
    .compile(),
)

/** Counts a page view that came. @returns false where there is no such end user, or they were erased after it */
export const countPageView = (db: Db, { account_id, end_user_id, at_s }: Seen): Promise<boolean> =>
  countUpShared(db, { account_id, end_user_id, at_s })

const countUpShared = shareStatement<Seen, boolean>({
  async one(db, owner) {
    const { numAffectedRows } = await countUp(db, owner)
    return numAffectedRows === 1n
  },
  async many(db, owners) {
    const given = givenRows(owners, { account_id: 'bigint', end_user_id: 'bigint', at_s: 'bigint' })
    const { rows } = await sql<{ account_id: number; id: number }>`
      with locked as (${lockedEndUsers(given)})
      update end_users set page_views_count = page_views_count + 1
      from locked where end_users.account_id = locked.account_id and end_users.id = locked.end_user_id
        and ${isAfterErasure(sql`locked.at_s`)}
      returning end_users.account_id, end_users.id`.execute(db)
    return amongUpdated(owners, rows)
  },
  wrote: isThere => isThere,
})

/** Counts a page view that went. */
export async function discountPageView(db: Db, { account_id, end_user_id }: Owned): Promise<void> {
  await db
    .updateTable('end_users')
    .set({ page_views_count: sql`page_views_count - 1` })
    .where('account_id', '=', account_id)
    .where('id', '=', end_user_id)
    .where('page_views_count', '>', 0)
    .execute()
}
