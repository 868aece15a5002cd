import { sql } from 'kysely'
import { insertMany } from '../insert-many.js'
import { prepare } from '../prepared.js'
import { shareStatement } from '../shared-statement.js'
import type { Db } from '../storage.js'
import type { DeclineSnapshotRow, ResponseRow, ResponseSnapshotRow } from '../tables.js'
import { MOMENT_COLUMNS } from './moment.js'
import { propertyRows } from './property-rows.js'

const RESPONSE_COLUMNS = [
  'account_id',
  'response_id',
  'score',
  'has_text',
  'created_ms',
  'received_ms',
  ...MOMENT_COLUMNS,
] as const satisfies readonly (keyof ResponseSnapshotRow)[]

const insertResponse = prepare<ResponseSnapshotRow, unknown>((db, value) => {
  const names = RESPONSE_COLUMNS.map(name => sql.ref(name))
  const values = RESPONSE_COLUMNS.map(name => value(name))
  return sql`insert into response_snapshots (${sql.join(names)}) values (${sql.join(values)})`.compile(db)
})

/** What a snapshot repeats of its response. */
export const repeatedColumns = ({
  score,
  text,
  excluded,
}: Pick<ResponseRow, 'score' | 'text' | 'excluded'>) => ({
  score: excluded ? null : score,
  has_text: (text ? 1 : 0) as 0 | 1,
})

/** Keeps the moment of a response, in the transaction of the response. */
export const insertResponseSnapshot = shareStatement<ResponseSnapshotRow, void>({
  async one(db, snapshot) {
    await insertResponse(db, snapshot)
    await insertMany(db, 'response_properties', propertyRows(snapshot))
  },
  async many(db, snapshots) {
    await insertMany(db, 'response_snapshots', snapshots)
    await insertMany(db, 'response_properties', snapshots.flatMap(propertyRows))
    return snapshots.map(() => undefined)
  },
  wrote: () => true,
})

/** Follows a response whose score, text or standing in calculations was changed, in the same transaction. */
export async function syncResponseSnapshot(
  db: Db,
  { accountId, id }: { accountId: number; id: number },
): Promise<void> {
  const response = await db
    .selectFrom('responses')
    .select(['score', 'text', 'excluded'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!response) return
  const { score, has_text } = repeatedColumns(response)
  await db
    .updateTable('response_snapshots')
    .set({ score, has_text })
    .where('account_id', '=', accountId)
    .where('response_id', '=', id)
    .execute()
  await db
    .updateTable('response_properties')
    .set({ score })
    .where('account_id', '=', accountId)
    .where('response_id', '=', id)
    .execute()
}

/** Keeps the moment of a decline, in the transaction of the decline. */
export const insertDeclineSnapshot = shareStatement<DeclineSnapshotRow, void>({
  async one(db, snapshot) {
    await db.insertInto('decline_snapshots').values(snapshot).execute()
  },
  async many(db, snapshots) {
    await insertMany(db, 'decline_snapshots', snapshots)
    return snapshots.map(() => undefined)
  },
  wrote: () => true,
})
