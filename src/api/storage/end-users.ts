import { sql } from 'kysely'
import { emailKey } from '../../domain/email-key.js'
import type { ListScope } from './list-scope.js'
import { prepare } from './prepared.js'
import { type ListSource, selectPage } from './select-page.js'
import type { Db } from './storage.js'
import type { EndUserRow } from './tables.js'

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
  erased_s: null,
  created_ms: nowMs,
  updated_ms: nowMs,
})
