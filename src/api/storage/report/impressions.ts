import { sql } from 'kysely'
import type { Db } from '../storage.js'
import type { EndUserRow, ImpressionRow, ResponseRow } from '../tables.js'

/** The end user, whose row nobody else writes to until the transaction ends. @returns undefined where there is none */
export function lockEndUser(
  db: Db,
  { accountId, id, forUpdate }: { accountId: number; id: number; forUpdate: boolean },
): Promise<EndUserRow | undefined> {
  const select = db
    .selectFrom('end_users')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
  return (forUpdate ? select.forUpdate() : select).executeTakeFirst()
}

/** What has come of an invitation so far. */
async function outcomeOf(
  db: Db,
  { account_id, end_user_id, unique_link }: Pick<ImpressionRow, 'account_id' | 'end_user_id' | 'unique_link'>,
): Promise<ImpressionRow['outcome']> {
  const where = sql`account_id = ${account_id} and end_user_id = ${end_user_id} and unique_link = ${unique_link}`
  const { rows } = await sql<{ outcome: ImpressionRow['outcome'] }>`
    select 'response' as outcome from responses where ${where}
    union all select 'decline' as outcome from declines where ${where}`.execute(db)
  const outcomes = rows.map(({ outcome }) => outcome)
  return outcomes.find(outcome => outcome === 'response') ?? outcomes[0] ?? ''
}

export const selectImpression = (db: Db, accountId: number, id: number): Promise<ImpressionRow | undefined> =>
  db
    .selectFrom('impressions')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()

const selectByLink = (
  db: Db,
  { account_id, end_user_id, unique_link }: Pick<ImpressionRow, 'account_id' | 'end_user_id' | 'unique_link'>,
): Promise<ImpressionRow | undefined> =>
  db
    .selectFrom('impressions')
    .selectAll()
    .where('account_id', '=', account_id)
    .where('end_user_id', '=', end_user_id)
    .where('unique_link', '=', unique_link)
    .executeTakeFirst()

/**
 * Keeps that a survey was visible; an invitation has one impression, whatever the order in which it and its response
 * arrive. The caller holds the end user's row, as whoever writes a response does, so that neither misses the other.
 *
 * @returns what is kept: an earlier one, where there is one
 */
export async function insertImpression(db: Db, row: Omit<ImpressionRow, 'outcome'>): Promise<ImpressionRow> {
  const outcome = await outcomeOf(db, row)
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('impressions')
    .values({ ...row, outcome })
    .onConflict(conflict => conflict.columns(['account_id', 'end_user_id', 'unique_link']).doNothing())
    .executeTakeFirst()
  const earlier = numInsertedOrUpdatedRows === 1n ? undefined : await selectByLink(db, row)
  return earlier ?? { ...row, outcome }
}

/** Tells the impression of an invitation what came of it; a response is the last word. */
export async function setOutcome(
  db: Db,
  { account_id, end_user_id, unique_link }: Pick<ResponseRow, 'account_id' | 'end_user_id' | 'unique_link'>,
  outcome: 'response' | 'decline',
): Promise<void> {
  if (unique_link === null) return
  await db
    .updateTable('impressions')
    .set({ outcome })
    .where('account_id', '=', account_id)
    .where('end_user_id', '=', end_user_id)
    .where('unique_link', '=', unique_link)
    .where('outcome', '!=', 'response')
    .execute()
}
