import * as v from 'valibot'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { updateSettings } from '../request/schemas.js'
import { selectEndUser } from '../storage/end-users.js'
import { changeEndUser } from './change-end-user.js'
import { changedSettings, serialiseSettings, settingsSchema } from './serialise-end-user.js'
import { orNotFound, type Services } from './services.js'

/** Section "End User Settings" of the later document: by which roads an end user may be asked. */
export function settingsEndpoints({ storage, onAnnounced }: Services): Endpoint[] {
  const path = '/v1/end_users/:end_user_id/settings'
  return [
    defineEndpoint({
      method: 'GET',
      path,
      summary: 'Get an end user’s settings (later document)',
      parameters: v.object({}),
      answers: settingsSchema,
      async handle({ accountId, ids, print }) {
        return serialiseSettings(
          orNotFound(await selectEndUser(storage.db, accountId, ids.end_user_id)),
          print,
        )
      },
    }),
    defineEndpoint({
      method: 'PUT',
      path,
      summary: 'Update an end user’s settings (later document)',
      parameters: updateSettings,
      answers: settingsSchema,
      async handle({ accountId, ids, nowMs, print }, parameters) {
        // JSON null says nothing here: a setting is true or false.
        const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined)
        const key = { accountId, id: ids.end_user_id, forUpdate: storage.locksRows, nowMs }
        const row = await storage.write(db =>
          changeEndUser(db, key, row => ({
            settings: JSON.stringify({ ...changedSettings(row), ...Object.fromEntries(given) }),
            updated_ms: nowMs,
          })),
        )
        onAnnounced()
        return serialiseSettings(orNotFound(row), print)
      },
    }),
  ]
}
