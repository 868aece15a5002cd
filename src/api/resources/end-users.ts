import * as v from 'valibot'
import type { Properties } from '../../wire/v1.js'
import { invalid } from '../api-error.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { listEndUsers } from '../request/list-schema.js'
import { createEndUser, updateEndUser as updateSchema } from '../request/schemas.js'
import {
  deleteEndUser,
  emailKey,
  insertEndUser,
  selectEndUser,
  selectEndUsers,
  updateEndUser,
} from '../storage/end-users.js'
import type { EndUserRow } from '../storage/tables.js'
import { endUserAnswer, endUserSchema } from './answers.js'
import { mergeProperties } from './merge-properties.js'
import { createRecord, found, type Services } from './services.js'

const emailTaken = () => invalid('has already been taken', 'email')

/** Section "End Users". */
export function endUserEndpoints(services: Services): Endpoint[] {
  const { storage } = services
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/end_users',
      summary: 'Get all end users',
      parameters: listEndUsers,
      answers: v.array(endUserSchema),
      async handle({ accountId, print }, parameters) {
        const rows = await selectEndUsers(storage.db, accountId, parameters)
        return rows.map(row => endUserAnswer(row, print))
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/end_users/:id',
      summary: 'Get a specific end user',
      parameters: v.object({}),
      answers: endUserSchema,
      async handle({ accountId, ids, print }) {
        return endUserAnswer(found(await selectEndUser(storage.db, accountId, ids.id)), print)
      },
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/end_users',
      summary: 'Create end user',
      parameters: createEndUser,
      answers: endUserSchema,
      async handle(call, { email, last_surveyed, external_created_at, properties }) {
        const row = await createRecord(services, call, {
          name: 'end_users',
          async insert(db, id) {
            const row: EndUserRow = {
              account_id: call.accountId,
              id,
              email,
              email_key: emailKey(email),
              last_surveyed_s: last_surveyed ?? null,
              external_created_at_s: external_created_at ?? null,
              properties: mergeProperties('{}', properties ?? {}),
              page_views_count: 0,
              created_ms: call.nowMs,
              updated_ms: call.nowMs,
            }
            if (!(await insertEndUser(db, row))) throw emailTaken()
            return row
          },
          select: (db, id) => selectEndUser(db, call.accountId, id),
        })
        return endUserAnswer(row, call.print)
      },
    }),
    defineEndpoint({
      method: 'PUT',
      path: '/v1/end_users/:id',
      summary: 'Update end user',
      parameters: updateSchema,
      answers: endUserSchema,
      async handle({ accountId, ids, nowMs, print }, parameters) {
        try {
          const row = await storage.write(db =>
            updateEndUser(db, { accountId, id: ids.id, forUpdate: storage.locksRows }, row => ({
              ...changes(row, parameters),
              updated_ms: nowMs,
            })),
          )
          return endUserAnswer(found(row), print)
        } catch (error) {
          throw storage.isUniqueViolation(error) ? emailTaken() : error
        }
      },
    }),
    defineEndpoint({
      method: 'DELETE',
      path: '/v1/end_users/:id',
      summary: 'Delete end user, with its responses, declines and page views',
      parameters: v.object({}),
      answers: endUserSchema,
      async handle({ accountId, ids, print }) {
        return endUserAnswer(found(await storage.write(db => deleteEndUser(db, accountId, ids.id))), print)
      },
    }),
  ]
}

function changes(row: EndUserRow, parameters: v.InferOutput<typeof updateSchema>): Partial<EndUserRow> {
  const { email, last_surveyed, external_created_at, properties } = parameters
  return {
    ...(email !== undefined && { email, email_key: emailKey(email) }),
    ...(last_surveyed !== undefined && { last_surveyed_s: last_surveyed }),
    ...(external_created_at !== undefined && { external_created_at_s: external_created_at }),
    ...(properties && { properties: mergeProperties(row.properties, properties as Properties) }),
  }
}
