import { sql } from 'kysely'
import type { Db } from './storage.js'
import type { WebhookRow } from './tables.js'

/** A webhook with how many messages wait for it. */
export interface WebhookWithWaiting extends WebhookRow {
  waiting: number
}

interface Key {
  accountId: number
  id: number
}

export async function insertWebhook(db: Db, row: WebhookRow): Promise<WebhookRow> {
  await db.insertInto('webhooks').values(row).execute()
  return row
}

/** Those of an account, oldest first. */
export async function selectWebhooks(db: Db, accountId: number, id?: number): Promise<WebhookWithWaiting[]> {
  const { rows } = await sql<WebhookWithWaiting>`select webhooks.*, (
      select count(*) from webhook_messages as messages
      where messages.account_id = webhooks.account_id and messages.webhook_id = webhooks.id) as waiting
    from webhooks where account_id = ${accountId} ${id === undefined ? sql`` : sql`and id = ${id}`}
    order by id`.execute(db)
  return rows.map(row => ({ ...row, waiting: Number(row.waiting) }))
}

export const selectWebhook = (db: Db, { accountId, id }: Key): Promise<WebhookRow | undefined> =>
  db
    .selectFrom('webhooks')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()

/** What waits for it goes too. @returns undefined where there is none */
export const deleteWebhook = (db: Db, { accountId, id }: Key): Promise<WebhookRow | undefined> =>
  db
    .deleteFrom('webhooks')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()

export const updateWebhook = (
  db: Db,
  { accountId, id }: Key,
  changes: Partial<WebhookRow>,
): Promise<WebhookRow | undefined> =>
  db
    .updateTable('webhooks')
    .set(changes)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()

/** How many webhooks there are of each state, and how many messages wait. */
export async function countWebhooks(
  db: Db,
): Promise<{ states: { state: WebhookRow['state']; n: number }[]; waiting: number }> {
  const { rows } = await sql<{ state: WebhookRow['state']; n: number }>`
    select state, count(*) as n from webhooks group by state`.execute(db)
  const waiting = await sql<{ n: number }>`select count(*) as n from webhook_messages`.execute(db)
  return {
    states: rows.map(({ state, n }) => ({ state, n: Number(n) })),
    waiting: Number(waiting.rows[0]?.n ?? 0),
  }
}
