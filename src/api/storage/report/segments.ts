import { type RawBuilder, sql } from 'kysely'
import { PASSIVE_FROM, PROMOTER_FROM } from '../../../domain/nps-class.js'
import type { Db } from '../storage.js'
import {
  and,
  type FilteredSource,
  indexedSource,
  type MomentDimension,
  type ReportFilter,
  scannedSource,
  scoreConditions,
} from './filter.js'
import { deltaOf, type Marginal, marginalOf, propertyDimension, type Span, splitByHour } from './hourly.js'
import { isRare, MAX_LOOKED_UP, wantedScores } from './scores.js'

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
  maxLookedUp = MAX_LOOKED_UP,
): Promise<{ segments: SegmentCounts[]; others: number }> {
  const source = (await isRare(db, filter, maxLookedUp)) ? indexedSource(filter) : scannedSource(db, filter)
  const { rows } = await sql<SegmentCounts & { everything: number }>`
    select value, n, promoters, detractors, cast(sum(n) over () as bigint) as everything from (
      select value, cast(sum(n) as bigint) as n, cast(sum(promoters) as bigint) as promoters,
        cast(sum(detractors) as bigint) as detractors
      from (${sql.join(sources(filter, by, source), sql` union all `)}) as parts group by value
    ) as grouped where n > 0 order by n desc, value limit ${limit}`.execute(db)
  const segments = rows.map(({ everything: _, ...row }) => row)
  const shown = segments.reduce((sum, { n }) => sum + n, 0)
  return { segments, others: (rows[0]?.everything ?? 0) - shown }
}

/** Statements whose rows add up to the segments. */
function sources(filter: ReportFilter, by: SplitBy, source: FilteredSource): RawBuilder<unknown>[] {
  const { startMs, endMs } = filter
  const whole: Span = { bucket: 0, startMs, endMs }
  const marginal = marginalBy(filter, by)
  const { hours, rest } = marginal ? splitByHour([whole]) : { hours: [], rest: [whole] }
  return [
    ...(marginal ? hours.flatMap(span => hourlySources(filter, marginal, span)) : []),
    ...rest.map(span => rowSource(filter, source, by, span)),
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
      scores.filter(score => score >= PROMOTER_FROM),
      of,
    )} as promoters,
    ${sum(
      scores.filter(score => score < PASSIVE_FROM),
      of,
    )} as detractors`
  return [
    sql`select ${columns(name => sql.ref(`counted.${name}`))} from report_hourly as counted where ${conditions}`,
    sql`select ${columns(deltaOf)} from report_hourly_deltas as counted where ${conditions}`,
  ]
}

/** Row by row: where many responses pass in one pass over all, and otherwise by an index. */
function rowSource(
  filter: ReportFilter,
  source: FilteredSource,
  by: SplitBy,
  { startMs, endMs }: Span,
): RawBuilder<unknown> {
  const { join, conditions, value } = splitJoin(source, by)
  return sql`select ${value} as value, count(*) as n,
      sum(case when fact.score >= ${sql.lit(PROMOTER_FROM)} then 1 else 0 end) as promoters,
      sum(case when fact.score < ${sql.lit(PASSIVE_FROM)} then 1 else 0 end) as detractors
    from ${source.table} ${join}
    where ${and([...source.conditions, ...conditions, ...scoreConditions(filter, sql`fact.score`)])}
      and fact.score is not null and fact.created_ms >= ${startMs} and fact.created_ms < ${endMs}
    group by ${value}`
}

/** Where the value of a response comes from. */
function splitJoin({ isSnapshot }: FilteredSource, by: SplitBy) {
  if ('dimension' in by && isSnapshot)
    return { join: sql``, conditions: [], value: sql`cast(${sql.ref(`fact.${by.dimension}`)} as text)` }
  const isSame = sql`split.account_id = fact.account_id and split.response_id = fact.response_id`
  if ('dimension' in by)
    return {
      join: sql`cross join response_snapshots as split`,
      conditions: [isSame],
      value: sql`cast(${sql.ref(`split.${by.dimension}`)} as text)`,
    }
  return {
    join: sql`cross join response_properties as split`,
    // Hidden in an expression, so that the primary key is the only index that leads from a response to its property.
    conditions: [isSame, sql`(split.name || '') = ${by.property}`],
    value: sql`split.value`,
  }
}
