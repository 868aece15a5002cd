import type { Db } from './storage.js'
import type { AccountRow } from './tables.js'

export const selectAccounts = (db: Db): Promise<AccountRow[]> =>
  db.selectFrom('accounts').selectAll().orderBy('id').execute()

export const selectAccountByClient = (db: Db, clientId: string): Promise<AccountRow | undefined> =>
  db.selectFrom('accounts').selectAll().where('client_id', '=', clientId).executeTakeFirst()

export const selectAccountByEmail = (db: Db, emailKey: string): Promise<AccountRow | undefined> =>
  db.selectFrom('accounts').selectAll().where('email_key', '=', emailKey).executeTakeFirst()

/** Runs in an exclusive unit, so that the next id is this one's alone. */
export async function insertAccount(db: Db, account: Omit<AccountRow, 'id'>): Promise<AccountRow> {
  const { last } = await db
    .selectFrom('accounts')
    .select(({ fn }) => fn.max('id').as('last'))
    .executeTakeFirstOrThrow()
  const row = { ...account, id: Number(last ?? 0) + 1 }
  await db.insertInto('accounts').values(row).execute()
  return row
}

/** @returns undefined where there is no such account */
export const updateAccount = (
  db: Db,
  id: number,
  change: (account: AccountRow) => Partial<AccountRow>,
): Promise<AccountRow | undefined> =>
  db
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst()
    .then(async account => {
      if (!account) return undefined
      const changed = change(account)
      await db.updateTable('accounts').set(changed).where('id', '=', id).execute()
      return { ...account, ...changed }
    })

/** The secret of that name, which is `value` unless another process has written one. Runs in an exclusive unit. */
export async function ensureServerSecret(db: Db, name: string, value: string): Promise<string> {
  await db
    .insertInto('server_secrets')
    .values({ name, value })
    .onConflict(conflict => conflict.column('name').doNothing())
    .execute()
  const row = await db
    .selectFrom('server_secrets')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return row.value
}
