import { sql } from 'kysely'
import { emailKey } from '../../domain/email-key.js'
import { deleteEndUser } from './delete-end-user.js'
import { findEndUserId, selectEndUser } from './end-users.js'
import { foldDeltas } from './report/hourly.js'
import type { Db, Storage } from './storage.js'
import type { EndUserRow } from './tables.js'
import { type ErasedNames, insertTombstones } from './tombstones.js'

export interface EraseOptions {
  accountId: number
  /** By which the tombstones are hashed. */
  secret: string
  nowMs: number
}

/**
 * Deletes an end user with everything that was said of them, and leaves tombstones: what they did before this second is not
 * taken any more, whoever brings it. Resolves when the bytes are gone from the files too, where that is ours to do (SQLite).
 *
 * @returns undefined where there is none
 */
export async function eraseEndUser(
  storage: Storage,
  id: number,
  options: EraseOptions,
): Promise<EndUserRow | undefined> {
  const { accountId, secret, nowMs } = options
  const erasedS = Math.floor(nowMs / 1_000)
  const erased = await deleteEndUser(storage, { accountId, id }, async db => {
    const row = await selectEndUser(db, accountId, id)
    if (!row) return
    await insertTombstones(db, { accountId, names: row, secret }, erasedS)
    await db
      .updateTable('end_users')
      .set({ erased_s: erasedS })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .execute()
    await deleteTraces(db, row)
  })
  if (!erased) return undefined
  // The counts of figures may have a property's value of theirs.
  await foldDeltas(storage)
  await storage.purge()
  return erased
}

/** As {@link eraseEndUser}, by e-mail. Of somebody who is not known it leaves a tombstone: their acts may wait on a device. */
export async function eraseByEmail(
  storage: Storage,
  email: string,
  options: EraseOptions,
): Promise<EndUserRow | undefined> {
  const { accountId, secret, nowMs } = options
  const names: ErasedNames = { email_key: emailKey(email) }
  const id = await findEndUserId(storage.db, accountId, { column: 'email_key', value: emailKey(email) })
  const erased = id === undefined ? undefined : await eraseEndUser(storage, id, options)
  if (!erased)
    await storage.write(db => insertTombstones(db, { accountId, names, secret }, Math.floor(nowMs / 1_000)))
  return erased
}

/** What else says something of an end user: the outbox, and the fingerprints of what was posted under a key. */
async function deleteTraces(db: Db, { account_id: accountId, id, created_ms }: EndUserRow): Promise<void> {
  await db
    .deleteFrom('webhook_messages')
    .where('account_id', '=', accountId)
    .where('end_user_id', '=', id)
    .execute()
  // A key has no column that says whose it is; the moment and the id of what it made tell it from all others.
  const made = (table: string, record: string, moment: string) => sql`
    select ${sql.ref(record)} as record_id, ${sql.ref(moment)} as created_ms from ${sql.table(table)}`
  const sources = [
    sql`select cast(${id} as bigint) as record_id, cast(${created_ms} as bigint) as created_ms`,
    ...(['responses', 'declines'] as const).map(
      table => sql`${made(table, 'id', 'updated_ms')}
      where account_id = ${accountId} and end_user_id = ${id}`,
    ),
    sql`${made('page_views', 'id', 'created_ms')} where account_id = ${accountId} and end_user_id = ${id}`,
    sql`${made('response_snapshots', 'response_id', 'received_ms')} where account_id = ${accountId}
      and response_id in (select id from responses where account_id = ${accountId} and end_user_id = ${id})`,
    sql`${made('decline_snapshots', 'decline_id', 'received_ms')} where account_id = ${accountId}
      and decline_id in (select id from declines where account_id = ${accountId} and end_user_id = ${id})`,
  ]
  for (const source of sources)
    await sql`delete from idempotency_keys where (account_id, key_hash) in (
      select keys.account_id, keys.key_hash from (${source}) as made join idempotency_keys as keys
        on keys.created_ms = made.created_ms and keys.record_id = made.record_id
        and keys.account_id = ${accountId})`.execute(db)
}
