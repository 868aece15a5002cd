import { type RawBuilder, sql } from 'kysely'
import { KEY_RETENTION_S } from './idempotency-keys.js'
import type { Storage } from './storage.js'

/** Deleted at a time, so that nobody waits long behind it. */
const BATCH = 1_000

/** Deletes what has expired: tokens, and idempotency keys. Several processes may do so at once. */
export async function sweep(storage: Storage, nowMs: number): Promise<void> {
  await deleteExpired(storage, {
    table: 'access_tokens',
    key: sql`hash`,
    time: sql`expires_ms`,
    beforeMs: nowMs,
  })
  await deleteExpired(storage, {
    table: 'refresh_tokens',
    key: sql`hash`,
    time: sql`expires_ms`,
    beforeMs: nowMs,
  })
  await deleteExpired(storage, {
    table: 'idempotency_keys',
    key: sql`account_id, key_hash`,
    time: sql`created_ms`,
    beforeMs: nowMs - KEY_RETENTION_S * 1_000,
  })
}

interface Expiry {
  table: string
  key: RawBuilder<unknown>
  time: RawBuilder<unknown>
  beforeMs: number
}

async function deleteExpired(storage: Storage, { table, key, time, beforeMs }: Expiry): Promise<void> {
  const statement = sql`delete from ${sql.table(table)} where (${key}) in (
    select ${key} from ${sql.table(table)} where ${time} <= ${beforeMs} order by ${time} limit ${BATCH})`
  for (;;) {
    const { numAffectedRows = 0n } = await storage.write(db => statement.execute(db))
    if (numAffectedRows < BATCH) return
  }
}
