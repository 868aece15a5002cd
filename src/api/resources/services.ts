import type { Call } from '../endpoint.js'
import { notFound } from '../http-error.js'
import { insertOnce } from '../idempotency.js'
import type { IdName, Ids } from '../storage/ids.js'
import type { Db, Storage } from '../storage/storage.js'
import type { DocumentEdition } from './document-edition.js'

/** What the endpoints work with. */
export interface Services {
  storage: Storage
  ids: Ids
  edition: DocumentEdition
  /** By which the names of the erased are hashed. */
  tombstoneSecret: string
  /** Called when something is committed of which webhooks may have to be told. */
  onAnnounced(): void
  /** When a day (`2024-05-31`) begins in the API's time zone, milliseconds; undefined where there is no such day. */
  startOfDayMs(day: string): number | undefined
}

export interface Insertion<Row> {
  name: IdName
  /** Whom it is read and written about, besides what it inserts; see `WriteOptions`. */
  subject?: string
  /** @returns the record: a new one under `id`, or one that the same survey has made before */
  insert(db: Db, id: number): Promise<Row>
  select(db: Db, id: number): Promise<Row | undefined>
}

/** Inserts a record in a transaction, once for every idempotency key. */
export async function createRecord<Row extends { id: number }>(
  { storage, ids }: Services,
  { accountId, idempotent, nowMs }: Pick<Call, 'accountId' | 'idempotent' | 'nowMs'>,
  { name, subject, insert, select }: Insertion<Row>,
): Promise<Row> {
  // Leased outside of the transaction: an id whose transaction is rolled back is merely skipped.
  const id = await ids.next(name)
  return storage.write(
    db => insertOnce(db, { accountId, idempotent, nowMs, insert: db => insert(db, id), select }),
    { subject, isRepeatable: idempotent !== undefined },
  )
}

/** What was found, or the answer 404. */
export function orNotFound<T>(row: T | undefined): T {
  if (row === undefined) throw notFound()
  return row
}

/** A time that the caller may give, in whole seconds, as milliseconds. */
export const millisecondsOr = (seconds: number | null | undefined, nowMs: number): number =>
  typeof seconds === 'number' ? seconds * 1_000 : nowMs
