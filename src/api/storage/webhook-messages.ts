import { type Selectable, sql } from 'kysely'
import type { WebhookKind } from '../../wire/webhook.js'
import { givenRows } from './given-rows.js'
import { prepare } from './prepared.js'
import { shareStatement } from './shared-statement.js'
import type { Db } from './storage.js'
import type { WebhookMessageRow, WebhookRow } from './tables.js'

/** A message as it was read. */
export type WaitingMessage = Selectable<WebhookMessageRow>

/** Something that webhooks are to be told of. */
export interface Notice {
  account_id: number
  message_id: string
  kind: WebhookKind
  type: string
  /** Of a response; `''` otherwise. */
  nps_class: string
  record_id: number
  end_user_id: number
  now_ms: number
}

const COLUMNS = sql`account_id, webhook_id, message_id, type, record_id, end_user_id, attempts, due_ms, created_ms`

const insertOne = prepare<Notice & { pattern: string }, unknown>((db, value) =>
  sql`insert into webhook_messages (${COLUMNS})
    select account_id, id, ${value('message_id')}, ${value('type')}, ${value('record_id')},
      ${value('end_user_id')}, 0, ${value('now_ms')}, ${value('now_ms')}
    from webhooks where account_id = ${value('account_id')} and state = 'active'
      and kinds like ${value('pattern')} and nps_class in ('', ${value('nps_class')})`.compile(db),
)

const patternOf = (kind: WebhookKind): string => `%,${kind},%`

/** Writes to the outbox what the account's webhooks are to be told, in the transaction of what happened. */
export const insertMessages = shareStatement<Notice, boolean>({
  async one(db, notice) {
    const { numAffectedRows = 0n } = await insertOne(db, { ...notice, pattern: patternOf(notice.kind) })
    return numAffectedRows > 0n
  },
  async many(db, notices) {
    const given = givenRows(
      notices.map(notice => ({ ...notice, kind: patternOf(notice.kind) })),
      {
        account_id: 'bigint',
        message_id: 'text',
        kind: 'text',
        type: 'text',
        nps_class: 'text',
        record_id: 'bigint',
        end_user_id: 'bigint',
        now_ms: 'bigint',
      },
    )
    const { rows } = await sql<{ message_id: string }>`insert into webhook_messages (${COLUMNS})
      select given.account_id, webhooks.id, given.message_id, given.type, given.record_id,
        given.end_user_id, 0, given.now_ms, given.now_ms
      from ${given} join webhooks on webhooks.account_id = given.account_id and webhooks.state = 'active'
        and webhooks.kinds like given.kind and webhooks.nps_class in ('', given.nps_class)
      returning message_id`.execute(db)
    const written = new Set(rows.map(({ message_id }) => message_id))
    return notices.map(({ message_id }) => written.has(message_id))
  },
  wrote: isWritten => isWritten,
})

const hasDue = (nowMs: number) => sql`exists (select 1 from webhook_messages as messages
  where messages.account_id = webhooks.account_id and messages.webhook_id = webhooks.id
    and messages.due_ms <= ${nowMs})`

/**
 * Takes webhooks for which something is due, so that no other process sends to them before `leaseUntilMs`. One process a
 * webhook keeps the order of its messages.
 */
export async function claimWebhooks(
  db: Db,
  { nowMs, leaseUntilMs, limit, locksRows }: ClaimOptions,
): Promise<WebhookRow[]> {
  const { rows } = await sql<WebhookRow>`update webhooks set lease_until_ms = ${leaseUntilMs}
    where (account_id, id) in (
      select account_id, id from webhooks
      where state = 'active' and due_ms <= ${nowMs} and lease_until_ms <= ${nowMs} and ${hasDue(nowMs)}
      order by due_ms limit ${limit} ${locksRows ? sql`for update skip locked` : sql``})
    returning *`.execute(db)
  return rows
}

export interface ClaimOptions {
  nowMs: number
  leaseUntilMs: number
  limit: number
  /** See `Storage.locksRows`. */
  locksRows: boolean
}

/** Whether a webhook has something to be sent, without taking it. */
export async function isAnythingDue(db: Db, nowMs: number): Promise<boolean> {
  const { rows } = await sql`select 1 from webhooks
    where state = 'active' and due_ms <= ${nowMs} and lease_until_ms <= ${nowMs} and ${hasDue(nowMs)}
    limit 1`.execute(db)
  return rows.length > 0
}

/**
 * The next messages for a webhook, in their order. One that has failed `orderedFailures` times is passed by the others, and is
 * among them when it is due.
 */
export const selectNextMessages = (
  db: Db,
  { account_id, id }: Pick<WebhookRow, 'account_id' | 'id'>,
  { nowMs, orderedFailures, limit }: { nowMs: number; orderedFailures: number; limit: number },
): Promise<WaitingMessage[]> =>
  db
    .selectFrom('webhook_messages')
    .selectAll()
    .where('account_id', '=', account_id)
    .where('webhook_id', '=', id)
    .where(({ or, eb }) => or([eb('attempts', '<', orderedFailures), eb('due_ms', '<=', nowMs)]))
    .orderBy('id')
    .limit(limit)
    .execute()

export async function deleteMessages(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db.deleteFrom('webhook_messages').where('id', 'in', ids).execute()
}

export async function delayMessage(
  db: Db,
  { id, attempts }: Pick<WaitingMessage, 'id' | 'attempts'>,
  dueMs: number,
): Promise<void> {
  await db.updateTable('webhook_messages').set({ attempts, due_ms: dueMs }).where('id', '=', id).execute()
}

/** Lets a process that has just started take what one that died had taken. Only where no other process sends. */
export async function endLeases(db: Db): Promise<void> {
  await db.updateTable('webhooks').set({ lease_until_ms: 0 }).where('lease_until_ms', '>', 0).execute()
}

/** Lets everything that waits for a webhook be tried at once. */
export async function makeMessagesDue(
  db: Db,
  { account_id, id }: Pick<WebhookRow, 'account_id' | 'id'>,
  nowMs: number,
): Promise<void> {
  await db
    .updateTable('webhook_messages')
    .set({ due_ms: nowMs })
    .where('account_id', '=', account_id)
    .where('webhook_id', '=', id)
    .execute()
}
