import type { RawBuilder } from 'kysely'
import * as v from 'valibot'
import type { PrintDatetime } from '../datetime.js'
import { defineEndpoint, type Endpoint, type ParameterSchema } from '../endpoint.js'
import { listRecords } from '../request/list-schema.js'
import { selectProperties } from '../storage/end-user-properties.js'
import {
  deleteRecord,
  insertRecord,
  type RecordRows,
  type RecordTable,
  type SurveyTable,
  selectAll,
  selectByUniqueLink,
  selectOf,
  selectRecord,
  updateRecord,
} from '../storage/records.js'
import { type Db, RetryTransaction } from '../storage/storage.js'
import type { DocumentEdition } from './document-edition.js'
import { missingOrErased } from './erased.js'
import { createRecord, orNotFound, type Services } from './services.js'

/** What is the same for every record of an end user. */
export interface RecordBase {
  account_id: number
  id: number
  end_user_id: number
}

/** Responses, declines or page views: what tells them from one another. */
export interface RecordKind<T extends RecordTable, S extends ParameterSchema> {
  /** The table's name, which is also that of the path. */
  table: T
  /** One of them, in words. */
  one: string
  /** What creating one takes. */
  parameters: S
  row(base: RecordBase, parameters: v.InferOutput<S>, nowMs: number): RecordRows[T]
  /** What a new one does to its end user, in the same transaction. @returns false where there is no such end user, or not since */
  inserted(db: Db, row: RecordRows[T], nowMs: number): Promise<boolean>
  /** What a deleted one does. */
  deleted?(db: Db, row: RecordRows[T]): Promise<unknown>
  /** What else creating one does, once it is known that there is such an end user. */
  applied?(db: Db, parameters: v.InferOutput<S>, options: AppliedOptions): Promise<void>
  /** What is kept beside a new one, once it is there. */
  recorded?(db: Db, row: RecordRows[T], parameters: v.InferOutput<S>, nowMs: number): Promise<void>
  /** Who is told of a new one, or of one that its survey has posted again: `earlier` is that as it was. */
  announced?(db: Db, row: RecordRows[T], earlier: RecordRows[T] | undefined, nowMs: number): Promise<unknown>
  /** What changes where its survey has posted it before. @returns undefined where nothing does */
  merge?(
    earlier: RecordRows[T],
    later: RecordRows[T],
    parameters: v.InferOutput<S>,
  ): Partial<RecordRows[T]> | undefined
  /** How it looks on the wire, and its schema. */
  serialise(row: RecordRows[T], context: SerialiseContext): object
  /** Whether the later document shows the end user's properties with it. */
  showsEndUser?: boolean
  schema: v.GenericSchema
}

interface AppliedOptions {
  accountId: number
  endUserId: number
  nowMs: number
  forUpdate: boolean
}

/** What a record on the wire depends on besides its row. */
export interface SerialiseContext {
  print: PrintDatetime
  edition: DocumentEdition
  /** JSON text by the id of the end user; empty where nothing shows them. */
  properties: ReadonlyMap<number, string>
}

type Serialised<T extends RecordTable> = Pick<
  RecordKind<T, ParameterSchema>,
  'table' | 'serialise' | 'schema' | 'showsEndUser'
>

/** Rows as they look on the wire. */
export async function serialiseAll<T extends RecordTable>(
  { storage, edition }: Services,
  { serialise, showsEndUser }: Pick<Serialised<T>, 'serialise' | 'showsEndUser'>,
  { accountId, print }: { accountId: number; print: PrintDatetime },
  rows: readonly RecordRows[T][],
): Promise<object[]> {
  const properties =
    showsEndUser && edition === 'later' && rows.length > 0
      ? await selectProperties(storage.db, accountId, [...new Set(rows.map(row => row.end_user_id))])
      : new Map<number, string>()
  return rows.map(row => serialise(row, { print, edition, properties }))
}

