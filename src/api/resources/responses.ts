import { sql } from 'kysely'
import * as v from 'valibot'
import { notFound } from '../api-error.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { listRecords } from '../request/list-schema.js'
import { createResponse } from '../request/schemas.js'
import { markSurveyed } from '../storage/end-users.js'
import { deleteRecord, insertRecord, selectAll, selectOf, selectRecord } from '../storage/records.js'
import type { ResponseRow } from '../storage/tables.js'
import { responseAnswer, responseSchema } from './answers.js'
import { createRecord, found, millisecondsOr, type Services } from './services.js'

/** Every score is in one of them. */
const CLASSES = { promoters: [9, 10], passives: [7, 8], detractors: [0, 6] } as const

/** Section "Responses". */
export function responseEndpoints(services: Services): Endpoint[] {
  const { storage } = services
  const TABLE = 'responses'
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/responses',
      summary: 'Get all responses',
      parameters: listRecords,
      answers: v.array(responseSchema),
      async handle({ accountId, print }, scope) {
        const rows = await selectAll(storage.db, TABLE, accountId, scope)
        return rows.map(row => responseAnswer(row, print))
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/end_users/:end_user_id/responses',
      summary: 'Get all of an end user’s responses',
      parameters: listRecords,
      answers: v.array(responseSchema),
      async handle({ accountId, ids, print }, scope) {
        const rows = await selectOf(storage.db, TABLE, { accountId, endUserId: ids.end_user_id }, { scope })
        return found(rows).map(row => responseAnswer(row, print))
      },
    }),
    ...Object.entries(CLASSES).map(([name, [least, most]]) =>
      defineEndpoint({
        method: 'GET',
        path: `/v1/end_users/:end_user_id/responses/${name as keyof typeof CLASSES}`,
        summary: `Get all of an end user’s ${name} responses, scores ${least} to ${most}`,
        parameters: listRecords,
        answers: v.array(responseSchema),
        async handle({ accountId, ids, print }, scope) {
          const where = [sql`score between ${least} and ${most}`]
          const owner = { accountId, endUserId: ids.end_user_id }
          const rows = await selectOf(storage.db, TABLE, owner, { scope, where })
          return found(rows).map(row => responseAnswer(row, print))
        },
      }),
    ),
    defineEndpoint({
      method: 'GET',
      path: '/v1/end_users/:end_user_id/responses/:id',
      summary: 'Get a specific response',
      parameters: v.object({}),
      answers: responseSchema,
      async handle({ accountId, ids, print }) {
        const key = { accountId, endUserId: ids.end_user_id, id: ids.id }
        return responseAnswer(found(await selectRecord(storage.db, TABLE, key)), print)
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/end_users/:end_user_id/responses',
      summary: 'Create response',
      parameters: createResponse,
      answers: responseSchema,
      async handle(call, { score, origin_url, text, ip_address, created_at }) {
        const { accountId, nowMs } = call
        const endUserId = call.ids.end_user_id
        const createdMs = millisecondsOr(created_at, nowMs)
        const row = await createRecord(services, call, {
          name: TABLE,
          async insert(db, id) {
            const atS = Math.floor(createdMs / 1_000)
            if (!(await markSurveyed(db, { accountId, id: endUserId, atS, nowMs }))) throw notFound()
            const row: ResponseRow = {
              account_id: accountId,
              id,
              end_user_id: endUserId,
              score,
              text: text ?? null,
              ip_address: ip_address ?? null,
              origin_url,
              created_ms: createdMs,
              updated_ms: nowMs,
            }
            await insertRecord(db, TABLE, row)
            return row
          },
          select: (db, id) => selectRecord(db, TABLE, { accountId, endUserId, id }),
        })
        return responseAnswer(row, call.print)
      },
    }),
    defineEndpoint({
      method: 'DELETE',
      path: '/v1/end_users/:end_user_id/responses/:id',
      // The document spells it so where it deletes.
      aliases: ['/v1/end_users/:end_user_id/respones/:id'],
      summary: 'Delete response',
      parameters: v.object({}),
      answers: responseSchema,
      async handle({ accountId, ids, print }) {
        const key = { accountId, endUserId: ids.end_user_id, id: ids.id }
        return responseAnswer(found(await storage.write(db => deleteRecord(db, TABLE, key))), print)
      },
    }),
  ]
}
