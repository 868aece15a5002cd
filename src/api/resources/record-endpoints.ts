import type { RawBuilder } from 'kysely'
import * as v from 'valibot'
import { notFound } from '../api-error.js'
import type { PrintDatetime } from '../datetime.js'
import { defineEndpoint, type Endpoint, type ParameterSchema } from '../endpoint.js'
import { listRecords } from '../request/list-schema.js'
import {
  deleteRecord,
  insertRecord,
  type RecordRows,
  type RecordTable,
  selectAll,
  selectOf,
  selectRecord,
} from '../storage/records.js'
import type { Db } from '../storage/storage.js'
import { createRecord, found, type Services } from './services.js'

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
  /** What a new one does to its end user, in the same transaction. @returns false where there is no such end user */
  inserted(db: Db, row: RecordRows[T], nowMs: number): Promise<boolean>
  /** What a deleted one does. */
  deleted?(db: Db, row: RecordRows[T]): Promise<unknown>
  /** How it looks on the wire, and its schema. */
  answer(row: RecordRows[T], print: PrintDatetime): object
  schema: v.GenericSchema
}

/** The endpoints below `/v1/end_users/:end_user_id` that every kind of record has. */
export function recordEndpoints<T extends RecordTable, S extends ParameterSchema>(
  services: Services,
  kind: RecordKind<T, S>,
  deleteAliases: readonly string[] = [],
): Endpoint[] {
  const { storage } = services
  const { table, one } = kind
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
        return kind.answer(found(await selectRecord(storage.db, table, key)), print)
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
          async insert(db, id) {
            const base = { account_id: accountId, id, end_user_id: endUserId }
            const row = kind.row(base, parameters, nowMs)
            if (!(await kind.inserted(db, row, nowMs))) throw notFound()
            await insertRecord(db, table, row)
            return row
          },
          select: (db, id) => selectRecord(db, table, { accountId, endUserId, id }),
        })
        return kind.answer(row, call.print)
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
        return kind.answer(found(row), print)
      },
    }),
  ]
}

/** A list of one end user's records, all of them or those for which `where` holds. */
export function listOf<T extends RecordTable>(
  { storage }: Services,
  { table, answer, schema }: Pick<RecordKind<T, ParameterSchema>, 'table' | 'answer' | 'schema'>,
  { path, summary, where = [] }: { path: string; summary: string; where?: readonly RawBuilder<unknown>[] },
): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: `/v1/end_users/:end_user_id/${path}`,
    summary,
    parameters: listRecords,
    answers: v.array(schema),
    async handle({ accountId, ids, print }, scope) {
      const owner = { accountId, endUserId: ids.end_user_id }
      const rows = found(await selectOf(storage.db, table, owner, { scope, where }))
      return rows.map(row => answer(row, print))
    },
  })
}

/** The list of a whole account's records. */
export function listAll<T extends RecordTable>(
  { storage }: Services,
  { table, answer, schema }: Pick<RecordKind<T, ParameterSchema>, 'table' | 'answer' | 'schema'>,
): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: `/v1/${table as string}`,
    summary: `Get all ${table}`,
    parameters: listRecords,
    answers: v.array(schema),
    async handle({ accountId, print }, scope) {
      const rows = await selectAll(storage.db, table, accountId, scope)
      return rows.map(row => answer(row, print))
    },
  })
}
