import { sql } from 'kysely'
import type { ListScope } from '../request/list-schema.js'
import { prepare } from './prepared.js'
import { type ListSource, selectPage } from './select-page.js'
import type { Db } from './storage.js'
import type { EndUserRow } from './tables.js'

/** What tells an end user from the account's others. */
export const emailKey = (email: string): string => email.trim().normalize('NFC').toLowerCase()

const SOURCE: ListSource = {
  table: 'end_users',
  order: 'asc',
  columns: { created_at: 'created_ms', updated_at: 'updated_ms', email: 'email_key' },
}

export function selectEndUsers(
  db: Db,
  accountId: number,
  { email, ...scope }: ListScope & { email?: string | undefined },
): Promise<EndUserRow[]> {
  const where = email === undefined ? [] : [sql`email_key = ${emailKey(email)}`]
  return selectPage(db, SOURCE, { accountId, scope, where })
}

const selectOne = prepare<{ accountId: number; id: number }, EndUserRow>((db, value) =>
  db
    .selectFrom('end_users')
    .selectAll()
    .where('account_id', '=', value('accountId'))
    .where('id', '=', value('id'))
    .compile(),
)

export async function selectEndUser(db: Db, accountId: number, id: number): Promise<EndUserRow | undefined> {
  const { rows } = await selectOne(db, { accountId, id })
  return rows[0]
}

/** @returns false where the account has an end user of that e-mail */
export async function insertEndUser(db: Db, row: EndUserRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('end_users')
    .values(row)
    .onConflict(conflict => conflict.columns(['account_id', 'email_key']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Alters the end user by what `change` makes of it. @returns undefined where there is none */
export async function updateEndUser(
  db: Db,
  { accountId, id, forUpdate }: { accountId: number; id: number; forUpdate: boolean },
  change: (row: EndUserRow) => Partial<EndUserRow>,
): Promise<EndUserRow | undefined> {
  const select = db
    .selectFrom('end_users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
  const row = await (forUpdate ? select.forUpdate() : select).executeTakeFirst()
  if (!row) return undefined
  const changed = change(row)
  await db
    .updateTable('end_users')
    .set(changed)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute()
  return { ...row, ...changed }
}

/** Takes everything of the end user along. @returns undefined where there is none */
export const deleteEndUser = (db: Db, accountId: number, id: number): Promise<EndUserRow | undefined> =>
  db
    .deleteFrom('end_users')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()

/** Whose record it is. */
interface Owned {
  account_id: number
  end_user_id: number
}

const markSurveyedQuery = prepare<Owned & { atS: number; nowMs: number }, unknown>((db, value) =>
  db
    .updateTable('end_users')
    .set({
      last_surveyed_s: sql`case when last_surveyed_s >= ${value('atS')} then last_surveyed_s else ${value('atS')} end`,
      updated_ms: sql`case when last_surveyed_s >= ${value('atS')} then updated_ms else ${value('nowMs')} end`,
    })
    .where('account_id', '=', value('account_id'))
    .where('id', '=', value('end_user_id'))
    .compile(),
)

/**
 * Moves `last_surveyed` forward to the time of a response or decline, never back.
 *
 * @returns false where there is no such end user
 */
export async function markSurveyed(
  db: Db,
  { account_id, end_user_id, created_ms }: Owned & { created_ms: number },
  nowMs: number,
): Promise<boolean> {
  const atS = Math.floor(created_ms / 1_000)
  const { numAffectedRows } = await markSurveyedQuery(db, { account_id, end_user_id, atS, nowMs })
  return numAffectedRows === 1n
}

const countUp = prepare<Owned, unknown>((db, value) =>
  db
    .updateTable('end_users')
    .set({ page_views_count: sql`page_views_count + 1` })
    .where('account_id', '=', value('account_id'))
    .where('id', '=', value('end_user_id'))
    .compile(),
)

/** Counts a page view that came. @returns false where there is no such end user */
export async function countPageView(db: Db, { account_id, end_user_id }: Owned): Promise<boolean> {
  const { numAffectedRows } = await countUp(db, { account_id, end_user_id })
  return numAffectedRows === 1n
}

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

export const endUserExists = async (db: Db, accountId: number, id: number): Promise<boolean> =>
  (await selectEndUser(db, accountId, id)) !== undefined
