import { PostgresAdapter, type RawBuilder, sql } from 'kysely'
import { MEASURES } from '../migrations/0011-report-hourly.js'
import type { Db, Storage } from '../storage.js'
import { and, MOMENT_DIMENSIONS, type ReportFilter } from './filter.js'

export const HOUR_MS = 3_600_000

export type Measure = (typeof MEASURES)[number]

/** Counts of responses and impressions by hour that have one of `values`, whatever else they have. */
export interface Marginal {
  dimension: string
  values: readonly string[]
}

/** A range of time that belongs to the bucket with the number `bucket`. */
export interface Span {
  bucket: number
  startMs: number
  endMs: number
}

/** What a bucket has, or a part of it. */
export interface HourlySums {
  bucket: number
  sums: Partial<Record<Measure, number>>
}

/** Of all measures together. */
export const totalOf = (parts: readonly HourlySums[]): number =>
  parts.flatMap(({ sums }) => Object.values(sums) as number[]).reduce((sum, n) => sum + n, 0)

/** The hour of the row under `alias`. */
export const hourOf = (alias: string): RawBuilder<number> => {
  const created = sql.ref(`${alias}.created_ms`)
  return sql`(${created} - ${created} % ${sql.lit(HOUR_MS)})`
}

export const propertyDimension = (name: string): string => `properties.${name}`

/** The counts that a filter asks for, where it names no more than one thing beside time and score. */
export function marginalOf(filter: Omit<ReportFilter, 'scores'>): Marginal | undefined {
  const { hasText, moment, properties } = filter
  const named: Marginal[] = properties.map(([name, value]) => ({
    dimension: propertyDimension(name),
    values: [value],
  }))
  if (hasText !== undefined) named.push({ dimension: 'has_text', values: [hasText ? '1' : '0'] })
  for (const dimension of MOMENT_DIMENSIONS) {
    const values = moment[dimension]
    if (values) named.push({ dimension, values })
  }
  const [first = { dimension: '', values: [''] }, ...others] = named
  return others.length === 0 ? first : undefined
}

/** Parts spans into whole hours, which `report_hourly` has, and the rest, which is counted row by row. */
export function splitByHour(spans: readonly Span[]): { hours: Span[]; rest: Span[] } {
  const hours: Span[] = []
  const rest: Span[] = []
  for (const span of spans) {
    const { bucket, startMs, endMs } = span
    const firstMs = Math.ceil(startMs / HOUR_MS) * HOUR_MS
    const lastMs = Math.floor(endMs / HOUR_MS) * HOUR_MS
    if (firstMs >= lastMs) {
      rest.push(span)
      continue
    }
    hours.push({ bucket, startMs: firstMs, endMs: lastMs })
    if (startMs < firstMs) rest.push({ bucket, startMs, endMs: firstMs })
    if (lastMs < endMs) rest.push({ bucket, startMs: lastMs, endMs })
  }
  return { hours, rest }
}

/** Parameters have no type of their own in a `values` list. */
const integer = (value: number) => sql`cast(${value} as bigint)`

/** A `values` list of spans: bucket, start, end. */
export const spanRows = (spans: readonly Span[]): RawBuilder<unknown> =>
  sql.join(
    spans.map(
      ({ bucket, startMs, endMs }) => sql`(${sql.lit(bucket)}, ${integer(startMs)}, ${integer(endMs)})`,
    ),
  )

const sumOf = (expression: RawBuilder<unknown>) => sql`cast(sum(${expression}) as bigint)`

/** The condition of a marginal's rows, in either table. */
const marginalConditions = (accountId: number, { dimension, values }: Marginal): RawBuilder<unknown>[] => [
  sql`counted.account_id = ${accountId} and counted.dimension = ${dimension}`,
  sql`counted.value in (${sql.join([...values])})`,
]

/** What a delta adds to `measure`. */
export const deltaOf = (measure: Measure) =>
  sql`(case when counted.measure = ${sql.lit(measure)} then counted.n else 0 end)`

/**
 * Sums of `measures` over spans of whole hours: by bucket what `report_hourly` has, by hour what is to be added to it. One
 * statement, so that nothing is folded from the one into the other between.
 */
