import type { Db } from './storage.js'
import type { IdempotencyKeyRow } from './tables.js'

/** @returns undefined where the key is not known, or is from before `expiredMs` */
export const selectKey = (
  db: Db,
  { accountId, keyHash, expiredMs }: { accountId: number; keyHash: string; expiredMs: number },
): Promise<IdempotencyKeyRow | undefined> =>
  db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('key_hash', '=', keyHash)
    .where('created_ms', '>', expiredMs)
    .executeTakeFirst()

/**
 * Writes the key, over one from before `expiredMs` if need be.
 *
 * @returns false where the key is taken: another transaction has committed it while this one waited
 */
export async function claimKey(db: Db, row: IdempotencyKeyRow, expiredMs: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict(conflict =>
      conflict
        .columns(['account_id', 'key_hash'])
        .doUpdateSet(row)
        .where('idempotency_keys.created_ms', '<=', expiredMs),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}
