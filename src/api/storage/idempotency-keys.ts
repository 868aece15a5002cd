import { sql } from 'kysely'
import { DAY_S, KEY_LIFE_DAYS } from '../../domain/retention.js'
import { givenRows } from './given-rows.js'
import { prepare } from './prepared.js'
import { shareStatement } from './shared-statement.js'
import type { Db } from './storage.js'
import type { IdempotencyKeyRow } from './tables.js'

/** For how long a key is kept. */
export const KEY_RETENTION_S = KEY_LIFE_DAYS * DAY_S

interface KeyQuery {
  accountId: number
  keyHash: string
  expiredMs: number
}

const select = prepare<KeyQuery, IdempotencyKeyRow>((db, value) =>
  db
    .selectFrom('idempotency_keys')
    .selectAll()
    .where('account_id', '=', value('accountId'))
    .where('key_hash', '=', value('keyHash'))
    .where('created_ms', '>', value('expiredMs'))
    .compile(),
)

const idOf = (accountId: number, keyHash: string): string => `${accountId} ${keyHash}`

/** @returns undefined where the key is not known, or is from before `expiredMs` */
export const selectKey = shareStatement<KeyQuery, IdempotencyKeyRow | undefined>({
  async one(db, query) {
    const { rows } = await select(db, query)
    return rows[0]
  },
  async many(db, queries) {
    const given = givenRows(queries, { accountId: 'bigint', keyHash: 'text', expiredMs: 'bigint' })
    const { rows } = await sql<IdempotencyKeyRow>`select keys.* from ${given} join idempotency_keys keys
      on keys.account_id = given."accountId" and keys.key_hash = given."keyHash"
      where keys.created_ms > given."expiredMs"`.execute(db)
    const found = new Map(rows.map(row => [idOf(row.account_id, row.key_hash), row]))
    return queries.map(({ accountId, keyHash }) => found.get(idOf(accountId, keyHash)))
  },
  wrote: () => false,
})

const claim = prepare<IdempotencyKeyRow & { expiredMs: number }, unknown>((db, value) => {
  const row = {
    account_id: value('account_id'),
    key_hash: value('key_hash'),
    fingerprint: value('fingerprint'),
    record_id: value('record_id'),
    created_ms: value('created_ms'),
  }
  return db
    .insertInto('idempotency_keys')
    .values(row)
    .onConflict(conflict =>
      conflict
        .columns(['account_id', 'key_hash'])
        .doUpdateSet(row)
        .where('idempotency_keys.created_ms', '<=', value('expiredMs')),
    )
    .compile()
})

/**
 * Writes the key, over one from before `expiredMs` if need be.
 *
 * @returns false where the key is taken: another transaction has committed it while this one waited
 */
export const claimKey = (db: Db, row: IdempotencyKeyRow, expiredMs: number): Promise<boolean> =>
  claimShared(db, { ...row, expiredMs })

const claimShared = shareStatement<IdempotencyKeyRow & { expiredMs: number }, boolean>({
  async one(db, row) {
    const { numAffectedRows } = await claim(db, row)
    return numAffectedRows === 1n
  },
  async many(db, given) {
    // One key twice is an error to PostgreSQL, which sends each unit into a transaction of its own.
    const { rows } = await sql<Pick<IdempotencyKeyRow, 'account_id' | 'key_hash'>>`
      insert into idempotency_keys as keys (account_id, key_hash, fingerprint, record_id, created_ms)
      select account_id, key_hash, fingerprint, record_id, created_ms
      from ${givenRows(given, {
        account_id: 'bigint',
        key_hash: 'text',
        fingerprint: 'text',
        record_id: 'bigint',
        created_ms: 'bigint',
        expiredMs: 'bigint',
      })}
      on conflict (account_id, key_hash) do update set fingerprint = excluded.fingerprint,
        record_id = excluded.record_id, created_ms = excluded.created_ms
      where keys.created_ms <= ${Math.min(...given.map(({ expiredMs }) => expiredMs))}
      returning keys.account_id, keys.key_hash`.execute(db)
    const claimed = new Set(rows.map(row => idOf(row.account_id, row.key_hash)))
    return given.map(row => claimed.has(idOf(row.account_id, row.key_hash)))
  },
  wrote: isClaimed => isClaimed,
})
