import { createHash } from 'node:crypto'
import { HttpError } from './http-error.js'
import { claimKey, KEY_RETENTION_S, selectKey } from './storage/idempotency-keys.js'
import { type Db, RetryTransaction } from './storage/storage.js'
import type { IdempotencyKeyRow } from './storage/tables.js'

/** A POST that carries a key. */
export interface IdempotentRequest {
  keyHash: string
  /** Tells the same request from another one under the same key. */
  fingerprint: string
}

const MAX_KEY = 255

/**
 * @param key what the request's header says
 * @param request what it asks for, its parameters validated: in whatever form they came, they are the same
 * @throws HttpError 400 where the key can't be one
 */
export function parseIdempotentRequest(
  key: string,
  request: { path: string; parameters: unknown },
): IdempotentRequest {
  if (!/^[\x20-\x7e]+$/.test(key) || key.length > MAX_KEY)
    throw new HttpError(
      400,
      'invalid_idempotency_key',
      `The key must be 1 to ${MAX_KEY} printable ASCII characters`,
    )
  return { keyHash: sha256(key), fingerprint: sha256(`${request.path} ${canonical(request.parameters)}`) }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** JSON with the keys of every object in order, so that two ways to send one thing are one. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))
      : part,
  )

export interface OnceOptions<Row> {
  accountId: number
  /** Absent where the request carries no key. */
  idempotent: IdempotentRequest | undefined
  nowMs: number
  insert(db: Db): Promise<Row>
  select(db: Db, id: number): Promise<Row | undefined>
}

/**
 * The body of a transaction that inserts a record, or finds the one that the same key inserted before. The key is written in the same
 * transaction, so that there is never the one without the other. The repeated answer is the record as it is now; keeping
 * a copy of the first answer would keep what the end user had deleted.
 *
 * @throws HttpError 409 where the key was for something else, or for a record that is gone
 */
export async function insertOnce<Row extends { id: number }>(
  db: Db,
  options: OnceOptions<Row>,
): Promise<Row> {
  const { accountId, idempotent, nowMs } = options
  if (!idempotent) return options.insert(db)
  const expiredMs = nowMs - KEY_RETENTION_S * 1_000
  const find = () => selectKey(db, { accountId, keyHash: idempotent.keyHash, expiredMs })

  const earlier = await find()
  if (earlier) return repeat(db, earlier, options)
  const row = await options.insert(db).catch(async error => {
    // A refusal may be the doing of the same request in another process, as with an e-mail that it has just taken.
    throw error instanceof HttpError && (await find()) ? new RetryTransaction() : error
  })
  const { keyHash, fingerprint } = idempotent
  const key = { account_id: accountId, key_hash: keyHash, fingerprint, record_id: row.id, created_ms: nowMs }
  if (!(await claimKey(db, key, expiredMs))) throw new RetryTransaction()
  return row
}

async function repeat<Row>(
  db: Db,
  earlier: IdempotencyKeyRow,
  { idempotent, select }: OnceOptions<Row>,
): Promise<Row> {
  if (earlier.fingerprint !== idempotent?.fingerprint)
    throw new HttpError(409, 'idempotency_key_reused', 'The key was used for another request')
  const row = await select(db, earlier.record_id)
  if (!row)
    throw new HttpError(409, 'idempotency_record_deleted', 'What this key created has been deleted since')
  return row
}
