import { type RawBuilder, sql } from 'kysely'
import { endUserExists } from './end-users.js'
import type { ListScope } from './list-scope.js'
import { prepare } from './prepared.js'
import { syncResponseSnapshot } from './report/snapshots.js'
import { type ListSource, selectPage } from './select-page.js'
import { shareStatement } from './shared-statement.js'
import type { Db } from './storage.js'
import type { DeclineRow, PageViewRow, ResponseRow, SurveyColumns } from './tables.js'

/** The tables whose records belong to an end user. */
export interface RecordRows {
  responses: ResponseRow
  declines: DeclineRow
  page_views: PageViewRow
}

export type RecordTable = keyof RecordRows

/** Those that a survey makes. */
export type SurveyTable = 'responses' | 'declines'

export interface RecordKey {
  accountId: number
  endUserId: number
  id: number
}

const TIMES = { created_at: 'created_ms', updated_at: 'updated_ms' }

const SOURCES: Readonly<Record<RecordTable, ListSource>> = {
  responses: { table: 'responses', order: 'desc', columns: TIMES },
  declines: { table: 'declines', order: 'desc', columns: TIMES },
  page_views: { table: 'page_views', order: 'asc', columns: { ...TIMES, updated_at: 'created_ms' } },
}

/** A column that is forgotten here is a type error: see `SurveyColumns`. */
const SURVEY = Object.keys({
  language: 0,
  channel: 0,
  unique_link: 0,
  priority: 0,
  completed: 0,
  excluded: 0,
} satisfies Record<keyof SurveyColumns, 0>) as (keyof SurveyColumns)[]

const BASE = ['account_id', 'id', 'end_user_id', 'created_ms'] as const

const INSERTS = {
  responses: prepareInsert('responses', [
    ...BASE,
    'score',
    'text',
    'ip_address',
    'origin_url',
    'updated_ms',
    ...SURVEY,
  ]),
  declines: prepareInsert('declines', [...BASE, 'ip_address', 'origin_url', 'updated_ms', ...SURVEY]),
  page_views: prepareInsert('page_views', [...BASE, 'url', 'at_s']),
} as { [T in RecordTable]: (db: Db, row: RecordRows[T]) => Promise<boolean> }

function prepareInsert<T extends RecordTable>(table: T, columns: readonly (keyof RecordRows[T] & string)[]) {
  const names = sql.join(columns.map(name => sql.ref(name)))
  const insert = prepare<RecordRows[T], unknown>((db, value) => {
    const values = columns.map(name => value(name))
    return sql`insert into ${sql.table(table)} (${names}) values (${sql.join(values)})
      on conflict do nothing`.compile(db)
  })
  return shareStatement<RecordRows[T], boolean>({
    async one(db, row) {
      const { numAffectedRows } = await insert(db, row)
      return numAffectedRows === 1n
    },
    async many(db, rows) {
      const inserted = await sql<{ id: number }>`insert into ${sql.table(table)} (${names})
        select ${names} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)
        on conflict do nothing returning id`.execute(db)
      // An id is handed out once, whatever the account.
      const ids = new Set(inserted.rows.map(({ id }) => id))
      return rows.map(({ id }) => ids.has(id))
    },
    wrote: isInserted => isInserted,
  })
}

const SELECTS: { [T in RecordTable]: (db: Db, key: RecordKey) => Promise<{ rows: RecordRows[T][] }> } = {
  responses: prepareSelect('responses'),
  declines: prepareSelect('declines'),
  page_views: prepareSelect('page_views'),
}

function prepareSelect<T extends RecordTable>(table: T) {
  return prepare<RecordKey, RecordRows[T]>((db, value) =>
    sql<RecordRows[T]>`select * from ${sql.table(table)}
      where account_id = ${value('accountId')} and id = ${value('id')} and end_user_id = ${value('endUserId')}`.compile(
      db,
    ),
  )
}

/** Those of the whole account. */
export const selectAll = <T extends RecordTable>(
  db: Db,
  table: T,
  accountId: number,
  scope: ListScope,
): Promise<RecordRows[T][]> => selectPage(db, SOURCES[table], { accountId, scope })

/** Those of one end user. @returns undefined where there is no such end user */
export async function selectOf<T extends RecordTable>(
  db: Db,
  table: T,
  { accountId, endUserId }: Omit<RecordKey, 'id'>,
  { scope, where = [] }: { scope: ListScope; where?: readonly RawBuilder<unknown>[] },
): Promise<RecordRows[T][] | undefined> {
  const rows = await selectPage<RecordRows[T]>(db, SOURCES[table], {
    accountId,
    scope,
    where: [sql`end_user_id = ${endUserId}`, ...where],
  })
  return rows.length > 0 || (await endUserExists(db, accountId, endUserId)) ? rows : undefined
}

export async function selectRecord<T extends RecordTable>(
  db: Db,
  table: T,
  key: RecordKey,
): Promise<RecordRows[T] | undefined> {
  const { rows } = await SELECTS[table](db, key)
  return rows[0]
}

/** @returns false where the end user has a record of the same `unique_link` */
export const insertRecord = <T extends RecordTable>(db: Db, table: T, row: RecordRows[T]): Promise<boolean> =>
  INSERTS[table](db, row)

/** The record that the same showing of a survey has made before. @returns undefined where there is none */
export async function selectByUniqueLink<T extends SurveyTable>(
  db: Db,
  table: T,
  { account_id, end_user_id, unique_link }: Pick<ResponseRow, 'account_id' | 'end_user_id' | 'unique_link'>,
  forUpdate: boolean,
): Promise<RecordRows[T] | undefined> {
  const { rows } = await sql<RecordRows[T]>`select * from ${sql.table(table)} where account_id = ${account_id}
    and end_user_id = ${end_user_id} and unique_link = ${unique_link}
    ${forUpdate ? sql`for update` : sql``}`.execute(db)
  return rows[0]
}

/** Alters a record of the account. @returns false where there is none */
export async function updateRecord<T extends SurveyTable>(
  db: Db,
  table: T,
  { accountId, id }: Omit<RecordKey, 'endUserId'>,
  changes: Partial<RecordRows[T]>,
): Promise<boolean> {
  const columns = Object.entries(changes).map(([name, value]) => sql`${sql.ref(name)} = ${value}`)
  const { numAffectedRows } = await sql`update ${sql.table(table)} set ${sql.join(columns)}
    where account_id = ${accountId} and id = ${id}`.execute(db)
  // What figures are counted on repeats some of these columns.
  if (table === 'responses') await syncResponseSnapshot(db, { accountId, id })
  return numAffectedRows === 1n
}

/** A record by its id alone. @returns undefined where the account has none of that id */
export async function selectOfAccount<T extends SurveyTable>(
  db: Db,
  table: T,
  { accountId, id }: Omit<RecordKey, 'endUserId'>,
): Promise<RecordRows[T] | undefined> {
  const { rows } = await sql<RecordRows[T]>`select * from ${sql.table(table)}
    where account_id = ${accountId} and id = ${id}`.execute(db)
  return rows[0]
}

/** @returns what was deleted, undefined where there was nothing */
export async function deleteRecord<T extends RecordTable>(
  db: Db,
  table: T,
  { accountId, endUserId, id }: RecordKey,
): Promise<RecordRows[T] | undefined> {
  const { rows } = await sql<RecordRows[T]>`delete from ${sql.table(table)}
    where account_id = ${accountId} and id = ${id} and end_user_id = ${endUserId} returning *`.execute(db)
  return rows[0]
}
