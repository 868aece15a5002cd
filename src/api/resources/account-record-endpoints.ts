import * as v from 'valibot'
import { defineEndpoint, type Endpoint, type ParameterSchema } from '../endpoint.js'
import { updateMarks } from '../request/schemas.js'
import { deleteRecord, type SurveyTable, selectOfAccount, updateRecord } from '../storage/records.js'
import { type RecordKind, serialiseAll } from './record-endpoints.js'
import { orNotFound, type Services } from './services.js'
import { markChanges } from './survey-columns.js'

/** Of the later document: responses and declines by their id alone. What changes them is answered 204. */
export function accountRecordEndpoints<T extends SurveyTable, S extends ParameterSchema>(
  services: Services,
  kind: RecordKind<T, S>,
): Endpoint[] {
  const { storage } = services
  const { table, one } = kind
  const path = `/v1/${table as string}/:id` as const
  return [
    defineEndpoint({
      method: 'GET',
      path,
      summary: `Get a specific ${one} by its id alone (later document)`,
      parameters: v.object({}),
      answers: kind.schema,
      async handle(call) {
        const key = { accountId: call.accountId, id: call.ids.id }
        const row = orNotFound(await selectOfAccount(storage.db, table, key))
        return (await serialiseAll(services, kind, call, [row]))[0] as object
      },
    }),
    defineEndpoint({
      method: 'PUT',
      path,
      summary: `Mark a ${one} as complete, or exclude it from calculations (later document)`,
      parameters: updateMarks,
      async handle({ accountId, ids, nowMs }, parameters) {
        const changes = { ...markChanges(parameters), updated_ms: nowMs } as Parameters<
          typeof updateRecord<T>
        >[3]
        const updated = await storage.write(db => updateRecord(db, table, { accountId, id: ids.id }, changes))
        orNotFound(updated || undefined)
      },
    }),
    defineEndpoint({
      method: 'DELETE',
      path,
      summary: `Delete ${one} by its id alone (later document)`,
      parameters: v.object({}),
      async handle({ accountId, ids }) {
        await storage.write(async db => {
          const row = orNotFound(await selectOfAccount(db, table, { accountId, id: ids.id }))
          await deleteRecord(db, table, { accountId, endUserId: row.end_user_id, id: ids.id })
        })
      },
    }),
  ]
}
