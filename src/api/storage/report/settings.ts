import type { Db } from '../storage.js'
import type { ReportSettingsRow } from '../tables.js'

/** @returns undefined where the account has set nothing */
export const selectReportSettings = (db: Db, accountId: number): Promise<ReportSettingsRow | undefined> =>
  db.selectFrom('report_settings').selectAll().where('account_id', '=', accountId).executeTakeFirst()

export async function upsertReportSettings(db: Db, row: ReportSettingsRow): Promise<void> {
  const { account_id: _, ...changes } = row
  await db
    .insertInto('report_settings')
    .values(row)
    .onConflict(conflict => conflict.column('account_id').doUpdateSet(changes))
    .execute()
}
