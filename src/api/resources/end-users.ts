import * as v from 'valibot'
import { emailKey } from '../../domain/email-key.js'
import type { Properties } from '../../wire/v1.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { invalid } from '../http-error.js'
import { listEndUsers } from '../request/list-schema.js'
import { deleteEndUserParameters, endUserParameters } from '../request/schemas.js'
import { deleteEndUser } from '../storage/delete-end-user.js'
import {
  findTakenName,
  insertEndUser,
  newEndUserRow,
  phoneKey,
  selectEndUser,
  selectEndUsers,
  updateEndUser,
} from '../storage/end-users.js'
import { eraseEndUser } from '../storage/erase-end-user.js'
import type { Db } from '../storage/storage.js'
import type { EndUserRow } from '../storage/tables.js'
import { selectErasedS } from '../storage/tombstones.js'
import { announceOptOut } from './announce.js'
import { changeEndUser } from './change-end-user.js'
import { assertAfterErasure } from './erased.js'
import { mergeProperties } from './merge-properties.js'
import { endUserSchema, serialiseEndUser } from './serialise-end-user.js'
import { createRecord, orNotFound, type Services } from './services.js'

const taken = (name: string) => invalid('has already been taken', name)

const BY_PHONE_NUMBER = '/v1/end_users/phone_number/:phone_number'

const readEndpoints = ({ storage }: Services): Endpoint[] => [
  defineEndpoint({
    method: 'GET',
    path: '/v1/end_users',
    summary: 'Get all end users',
    parameters: listEndUsers,
    answers: v.array(endUserSchema),
    async handle({ accountId, print }, parameters) {
      const rows = await selectEndUsers(storage.scansFor(accountId), accountId, parameters)
      return rows.map(row => serialiseEndUser(row, print))
    },
  }),
  defineEndpoint({
    method: 'GET',
    path: '/v1/end_users/:id',
    aliases: [BY_PHONE_NUMBER],
    summary: 'Get a specific end user',
    parameters: v.object({}),
    answers: endUserSchema,
    async handle({ accountId, ids, print }) {
      return serialiseEndUser(orNotFound(await selectEndUser(storage.db, accountId, ids.id)), print)
    },
  }),
]

const createEndpoint = (services: Services): Endpoint =>
  defineEndpoint({
    method: 'POST',
    path: '/v1/end_users',
    summary: 'Create end user',
    parameters: endUserParameters,
    answers: endUserSchema,
    async handle(call, parameters) {
      const { accountId, nowMs, print } = call
      const row = await createRecord(services, call, {
        name: 'end_users',
        async insert(db, id) {
          const row = {
            ...newEndUserRow({ accountId, id, nowMs }),
            ...changes({ properties: '{}' }, parameters),
          }
          assertNamed(row)
          if (!(await insertEndUser(db, row))) throw taken((await findTakenName(db, row)) ?? 'email')
          await heedErasure(db, row, { services, actedAtS: parameters.acted_at })
          await announceOptOut(db, undefined, row, nowMs)
          return row
        },
        select: (db, id) => selectEndUser(db, accountId, id),
      })
      services.onAnnounced()
      return serialiseEndUser(row, print)
    },
  })

const updateEndpoint = (services: Services): Endpoint =>
  defineEndpoint({
    method: 'PUT',
    path: '/v1/end_users/:id',
    aliases: [BY_PHONE_NUMBER],
    summary: 'Update end user',
    parameters: endUserParameters,
    answers: endUserSchema,
    async handle({ accountId, ids, nowMs, print }, parameters) {
      const { storage } = services
      let changed: EndUserRow | undefined
      try {
        const row = await storage.write(async db => {
          const key = { accountId, id: ids.id, forUpdate: storage.locksRows, nowMs }
          const row = await changeEndUser(db, key, row => {
            changed = { ...row, ...changes(row, parameters), updated_ms: nowMs }
            assertNamed(changed)
            return changed
          })
          if (row) await heedErasure(db, row, { services, actedAtS: parameters.acted_at })
          return row
        })
        services.onAnnounced()
        return serialiseEndUser(orNotFound(row), print)
      } catch (error) {
        if (!changed || !storage.isUniqueViolation(error)) throw error
        throw taken((await findTakenName(storage.db, changed)) ?? 'email')
      }
    },
  })

const deleteEndpoint = ({ storage, tombstoneSecret }: Services): Endpoint =>
  defineEndpoint({
    method: 'DELETE',
    path: '/v1/end_users/:id',
    aliases: [BY_PHONE_NUMBER],
    summary: 'Delete end user, with its responses, declines and page views; for good with erase=true',
    parameters: deleteEndUserParameters,
    answers: endUserSchema,
    async handle({ accountId, ids, nowMs, print }, { erase }) {
      const row = erase
        ? await eraseEndUser(storage, ids.id, { accountId, secret: tombstoneSecret, nowMs })
        : await deleteEndUser(storage, { accountId, id: ids.id })
      return serialiseEndUser(orNotFound(row), print)
    },
  })

/** Section "End Users". */
export const endUserEndpoints = (services: Services): Endpoint[] => [
  ...readEndpoints(services),
  createEndpoint(services),
  updateEndpoint(services),
  deleteEndpoint(services),
]

function changes(
  row: Pick<EndUserRow, 'properties'>,
  parameters: v.InferOutput<typeof endUserParameters>,
): Partial<EndUserRow> {
  const { email, external_id, phone_number, last_surveyed, external_created_at, properties } = parameters
  return {
    ...(email !== undefined && { email, email_key: email === null ? null : emailKey(email) }),
    ...(external_id !== undefined && { external_id }),
    ...(phone_number !== undefined && {
      phone_number,
      phone_key: phone_number === null ? null : phoneKey(phone_number),
    }),
    ...(last_surveyed !== undefined && { last_surveyed_s: last_surveyed }),
    ...(external_created_at !== undefined && { external_created_at_s: external_created_at }),
    ...(properties && { properties: mergeProperties(row.properties, properties as Properties) }),
  }
}

/**
 * Copies the moment of an erasure from a tombstone to an end user with the same e-mail, external id or phone number. The API
 * refuses acts from before that moment.
 *
 * @throws HttpError 422 where what this is about was done before
 */
async function heedErasure(
  db: Db,
  row: EndUserRow,
  { services, actedAtS }: { services: Services; actedAtS: number | null | undefined },
): Promise<void> {
  const { account_id: accountId, id } = row
  const erasedS = await selectErasedS(db, { accountId, names: row, secret: services.tombstoneSecret })
  if (erasedS === undefined) return
  if (typeof actedAtS === 'number') assertAfterErasure(erasedS, actedAtS)
  if (row.erased_s === erasedS) return
  await updateEndUser(db, { accountId, id, forUpdate: false }, () => ({ erased_s: erasedS }))
}

/** @throws HttpError 400 where nothing would tell the end user from others */
function assertNamed({ email, external_id, phone_number }: EndUserRow): void {
  if (email === null && external_id === null && phone_number === null)
    throw invalid('is required, where there is no external_id and no phone_number', 'email')
}
