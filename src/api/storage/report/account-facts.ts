import { sql } from 'kysely'
import type { Db } from '../storage.js'
import { and, type MomentDimension } from './filter.js'
import { sumHourly, totalOf } from './hourly.js'
import { SCORE_MEASURES } from './scores.js'

/** The lag of the latest responses that arrived, ascending, in milliseconds. Imported ones were never under way. */
export async function selectLags(db: Db, accountId: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ lag: number }>`
    select received_ms - created_ms as lag from (
      select received_ms, created_ms, level from response_snapshots
      where account_id = ${accountId} order by response_id desc limit ${limit}
    ) as latest where level <> 'imported'`.execute(db)
  return rows.map(({ lag }) => Math.max(0, lag)).sort((a, b) => a - b)
}

/** When the first response of an account was given, milliseconds since 1970; undefined where there is none. */
export async function firstResponseMs(db: Db, accountId: number): Promise<number | undefined> {
  const { rows } = await sql<{ first: number | null }>`
    select min(created_ms) as first from responses where account_id = ${accountId}`.execute(db)
  return rows[0]?.first ?? undefined
}

/** How many responses count for the account's figures, of all time. */
export async function countAll(db: Db, accountId: number): Promise<number> {
  const always = { bucket: 0, startMs: Number.MIN_SAFE_INTEGER, endMs: Number.MAX_SAFE_INTEGER }
  const marginal = { dimension: '', values: [''] }
  const parts = await sumHourly(db, { accountId, marginal, measures: SCORE_MEASURES }, [always])
  return totalOf(parts)
}

/** The values of a dimension of the moment, of responses and impressions, in order. */
export async function momentValues(
  db: Db,
  accountId: number,
  dimension: MomentDimension,
  limit: number,
): Promise<string[]> {
  const known = await stepThrough(db, limit, sql`value`, sql`report_hourly`, [
    sql`account_id = ${accountId} and dimension = ${dimension}`,
  ])
  const { rows } = await sql<{ value: string }>`select distinct value from report_hourly_deltas
    where account_id = ${accountId} and dimension = ${dimension}`.execute(db)
  return [...new Set([...known, ...rows.map(({ value }) => value)])].sort().slice(0, limit)
}

/** The values of a property of responses, in order. */
export const propertyValues = (db: Db, accountId: number, name: string, limit: number): Promise<string[]> =>
  stepThrough(db, limit, sql`value`, sql`response_properties`, [
    sql`account_id = ${accountId} and name = ${name}`,
  ])

/** The names of the properties of responses, in order. */
export const propertyNames = (db: Db, accountId: number, limit: number): Promise<string[]> =>
  stepThrough(db, limit, sql`name`, sql`response_properties`, [sql`account_id = ${accountId}`])

/** The distinct values of an index' column after an equality, found one by one: each is one step down the index. */
async function stepThrough(
  db: Db,
  limit: number,
  column: ReturnType<typeof sql>,
  table: ReturnType<typeof sql>,
  conditions: ReturnType<typeof sql>[],
): Promise<string[]> {
  const values: string[] = []
  for (let after = ''; values.length < limit; ) {
    const bound = values.length === 0 ? sql`${column} >= ${after}` : sql`${column} > ${after}`
    const { rows } = await sql<{ value: string | null }>`select min(${column}) as value from ${table}
      where ${and([...conditions, bound])}`.execute(db)
    const value = rows[0]?.value
    if (value === undefined || value === null) break
    values.push(value)
    after = value
  }
  return values
}
