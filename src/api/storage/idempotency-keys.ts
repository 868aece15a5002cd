import { prepare } from './prepared.js'
import type { Db } from './storage.js'
import type { IdempotencyKeyRow } from './tables.js'

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

/** @returns undefined where the key is not known, or is from before `expiredMs` */
export async function selectKey(db: Db, query: KeyQuery): Promise<IdempotencyKeyRow | undefined> {
  const { rows } = await select(db, query)
  return rows[0]
}

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
export async function claimKey(db: Db, row: IdempotencyKeyRow, expiredMs: number): Promise<boolean> {
  const { numAffectedRows } = await claim(db, { ...row, expiredMs })
  return numAffectedRows === 1n
}
