import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../storage.js'
import {
  and,
  type MomentDimension,
  momentConditions,
  propertyConditions,
  type ReportFilter,
  scoreConditions,
  snapshotConditions,
} from './filter.js'
import { deltaOf, type Marginal, marginalOf, propertyDimension, type Span, splitByHour } from './hourly.js'
import { wantedScores } from './scores.js'

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
  const { rows } = await sql<SegmentCounts & { everything: number }>`
    select value, n, promoters, detractors, cast(sum(n) over () as bigint) as everything from (
      select value, cast(sum(n) as bigint) as n, cast(sum(promoters) as bigint) as promoters,
        cast(sum(detractors) as bigint) as detractors
      from (${sql.join(sources(filter, by), sql` union all `)}) as parts group by value
    ) as grouped where n > 0 order by n desc, value limit ${limit}`.execute(db)
  const segments = rows.map(({ everything: _, ...row }) => row)
  const shown = segments.reduce((sum, { n }) => sum + n, 0)
  return { segments, others: (rows[0]?.everything ?? 0) - shown }
}

/** Statements whose rows add up to the segments. */
function sources(filter: ReportFilter, by: SplitBy): RawBuilder<unknown>[] {
  const { startMs, endMs } = filter
  const whole: Span = { bucket: 0, startMs, endMs }
  const marginal = marginalBy(filter, by)
  const { hours, rest } = marginal ? splitByHour([whole]) : { hours: [], rest: [whole] }
  return [
    ...(marginal ? hours.flatMap(span => hourlySources(filter, marginal, span)) : []),
    ...rest.map(span => rowSource(filter, by, span)),
  ]
}

/** The counts by hour that have the segments, where the filter names nothing else; all values where `values` is empty. */
function marginalBy(filter: ReportFilter, by: SplitBy): Marginal | undefined {
  const dimension = 'dimension' in by ? by.dimension : propertyDimension(by.property)
  const named = marginalOf(filter)
  if (named?.dimension === '') return { dimension, values: [] }
  return named?.dimension === dimension ? named : undefined
}

function hourlySources(
  filter: ReportFilter,
  { dimension, values }: Marginal,
  { startMs, endMs }: Span,
): RawBuilder<unknown>[] {
  const conditions = and([
    sql`counted.account_id = ${filter.accountId} and counted.dimension = ${dimension}`,
    sql`counted.hour_ms >= ${startMs} and counted.hour_ms < ${endMs}`,
    ...(values.length > 0 ? [sql`counted.value in (${sql.join([...values])})`] : []),
  ])
  const scores = wantedScores(filter)
  const sum = (wanted: number[], of: (name: `s${number}`) => RawBuilder<unknown>) =>
    wanted.length === 0
      ? sql`0`
      : sql.join(
          wanted.map(score => of(`s${score}`)),
          sql` + `,
        )
  const columns = (
    of: (name: `s${number}`) => RawBuilder<unknown>,
  ) => sql`counted.value, ${sum(scores, of)} as n,
    ${sum(
      scores.filter(score => score >= 9),
      of,
    )} as promoters,
    ${sum(
      scores.filter(score => score <= 6),
      of,
    )} as detractors`
  return [
    sql`select ${columns(name => sql.ref(`counted.${name}`))} from report_hourly as counted where ${conditions}`,
    sql`select ${columns(deltaOf)} from report_hourly_deltas as counted where ${conditions}`,
  ]
}

/** Row by row. */
function rowSource(filter: ReportFilter, by: SplitBy, { startMs, endMs }: Span): RawBuilder<unknown> {
  const { table, conditions, value } = splitSource(filter, by)
  return sql`select ${value} as value, count(*) as n,
      sum(case when fact.score >= 9 then 1 else 0 end) as promoters,
      sum(case when fact.score <= 6 then 1 else 0 end) as detractors
    from ${table} where ${and(conditions)} and fact.score is not null
      and fact.created_ms >= ${startMs} and fact.created_ms < ${endMs}
    group by ${value}`
}

function splitSource(filter: ReportFilter, by: SplitBy) {
  if ('dimension' in by) {
    const { accountId, properties, hasText } = filter
    const column = sql.ref(`fact.${by.dimension}`)
    return {
      table: sql`response_snapshots as fact`,
      value: by.dimension === 'has_text' ? sql`cast(${column} as text)` : column,
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
  const { accountId, properties } = filter
  return {
    table: sql`response_properties as fact`,
    conditions: [
      sql`fact.account_id = ${accountId} and fact.name = ${name}`,
      ...propertyConditions({ accountId, properties }, sql`fact.response_id`),
      ...snapshotConditions(filter, sql`fact.response_id`),
      ...scoreConditions(filter, sql`fact.score`),
    ],
  }
}
