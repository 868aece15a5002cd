import * as v from 'valibot'
import { notFound } from '../api-error.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { listRecords } from '../request/list-schema.js'
import { createDecline } from '../request/schemas.js'
import { markSurveyed } from '../storage/end-users.js'
import { deleteRecord, insertRecord, selectAll, selectOf, selectRecord } from '../storage/records.js'
import type { DeclineRow } from '../storage/tables.js'
import { declineAnswer, declineSchema } from './answers.js'
import { createRecord, found, millisecondsOr, type Services } from './services.js'

/** Section "Declines". */
export function declineEndpoints(services: Services): Endpoint[] {
  const { storage } = services
  const TABLE = 'declines'
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/declines',
      summary: 'Get all declines',
      parameters: listRecords,
      answers: v.array(declineSchema),
      async handle({ accountId, print }, scope) {
        const rows = await selectAll(storage.db, TABLE, accountId, scope)
        return rows.map(row => declineAnswer(row, print))
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/end_users/:end_user_id/declines',
      summary: 'Get all of an end user’s declines',
      parameters: listRecords,
      answers: v.array(declineSchema),
      async handle({ accountId, ids, print }, scope) {
        const rows = await selectOf(storage.db, TABLE, { accountId, endUserId: ids.end_user_id }, { scope })
        return found(rows).map(row => declineAnswer(row, print))
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/end_users/:end_user_id/declines/:id',
      summary: 'Get a specific decline',
      parameters: v.object({}),
      answers: declineSchema,
      async handle({ accountId, ids, print }) {
        const key = { accountId, endUserId: ids.end_user_id, id: ids.id }
        return declineAnswer(found(await selectRecord(storage.db, TABLE, key)), print)
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/end_users/:end_user_id/declines',
      summary: 'Create decline',
      parameters: createDecline,
      answers: declineSchema,
      async handle(call, { created_at }) {
        const { accountId, nowMs } = call
        const endUserId = call.ids.end_user_id
        const createdMs = millisecondsOr(created_at, nowMs)
        const row = await createRecord(services, call, {
          name: TABLE,
          async insert(db, id) {
            const atS = Math.floor(createdMs / 1_000)
            if (!(await markSurveyed(db, { accountId, id: endUserId, atS, nowMs }))) throw notFound()
            const row: DeclineRow = {
              account_id: accountId,
              id,
              end_user_id: endUserId,
              created_ms: createdMs,
              updated_ms: nowMs,
            }
            await insertRecord(db, TABLE, row)
            return row
          },
          select: (db, id) => selectRecord(db, TABLE, { accountId, endUserId, id }),
        })
        return declineAnswer(row, call.print)
      },
    }),
    defineEndpoint({
      method: 'DELETE',
      path: '/v1/end_users/:end_user_id/declines/:id',
      summary: 'Delete decline',
      parameters: v.object({}),
      answers: declineSchema,
      async handle({ accountId, ids, print }) {
        const key = { accountId, endUserId: ids.end_user_id, id: ids.id }
        return declineAnswer(found(await storage.write(db => deleteRecord(db, TABLE, key))), print)
      },
    }),
  ]
}
