import type { Properties } from '../../wire/v1.js'
import type { WebhookDecline, WebhookEndUser, WebhookMessage, WebhookResponse } from '../../wire/webhook.js'
import { selectEndUser } from '../storage/end-users.js'
import { selectRecord } from '../storage/records.js'
import type { Db } from '../storage/storage.js'
import type { DeclineRow, EndUserRow, ResponseRow } from '../storage/tables.js'
import type { WaitingMessage } from '../storage/webhook-messages.js'
import { npsClass } from './nps-class.js'

const iso = (ms: number): string => new Date(ms).toISOString()

const endUserOf = (row: EndUserRow): WebhookEndUser => ({
  id: row.id,
  email: row.email,
  external_id: row.external_id,
  phone_number: row.phone_number,
  properties: JSON.parse(row.properties) as Properties,
})

const responseOf = (row: ResponseRow): WebhookResponse => ({
  id: row.id,
  score: row.score,
  class: npsClass(row.score),
  text: row.text,
  ip_address: row.ip_address,
  origin_url: row.origin_url,
  created_at: iso(row.created_ms),
  updated_at: iso(row.updated_ms),
  completed: row.completed === 1,
  excluded_from_calculations: row.excluded === 1,
})

const declineOf = (row: DeclineRow): WebhookDecline => ({
  id: row.id,
  ip_address: row.ip_address,
  origin_url: row.origin_url,
  created_at: iso(row.created_ms),
  updated_at: iso(row.updated_ms),
})

/** What a message says, by the records as they are. @returns undefined where what it is about has been deleted */
export async function describeMessage(db: Db, message: WaitingMessage): Promise<WebhookMessage | undefined> {
  const { account_id: accountId, end_user_id: endUserId, record_id: id, type } = message
  const endUser = await selectEndUser(db, accountId, endUserId)
  if (!endUser) return undefined
  const end_user = endUserOf(endUser)
  if (type === 'opt_out.created') return { type, timestamp: iso(message.created_ms), data: { end_user } }
  const key = { accountId, endUserId, id }
  if (type === 'decline.created') {
    const row = await selectRecord(db, 'declines', key)
    if (!row) return undefined
    return { type, timestamp: iso(row.created_ms), data: { decline: declineOf(row), end_user } }
  }
  const row = await selectRecord(db, 'responses', key)
  if (!row) return undefined
  const isUpdate = type === 'response.updated'
  return {
    type: isUpdate ? type : 'response.created',
    timestamp: iso(isUpdate ? row.updated_ms : row.created_ms),
    data: { response: responseOf(row), end_user },
  }
}
