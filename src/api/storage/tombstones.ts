import { deriveSecret } from '../oauth/secrets.js'
import type { Db } from './storage.js'
import type { EndUserRow } from './tables.js'

/** The name of the server secret by which names are hashed. */
export const TOMBSTONE_SECRET = 'tombstones'

/** The names of somebody, as they are compared. */
export type ErasedNames = Partial<Pick<EndUserRow, 'email_key' | 'external_id' | 'phone_key'>>

/** Nobody who has only the table learns a name from it, or whether it is there. */
const hashesOf = ({ email_key, external_id, phone_key }: ErasedNames, secret: string): string[] =>
  Object.entries({ email_key, external_id, phone_key }).flatMap(([column, name]) =>
    typeof name === 'string' ? [deriveSecret(secret, column, name)] : [],
  )

export interface TombstoneOptions {
  accountId: number
  names: ErasedNames
  secret: string
}

/** When somebody of one of these names was last erased, whole seconds since 1970. @returns undefined where nobody was */
export async function selectErasedS(
  db: Db,
  { accountId, names, secret }: TombstoneOptions,
): Promise<number | undefined> {
  const hashes = hashesOf(names, secret)
  if (hashes.length === 0) return undefined
  const rows = await db
    .selectFrom('tombstones')
    .select('erased_s')
    .where('account_id', '=', accountId)
    .where('name_hash', 'in', hashes)
    .execute()
  return rows.length === 0 ? undefined : Math.max(...rows.map(({ erased_s }) => erased_s))
}

/** Notes that somebody of these names was erased. */
export async function insertTombstones(
  db: Db,
  { accountId, names, secret }: TombstoneOptions,
  erasedS: number,
): Promise<void> {
  for (const name_hash of hashesOf(names, secret))
    await db
      .insertInto('tombstones')
      .values({ account_id: accountId, name_hash, erased_s: erasedS })
      .onConflict(conflict =>
        conflict.columns(['account_id', 'name_hash']).doUpdateSet({ erased_s: erasedS }),
      )
      .execute()
}
