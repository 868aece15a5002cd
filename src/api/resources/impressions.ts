import * as v from 'valibot'
import type { Impression } from '../../wire/v1.js'
import type { PrintDatetime } from '../datetime.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { notFound } from '../http-error.js'
import { createImpression } from '../request/schemas.js'
import { insertImpression, lockEndUser, selectImpression } from '../storage/report/impressions.js'
import { momentOf } from '../storage/report/moment.js'
import type { ImpressionRow } from '../storage/tables.js'
import { assertAfterErasure } from './erased.js'
import { createRecord, millisecondsOr, type Services } from './services.js'

const id = v.pipe(v.number(), v.integer(), v.minValue(1))

const impressionSchema = v.object({
  id,
  end_user_id: id,
  created_at: v.string(),
  updated_at: v.string(),
  outcome: v.picklist(['', 'response', 'decline']),
})

const impressionAnswer = (row: ImpressionRow, print: PrintDatetime): Impression => ({
  id: row.id,
  end_user_id: row.end_user_id,
  created_at: print(row.created_ms),
  updated_at: print(row.updated_ms),
  outcome: row.outcome,
})

/** This API's own: that a survey was visible. */
export const impressionEndpoints = (services: Services): Endpoint[] => [
  defineEndpoint({
    method: 'POST',
    path: '/v1/end_users/:end_user_id/impressions',
    summary: 'Create impression: a survey was visible, once for each invitation',
    parameters: createImpression,
    answers: impressionSchema,
    async handle(call, { created_at, survey }) {
      const { accountId, nowMs } = call
      const endUserId = call.ids.end_user_id
      const row = await createRecord<ImpressionRow>(services, call, {
        name: 'impressions',
        async insert(db, id) {
          // Locked, so that a response of the same invitation that is being written waits, or is waited for.
          const endUser = await lockEndUser(db, {
            accountId,
            id: endUserId,
            forUpdate: services.storage.locksRows,
          })
          if (!endUser) throw notFound()
          const created_ms = millisecondsOr(created_at, nowMs)
          assertAfterErasure(endUser.erased_s, Math.floor(created_ms / 1_000))
          return insertImpression(db, {
            account_id: accountId,
            id,
            end_user_id: endUserId,
            created_ms,
            updated_ms: nowMs,
            ...momentOf(survey, endUser.properties),
            unique_link: survey.unique_link,
          })
        },
        select: (db, id) => selectImpression(db, accountId, id),
      })
      return impressionAnswer(row, call.print)
    },
  }),
]
