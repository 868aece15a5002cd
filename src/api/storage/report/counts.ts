import { PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { RatesAnswer } from '../../../wire/report.js'
import type { Db } from '../storage.js'
import {
  and,
  factsOf,
  type MomentDimension,
  momentConditions,
  propertyConditions,
  type ReportFilter,
  scoreConditions,
} from './filter.js'

const SCORES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

/** Parameters have no type of their own in a `values` list. */
const integer = (value: number) => sql`cast(${value} as bigint)`

/** A statement takes no more buckets than this: SQLite allows 32,766 parameters. */
const MAX_BUCKETS = 2_000

const isWanted = (filter: ReportFilter, score: number): boolean =>
  filter.scores.length === 0 || filter.scores.some(([low, high]) => score >= low && score <= high)

/**
 * How many responses have each score, 0 to 10, in each bucket between two neighbours of `boundaries`. A score within a
 * bucket is a range of one index, so that no row is looked at twice and none is sorted.
 */
export async function countScores(
  db: Db,
  filter: ReportFilter,
  boundaries: readonly number[],
): Promise<number[][]> {
  const counts = boundaries.slice(1).map(() => SCORES.map(() => 0))
  const { table, conditions } = factsOf(filter)
  const scores = SCORES.filter(score => isWanted(filter, score))
  for (let first = 0; first < counts.length; first += MAX_BUCKETS) {
    const buckets = counts
      .slice(first, first + MAX_BUCKETS)
      .map((_, i) => bucketRow(first + i, boundaries[first + i], boundaries[first + i + 1]))
    const { rows } = await sql<{ bucket: number; score: number; n: number }>`
      with buckets (bucket, start_ms, end_ms) as (values ${sql.join(buckets)}),
        scores (score) as (values ${sql.join(scores.map(score => sql`(${sql.lit(score)})`))})
      select * from (select bucket, scores.score, (
        select count(*) from ${table} where ${and(conditions)} and fact.score = scores.score
          and fact.created_ms >= buckets.start_ms and fact.created_ms < buckets.end_ms
      ) as n from buckets cross join scores) as counted where n > 0`.execute(db)
    for (const { bucket, score, n } of rows) {
      const row = counts[bucket]
      if (row) row[score] = n
    }
  }
  return counts
}

const bucketRow = (bucket: number, startMs = 0, endMs = 0) =>
  sql`(${sql.lit(bucket)}, ${integer(startMs)}, ${integer(endMs)})`

/** What responses are split by: a dimension of the moment, whether there is text, or a property. */
export type SplitBy = { dimension: MomentDimension | 'has_text' } | { property: string }

export interface SegmentCounts {
  value: string
  n: number
  promoters: number
  detractors: number
}

/** Classes by value, most responses first; `others` is how many have values beyond `limit`. */
export async function countSegments(
  db: Db,
  filter: ReportFilter,
  by: SplitBy,
  limit: number,
): Promise<{ segments: SegmentCounts[]; others: number }> {
  const { table, conditions, value } = splitSource(filter, by)
  const { rows } = await sql<SegmentCounts & { everything: number }>`
    select value, n, promoters, detractors, cast(sum(n) over () as bigint) as everything from (
      select ${value} as value, count(*) as n,
        cast(sum(case when fact.score >= 9 then 1 else 0 end) as bigint) as promoters,
        cast(sum(case when fact.score <= 6 then 1 else 0 end) as bigint) as detractors
      from ${table}
      where ${and(conditions)} and fact.score is not null
        and fact.created_ms >= ${filter.startMs} and fact.created_ms < ${filter.endMs}
      group by ${value}
    ) as grouped order by n desc, value limit ${limit}`.execute(db)
  const segments = rows.map(({ everything: _, ...row }) => ({ ...row, value: String(row.value) }))
  const shown = segments.reduce((sum, { n }) => sum + n, 0)
  return { segments, others: (rows[0]?.everything ?? 0) - shown }
}

function splitSource(filter: ReportFilter, by: SplitBy) {
  if ('dimension' in by) {
    const { accountId, properties, hasText } = filter
    return {
      table: sql`response_snapshots as fact`,
      value: sql.ref(`fact.${by.dimension}`),
      conditions: [
        sql`fact.account_id = ${accountId}`,
        ...momentConditions(filter, 'fact'),
        ...(hasText === undefined ? [] : [sql`fact.has_text = ${sql.lit(hasText ? 1 : 0)}`]),
        ...propertyConditions({ accountId, properties }, sql`fact.response_id`),
        ...scoreConditions(filter, sql`fact.score`),
      ],
    }
  }
  return { ...propertySource(filter, by.property), value: sql`fact.value` }
}

function propertySource(filter: ReportFilter, name: string) {
  const { accountId, hasText, properties } = filter
  const moment = [
    ...momentConditions(filter, 'snapshot'),
    ...(hasText === undefined ? [] : [sql`snapshot.has_text = ${sql.lit(hasText ? 1 : 0)}`]),
  ]
  const snapshot = sql`exists (select 1 from response_snapshots as snapshot where
    snapshot.account_id = ${accountId} and snapshot.response_id = fact.response_id and ${and(moment)})`
  return {
    table: sql`response_properties as fact`,
    conditions: [
      sql`fact.account_id = ${accountId} and fact.name = ${name}`,
      ...propertyConditions({ accountId, properties }, sql`fact.response_id`),
      ...(moment.length > 0 ? [snapshot] : []),
      ...scoreConditions(filter, sql`fact.score`),
    ],
  }
}

/** Impressions by what came of them, in each bucket. Filters of text and class say nothing of an impression. */
export async function countOutcomes(
  db: Db,
  filter: ReportFilter,
  boundaries: readonly number[],
): Promise<RatesAnswer[]> {
  const rates = boundaries.slice(1).map(() => ({ shown: 0, answered: 0, closed: 0, neither: 0 }))
  const conditions = [sql`shown.account_id = ${filter.accountId}`, ...momentConditions(filter, 'shown')]
  for (let first = 0; first < rates.length; first += MAX_BUCKETS) {
    const buckets = rates
      .slice(first, first + MAX_BUCKETS)
      .map((_, i) => bucketRow(first + i, boundaries[first + i], boundaries[first + i + 1]))
    const { rows } = await sql<{ bucket: number; outcome: string; n: number }>`
      with buckets (bucket, start_ms, end_ms) as (values ${sql.join(buckets)}),
        outcomes (outcome) as (values (''), ('response'), ('decline'))
      select * from (select bucket, outcomes.outcome, (
        select count(*) from impressions as shown where ${and(conditions)} and shown.outcome = outcomes.outcome
          and shown.created_ms >= buckets.start_ms and shown.created_ms < buckets.end_ms
      ) as n from buckets cross join outcomes) as counted where n > 0`.execute(db)
    for (const { bucket, outcome, n } of rows) {
      const rate = rates[bucket]
      if (!rate) continue
      rate.shown += n
      rate[outcome === 'response' ? 'answered' : outcome === 'decline' ? 'closed' : 'neither'] += n
    }
  }
  return rates
}

/**
 * That a JSON text has a property. It is looked for as it is written: quotes within a string are escaped, so that nothing
 * else reads like it; and taking a million texts apart would last seconds.
 */
function hasProperty(db: Db, [name, value]: readonly [string, string]): RawBuilder<unknown> {
  const has = (text: string) =>
    db.getExecutor().adapter instanceof PostgresAdapter
      ? sql`position(${text} in shown.properties) > 0`
      : sql`instr(shown.properties, ${text}) > 0`
  const key = JSON.stringify(name)
  const texts = [`${key}:${JSON.stringify(value)}`]
  if (/^(true|false|-?\d.*)$/.test(value)) texts.push(`${key}:${value},`, `${key}:${value}}`)
  return sql`(${sql.join(texts.map(has), sql` or `)})`
}

/** As {@link countOutcomes}, of a filter that names a property: one way through the table, since no index has them. */
export async function countOutcomesWithProperty(db: Db, filter: ReportFilter): Promise<RatesAnswer> {
  const conditions = [
    sql`shown.account_id = ${filter.accountId}`,
    sql`shown.created_ms >= ${filter.startMs} and shown.created_ms < ${filter.endMs}`,
    ...momentConditions(filter, 'shown'),
    ...filter.properties.map(property => hasProperty(db, property)),
  ]
  const { rows } = await sql<Record<'shown' | 'answered' | 'closed', number>>`select count(*) as shown,
    cast(coalesce(sum(case when shown.outcome = 'response' then 1 else 0 end), 0) as bigint) as answered,
    cast(coalesce(sum(case when shown.outcome = 'decline' then 1 else 0 end), 0) as bigint) as closed
    from impressions as shown where ${and(conditions)}`.execute(db)
  const { shown, answered, closed } = rows[0] ?? { shown: 0, answered: 0, closed: 0 }
  return { shown, answered, closed, neither: shown - answered - closed }
}

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
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from response_snapshots
    where account_id = ${accountId} and score is not null`.execute(db)
  return rows[0]?.n ?? 0
}

/** The distinct values of an index' column after an equality, found one by one: each is one step down the index. */
export async function distinctValues(
  db: Db,
  accountId: number,
  by: { dimension: MomentDimension } | { property: string } | 'names',
  limit: number,
): Promise<string[]> {
  const [table, column, conditions] =
    by === 'names'
      ? [sql`response_properties`, sql`name`, []]
      : 'property' in by
        ? [sql`response_properties`, sql`value`, [sql`name = ${by.property}`]]
        : [sql`response_snapshots`, sql.ref(by.dimension), []]
  const values: string[] = []
  for (let after = ''; values.length < limit; ) {
    const bound = values.length === 0 ? sql`${column} >= ${after}` : sql`${column} > ${after}`
    const { rows } = await sql<{ value: string | null }>`select min(${column}) as value from ${table}
      where ${and([sql`account_id = ${accountId}`, ...conditions, bound])}`.execute(db)
    const value = rows[0]?.value
    if (value === undefined || value === null) break
    values.push(value)
    after = value
  }
  return values
}
