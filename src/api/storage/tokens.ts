import type { Db } from './storage.js'
import type { AccessTokenRow, RefreshTokenRow } from './tables.js'

export const selectAccessToken = (db: Db, hash: string): Promise<AccessTokenRow | undefined> =>
  db.selectFrom('access_tokens').selectAll().where('hash', '=', hash).executeTakeFirst()

export const selectRefreshToken = (db: Db, hash: string): Promise<RefreshTokenRow | undefined> =>
  db.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash).executeTakeFirst()

export async function insertAccessToken(db: Db, row: AccessTokenRow): Promise<void> {
  await db.insertInto('access_tokens').values(row).execute()
}

export async function insertRefreshToken(db: Db, row: RefreshTokenRow): Promise<void> {
  await db.insertInto('refresh_tokens').values(row).execute()
}

/** Marks a refresh token as exchanged, for the first who tries. @returns false for everybody else */
export async function rotateRefreshToken(db: Db, hash: string, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('refresh_tokens')
    .set({ rotated_ms: nowMs })
    .where('hash', '=', hash)
    .where('rotated_ms', 'is', null)
    .where('expires_ms', '>', nowMs)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Ends everything that came of one password grant. */
export async function deleteFamily(db: Db, family: string): Promise<void> {
  await db.deleteFrom('access_tokens').where('family', '=', family).execute()
  await db.deleteFrom('refresh_tokens').where('family', '=', family).execute()
}

/** Ends every token of an account, by whatever grant it was obtained. */
export async function deleteAccountTokens(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('access_tokens').where('account_id', '=', accountId).execute()
  await db.deleteFrom('refresh_tokens').where('account_id', '=', accountId).execute()
}