export async function sumHourly(
  db: Db,
  { accountId, marginal, measures }: { accountId: number; marginal: Marginal; measures: readonly Measure[] },
  spans: readonly Span[],
): Promise<HourlySums[]> {
  const [first] = spans
  if (!first || measures.length === 0 || marginal.values.length === 0) return []
  const conditions = marginalConditions(accountId, marginal)
  const startMs = Math.min(...spans.map(span => span.startMs))
  const endMs = Math.max(...spans.map(span => span.endMs))
  const columns = measures.map(name => sql`${sumOf(sql.ref(`counted.${name}`))} as ${sql.ref(name)}`)
  const added = measures.map(name => sql`${sumOf(deltaOf(name))} as ${sql.ref(name)}`)
  const { rows } = await sql<{ bucket: number; hour_ms: number | null } & Record<Measure, number>>`
    with spans (bucket, start_ms, end_ms) as (values ${spanRows(spans)})
    select spans.bucket, cast(null as bigint) as hour_ms, ${sql.join(columns)}
      from spans cross join report_hourly as counted
      where ${and(conditions)} and counted.hour_ms >= spans.start_ms and counted.hour_ms < spans.end_ms
      group by spans.bucket
    union all select -1 as bucket, counted.hour_ms, ${sql.join(added)}
      from report_hourly_deltas as counted
      where ${and(conditions)} and counted.hour_ms >= ${startMs} and counted.hour_ms < ${endMs}
      group by counted.hour_ms`.execute(db)
  return rows.flatMap(({ bucket, hour_ms, ...sums }) => {
    const at = hour_ms === null ? bucket : bucketAt(spans, hour_ms)
    return at === undefined ? [] : [{ bucket: at, sums }]
  })
}

/** The bucket of an instant. @param spans in the order of time */
export function bucketAt(spans: readonly Span[], timeMs: number): number | undefined {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.endMs ?? 0) <= timeMs) low = middle + 1
    else high = middle
  }
  const span = spans[low]
  return span && span.startMs <= timeMs ? span.bucket : undefined
}

/** Deltas that go in one transaction: others who write wait no longer than it takes. */
const FOLDED_AT_ONCE = 2_000

const KEY = sql`account_id, dimension, value, hour_ms`

/** Adds deltas to the counts until there are none left. */
export async function foldDeltas(storage: Storage): Promise<void> {
  for (;;) {
    const folded = await storage.writeExclusively(foldSome)
    if (folded < FOLDED_AT_ONCE) return
  }
}

async function foldSome(db: Db): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select id from report_hourly_deltas order by id limit ${FOLDED_AT_ONCE}`.execute(db)
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  // By name on PostgreSQL, where a lower id may be committed meanwhile; on SQLite nothing else is written.
  const taken =
    db.getExecutor().adapter instanceof PostgresAdapter
      ? sql`id = any(${ids})`
      : sql`id between ${ids[0]} and ${ids.at(-1)}`
  const names = sql.join(MEASURES.map(name => sql.ref(name)))
  const sums = MEASURES.map(name => sumOf(sql`case when measure = ${sql.lit(name)} then n else 0 end`))
  const adds = MEASURES.map(
    name => sql`${sql.ref(name)} = ${sql.ref(`report_hourly.${name}`)} + ${sql.ref(`excluded.${name}`)}`,
  )
  await sql`insert into report_hourly (${KEY}, ${names}) select ${KEY}, ${sql.join(sums)}
    from report_hourly_deltas where ${taken} group by ${KEY}
    on conflict (${KEY}) do update set ${sql.join(adds)}`.execute(db)
  // What is no longer counted leaves no trace: a value may be a name.
  await sql`delete from report_hourly where (${KEY}) in (
      select ${KEY} from report_hourly_deltas where ${taken} and n < 0)
    and ${and(MEASURES.map(name => sql`${sql.ref(name)} = 0`))}`.execute(db)
  await sql`delete from report_hourly_deltas where ${taken}`.execute(db)
  return ids.length
}
