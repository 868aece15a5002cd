import { randomUUID } from 'node:crypto'
import { OPT_OUT_PROPERTY, type Properties } from '../../wire/v1.js'
import type { Db } from '../storage/storage.js'
import type { DeclineRow, EndUserRow, ResponseRow } from '../storage/tables.js'
import { insertMessages, type Notice } from '../storage/webhook-messages.js'
import { npsClass } from '../webhooks/nps-class.js'
import { changedSettings } from './serialise-end-user.js'

const announce = (db: Db, notice: Omit<Notice, 'message_id'>): Promise<boolean> =>
  insertMessages(db, { ...notice, message_id: `msg_${randomUUID().replaceAll('-', '')}` })

/** Of a response that its survey posts again, webhooks are told where it says something else now. */
export async function announceResponse(
  db: Db,
  row: ResponseRow,
  earlier: ResponseRow | undefined,
  nowMs: number,
): Promise<void> {
  const isSame = earlier?.score === row.score && earlier.text === row.text
  if (earlier && isSame) return
  await announce(db, {
    account_id: row.account_id,
    kind: 'response',
    type: earlier ? 'response.updated' : 'response.created',
    nps_class: npsClass(row.score),
    record_id: row.id,
    end_user_id: row.end_user_id,
    now_ms: nowMs,
  })
}

export async function announceDecline(
  db: Db,
  row: DeclineRow,
  earlier: DeclineRow | undefined,
  nowMs: number,
): Promise<void> {
  if (earlier) return
  await announce(db, {
    account_id: row.account_id,
    kind: 'decline',
    type: 'decline.created',
    nps_class: '',
    record_id: row.id,
    end_user_id: row.end_user_id,
    now_ms: nowMs,
  })
}

type Wishes = Pick<EndUserRow, 'properties' | 'settings'>

/** Whether an end user has opted out: by the survey’s opt-out, or by the settings of the later document. */
function isOptedOut({ properties, settings }: Wishes): boolean {
  const isByProperty =
    // Most have no such property, and need no parsing.
    properties.includes(OPT_OUT_PROPERTY) && (JSON.parse(properties) as Properties)[OPT_OUT_PROPERTY] === true
  return isByProperty || changedSettings({ settings }).surveys_disabled_by_end_user === true
}

/** Webhooks are told of an opt-out once, as it comes to be. */
export async function announceOptOut(
  db: Db,
  before: Wishes | undefined,
  row: EndUserRow,
  nowMs: number,
): Promise<void> {
  if (!isOptedOut(row) || (before && isOptedOut(before))) return
  await announce(db, {
    account_id: row.account_id,
    kind: 'opt_out',
    type: 'opt_out.created',
    nps_class: '',
    record_id: row.id,
    end_user_id: row.id,
    now_ms: nowMs,
  })
}
