import { type RawBuilder, sql } from 'kysely'

/**
 * Rows as a table of one statement on PostgreSQL, by the name `given`.
 *
 * @param columns the type of each column
 */
export const givenRows = <Row extends object>(
  rows: readonly Row[],
  columns: { [K in keyof Row & string]: 'bigint' | 'text' },
): RawBuilder<unknown> => {
  const types = Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(String(type))}`)
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) as given(${sql.join(types)})`
}
