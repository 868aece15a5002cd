import * as v from 'valibot'
import { notFound } from '../api-error.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { listRecords } from '../request/list-schema.js'
import { createPageView } from '../request/schemas.js'
import { countPageView } from '../storage/end-users.js'
import { deleteRecord, insertRecord, selectOf, selectRecord } from '../storage/records.js'
import type { PageViewRow } from '../storage/tables.js'
import { pageViewAnswer, pageViewSchema } from './answers.js'
import { createRecord, found, type Services } from './services.js'

/** Section "Page Views". */
export function pageViewEndpoints(services: Services): Endpoint[] {
  const { storage } = services
  const TABLE = 'page_views'
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/end_users/:end_user_id/page_views',
      summary: 'Get all of an end user’s page views',
      parameters: listRecords,
      answers: v.array(pageViewSchema),
      async handle({ accountId, ids, print }, scope) {
        const rows = await selectOf(storage.db, TABLE, { accountId, endUserId: ids.end_user_id }, { scope })
        return found(rows).map(row => pageViewAnswer(row, print))
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/end_users/:end_user_id/page_views/:id',
      summary: 'Get a specific page view',
      parameters: v.object({}),
      answers: pageViewSchema,
      async handle({ accountId, ids, print }) {
        const key = { accountId, endUserId: ids.end_user_id, id: ids.id }
        return pageViewAnswer(found(await selectRecord(storage.db, TABLE, key)), print)
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/end_users/:end_user_id/page_views',
      summary: 'Create page view',
      parameters: createPageView,
      answers: pageViewSchema,
      async handle(call, { at, url }) {
        const { accountId, nowMs } = call
        const endUserId = call.ids.end_user_id
        const row = await createRecord(services, call, {
          name: TABLE,
          async insert(db, id) {
            if (!(await countPageView(db, accountId, endUserId, 1))) throw notFound()
            const row: PageViewRow = {
              account_id: accountId,
              id,
              end_user_id: endUserId,
              url: url ?? null,
              at_s: at ?? Math.floor(nowMs / 1_000),
              created_ms: nowMs,
            }
            await insertRecord(db, TABLE, row)
            return row
          },
          select: (db, id) => selectRecord(db, TABLE, { accountId, endUserId, id }),
        })
        return pageViewAnswer(row, call.print)
      },
    }),
    defineEndpoint({
      method: 'DELETE',
      path: '/v1/end_users/:end_user_id/page_views/:id',
      summary: 'Delete page view',
      parameters: v.object({}),
      answers: pageViewSchema,
      async handle({ accountId, ids, print }) {
        const key = { accountId, endUserId: ids.end_user_id, id: ids.id }
        const row = await storage.write(async db => {
          const deleted = await deleteRecord(db, TABLE, key)
          if (deleted) await countPageView(db, accountId, ids.end_user_id, -1)
          return deleted
        })
        return pageViewAnswer(found(row), print)
      },
    }),
  ]
}
