import { sql } from 'kysely'
import type { ListScope } from '../request/list-schema.js'
import { prepare } from './prepared.js'
import { type ListSource, selectPage } from './select-page.js'
import type { Db } from './storage.js'
import type { EndUserRow } from './tables.js'

/** What tells an end user from the account's others. */
export const emailKey = (email: string): string => email.trim().normalize('NFC').toLowerCase()

/** What is compared of a phone number. */
export const phoneKey = (phoneNumber: string): string => phoneNumber.replace(/\D/g, '')

/** A name of an end user that is unique within its account. */
export type EndUserName =
  | { column: 'email_key' | 'external_id' | 'phone_key'; value: string }
  | { column: 'id'; value: number }

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

/** @returns undefined where the account has no such end user */
export async function findEndUserId(
  db: Db,
  accountId: number,
  { column, value }: EndUserName,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('end_users')
    .select('id')
    .where('account_id', '=', accountId)
    .where(column, '=', value)
    .executeTakeFirst()
  return row?.id
}

/** @returns false where the account has an end user of that e-mail, external id or phone number */
export async function insertEndUser(db: Db, row: EndUserRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('end_users')
    .values(row)
    .onConflict(conflict => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

type UniqueNames = Pick<EndUserRow, 'account_id' | 'id' | 'email_key' | 'external_id' | 'phone_key'>

/** Which of an end user's names is another one's. @returns undefined where none is */
export async function findTakenName(
  db: Db,
  { account_id, id, ...names }: UniqueNames,
): Promise<'email' | 'external_id' | 'phone_number' | undefined> {
  const parameters = { email_key: 'email', external_id: 'external_id', phone_key: 'phone_number' } as const
  for (const [column, parameter] of Object.entries(parameters)) {
    const value = names[column as keyof typeof parameters]
    if (value === null) continue
    const owner = await findEndUserId(db, account_id, { column: column as keyof typeof parameters, value })
    if (owner !== undefined && owner !== id) return parameter
  }
  return undefined
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
