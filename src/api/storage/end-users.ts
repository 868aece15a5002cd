import { type RawBuilder, sql } from 'kysely'
import { givenRows } from './given-rows.js'
import type { ListScope } from './list-scope.js'
import { prepare } from './prepared.js'
import { type ListSource, selectPage } from './select-page.js'
import { shareStatement } from './shared-statement.js'
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

/** Whose record it is. */
interface Owned {
  account_id: number
  end_user_id: number
}

interface Surveyed extends Owned {
  at_s: number
  now_ms: number
}

const markSurveyedQuery = prepare<Surveyed, unknown>((db, value) =>
  db
    .updateTable('end_users')
    .set({
      last_surveyed_s: sql`case when last_surveyed_s >= ${value('at_s')} then last_surveyed_s else ${value('at_s')} end`,
      updated_ms: sql`case when last_surveyed_s >= ${value('at_s')} then updated_ms else ${value('now_ms')} end`,
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
      returning end_users.account_id, end_users.id`.execute(db)
    return amongUpdated(surveyed, rows)
  },
  wrote: isThere => isThere,
})

const countUp = prepare<Owned, unknown>((db, value) =>
  db
    .updateTable('end_users')
    .set({ page_views_count: sql`page_views_count + 1` })
    .where('account_id', '=', value('account_id'))
    .where('id', '=', value('end_user_id'))
    .compile(),
)

/** Counts a page view that came. @returns false where there is no such end user */
export const countPageView = (db: Db, { account_id, end_user_id }: Owned): Promise<boolean> =>
  countUpShared(db, { account_id, end_user_id })

const countUpShared = shareStatement<Owned, boolean>({
  async one(db, owner) {
    const { numAffectedRows } = await countUp(db, owner)
    return numAffectedRows === 1n
  },
  async many(db, owners) {
    const given = givenRows(owners, { account_id: 'bigint', end_user_id: 'bigint' })
    const { rows } = await sql<{ account_id: number; id: number }>`
      with locked as (${lockedEndUsers(given)})
      update end_users set page_views_count = page_views_count + 1
      from locked where end_users.account_id = locked.account_id and end_users.id = locked.end_user_id
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

export const endUserExists = async (db: Db, accountId: number, id: number): Promise<boolean> =>
  (await selectEndUser(db, accountId, id)) !== undefined

/** An end user of whom nothing is known yet. */
export const newEndUserRow = ({
  accountId,
  id,
  nowMs,
}: {
  accountId: number
  id: number
  nowMs: number
}): EndUserRow => ({
  account_id: accountId,
  id,
  email: null,
  email_key: null,
  external_id: null,
  phone_number: null,
  phone_key: null,
  settings: null,
  last_surveyed_s: null,
  external_created_at_s: null,
  properties: '{}',
  page_views_count: 0,
  created_ms: nowMs,
  updated_ms: nowMs,
})