/** The endpoints below `/v1/end_users/:end_user_id` that every kind of record has. */
export function recordEndpoints<T extends RecordTable, S extends ParameterSchema>(
  services: Services,
  kind: RecordKind<T, S>,
  deleteAliases: readonly string[] = [],
): Endpoint[] {
  const { storage } = services
  const { table, one } = kind
  const serialiseOne = async (
    call: { accountId: number; print: PrintDatetime },
    row: RecordRows[T] | undefined,
  ) => (await serialiseAll(services, kind, call, [orNotFound(row)]))[0] as object
  return [
    listOf(services, kind, { path: table, summary: `Get all of an end user’s ${table.replace('_', ' ')}` }),
    defineEndpoint({
      method: 'GET',
      path: `/v1/end_users/:end_user_id/${table as string}/:id`,
      summary: `Get a specific ${one}`,
      parameters: v.object({}),
      answers: kind.schema,
      async handle({ accountId, ids, print }) {
        const key = { accountId, endUserId: ids.end_user_id, id: ids.id }
        return serialiseOne({ accountId, print }, await selectRecord(storage.db, table, key))
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: `/v1/end_users/:end_user_id/${table as string}`,
      summary: `Create ${one}`,
      parameters: kind.parameters,
      answers: kind.schema,
      async handle(call, parameters) {
        const { accountId, nowMs } = call
        const endUserId = call.ids.end_user_id
        const row = await createRecord<RecordRows[T]>(services, call, {
          name: table,
          subject: `${accountId} ${endUserId}`,
          async insert(db, id) {
            const base = { account_id: accountId, id, end_user_id: endUserId }
            const row = kind.row(base, parameters, nowMs)
            const forUpdate = storage.locksRows
            const merged = await mergeIntoEarlier(db, kind, { row, parameters, forUpdate })
            if (!merged && !(await kind.inserted(db, row, nowMs))) throw await missingOrErased(db, base)
            if (!merged && !(await insertRecord(db, table, row))) {
              // The same showing of the survey has posted it in another process: the next attempt finds it.
              throw forUpdate ? new RetryTransaction() : new Error('an id was given out twice')
            }
            await kind.applied?.(db, parameters, { accountId, endUserId, nowMs, forUpdate })
            if (!merged) await kind.recorded?.(db, row, parameters, nowMs)
            await kind.announced?.(db, merged?.row ?? row, merged?.earlier, nowMs)
            return merged?.row ?? row
          },
          select: (db, id) => selectRecord(db, table, { accountId, endUserId, id }),
        })
        services.onAnnounced()
        return serialiseOne(call, row)
      },
    }),
    defineEndpoint({
      method: 'DELETE',
      path: `/v1/end_users/:end_user_id/${table as string}/:id`,
      aliases: deleteAliases,
      summary: `Delete ${one}`,
      parameters: v.object({}),
      answers: kind.schema,
      async handle({ accountId, ids, print }) {
        const key = { accountId, endUserId: ids.end_user_id, id: ids.id }
        const row = await storage.write(async db => {
          const row = await deleteRecord(db, table, key)
          if (row) await kind.deleted?.(db, row)
          return row
        })
        return serialiseOne({ accountId, print }, row)
      },
    }),
  ]
}

/** A list of one end user's records, all of them or those for which `where` holds. */
export function listOf<T extends RecordTable>(
  services: Services,
  kind: Serialised<T>,
  { path, summary, where = [] }: { path: string; summary: string; where?: readonly RawBuilder<unknown>[] },
): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: `/v1/end_users/:end_user_id/${path}`,
    summary,
    parameters: listRecords,
    answers: v.array(kind.schema),
    async handle({ accountId, ids, print }, scope) {
      const owner = { accountId, endUserId: ids.end_user_id }
      const rows = orNotFound(
        await selectOf(services.storage.scansFor(accountId), kind.table, owner, { scope, where }),
      )
      return serialiseAll(services, kind, { accountId, print }, rows)
    },
  })
}

/** The list of a whole account's records. */
export function listAll<T extends RecordTable>(services: Services, kind: Serialised<T>): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: `/v1/${kind.table as string}`,
    summary: `Get all ${kind.table}`,
    parameters: listRecords,
    answers: v.array(kind.schema),
    async handle({ accountId, print }, scope) {
      const rows = await selectAll(services.storage.scansFor(accountId), kind.table, accountId, scope)
      return serialiseAll(services, kind, { accountId, print }, rows)
    },
  })
}

interface MergeOptions<Row, P> {
  /** The record as it would be if it were new. */
  row: Row
  parameters: P
  /** Whether the earlier record must be locked. */
  forUpdate: boolean
}

/** @returns the record that the same survey has posted before, as it was and as it is now; undefined where it has not */
async function mergeIntoEarlier<T extends RecordTable, S extends ParameterSchema>(
  db: Db,
  { table, merge }: RecordKind<T, S>,
  { row, parameters, forUpdate }: MergeOptions<RecordRows[T], v.InferOutput<S>>,
): Promise<{ earlier: RecordRows[T]; row: RecordRows[T] } | undefined> {
  if (!merge || !('unique_link' in row) || row.unique_link === null) return undefined
  const surveyTable = table as unknown as SurveyTable
  const earlier = (await selectByUniqueLink(db, surveyTable, row, forUpdate)) as RecordRows[T] | undefined
  if (!earlier) return undefined
  const changes = merge(earlier, row, parameters)
  if (!changes) return { earlier, row: earlier }
  await updateRecord(db, surveyTable, { accountId: row.account_id, id: earlier.id }, changes)
  return { earlier, row: { ...earlier, ...changes } }
}
