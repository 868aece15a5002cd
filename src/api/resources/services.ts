import { notFound } from '../api-error.js'
import type { Call } from '../endpoint.js'
import { insertOnce } from '../idempotency.js'
import type { IdName, Ids } from '../storage/ids.js'
import type { Db, Storage } from '../storage/storage.js'

/** What the endpoints work with. */
export interface Services {
  storage: Storage
  ids: Ids
}

export interface Insertion<Row> {
  name: IdName
  insert(db: Db, id: number): Promise<Row>
  select(db: Db, id: number): Promise<Row | undefined>
}

/** Inserts a record in a transaction, once for every idempotency key. */
export async function createRecord<Row>(
  { storage, ids }: Services,
  { accountId, act, nowMs }: Pick<Call, 'accountId' | 'act' | 'nowMs'>,
  { name, insert, select }: Insertion<Row>,
): Promise<Row> {
  // Leased outside of the unit: an id whose unit is rolled back is merely skipped.
  const id = await ids.next(name)
  return storage.write(db =>
    insertOnce(db, { accountId, act, nowMs, id, insert: db => insert(db, id), select }),
  )
}

/** What was found, or the answer 404. */
export function found<T>(row: T | undefined): T {
  if (row === undefined) throw notFound()
  return row
}

/** A time that the caller may give, in whole seconds, as milliseconds. */
export const millisecondsOr = (seconds: number | null | undefined, nowMs: number): number =>
  typeof seconds === 'number' ? seconds * 1_000 : nowMs
