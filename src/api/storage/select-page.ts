import { type RawBuilder, sql } from 'kysely'
import type { ListScope, TimeCondition } from './list-scope.js'
import type { Db } from './storage.js'

/** A list: of which table, in which order where none is asked for, and by which columns. */
export interface ListSource {
  table: 'end_users' | 'responses' | 'declines' | 'page_views'
  order: 'asc' | 'desc'
  /** The columns behind the names that filters and `sort_key` use; only end users have an e-mail. */
  columns: { readonly created_at: string; readonly updated_at: string; readonly email?: string }
}

export interface PageOptions {
  accountId: number
  scope: ListScope
  /** What must hold besides the account and the scope's filters. */
  where?: readonly RawBuilder<unknown>[]
}

/**
 * One page of a list. The ids come from an index alone, however many records the earlier pages hold; only the page's own
 * records are then read. Records of one moment are ordered by id.
 */
export async function selectPage<Row>(db: Db, source: ListSource, options: PageOptions): Promise<Row[]> {
  const { accountId, scope } = options
  const table = sql.table(source.table)
  const column = sql.ref(source.columns[scope.sort_key ?? 'created_at'] ?? source.columns.created_at)
  const order = sql.raw(scope.sort_order ?? source.order)
  const conditions = [
    sql`account_id = ${accountId}`,
    ...(options.where ?? []),
    ...timeConditions(source.columns.created_at, scope.created),
    ...timeConditions(source.columns.updated_at, scope.updated),
  ]
  // SQLite reads the sides of a cross join in their order: left to choose, it would walk through the whole account.
  const { rows } = await sql<Row>`
    select record.* from (
      select id, ${column} as sorted from ${table} where ${sql.join(conditions, sql` and `)}
      order by ${column} ${order}, id ${order}
      limit ${scope.per_page} offset ${(scope.page - 1) * scope.per_page}
    ) as page cross join ${table} as record
    where record.account_id = ${accountId} and record.id = page.id
    order by page.sorted ${order}, page.id ${order}`.execute(db)
  return rows
}

const timeConditions = (column: string, conditions: readonly TimeCondition[] = []): RawBuilder<unknown>[] =>
  conditions.map(condition => timeCondition(sql.ref(column), condition))

/** Filters speak of whole seconds, as datetimes are printed: `eq` is any moment within that second. */
function timeCondition(
  column: RawBuilder<unknown>,
  { operator, seconds }: TimeCondition,
): RawBuilder<unknown> {
  const start = seconds * 1_000
  const end = start + 1_000
  switch (operator) {
    case 'eq':
      return sql`${column} >= ${start} and ${column} < ${end}`
    case 'lt':
      return sql`${column} < ${start}`
    case 'lte':
      return sql`${column} < ${end}`
    case 'gt':
      return sql`${column} >= ${end}`
    case 'gte':
      return sql`${column} >= ${start}`
  }
}
