import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../storage.js'
import { and } from './filter.js'
import {
  bucketAt,
  type HourlySums,
  hourOf,
  type Marginal,
  type Measure,
  type Span,
  spanRows,
  splitByHour,
  sumHourly,
} from './hourly.js'

/** A statement takes no more buckets than this: SQLite allows 32,766 parameters. */
const MAX_SPANS = 2_000

interface Source {
  table: RawBuilder<unknown>
  conditions: readonly RawBuilder<unknown>[]
}

/** Rows that are counted by kind and time. */
export interface CountedRows {
  accountId: number
  /** The table's name in the queries. */
  alias: string
  /** Which column tells the kinds apart. */
  column: string
  /** Its values, and as what each is counted. */
  kinds: readonly { value: string | number; measure: Measure }[]
  /** Where whole hours are counted already, or else undefined. */
  marginal: Marginal | undefined
  /** Whether the rows are so few, or so well indexed, that no pass over whole hours is worth while. */
  isIndexed: boolean
  /** What a pass over all rows goes through. */
  scanned: Source
  /** Where a kind within a span is a range of an index. */
  indexed: Source
}

/** One span for each two neighbours of `boundaries`. */
export const spansBetween = (boundaries: readonly number[]): Span[] =>
  boundaries.slice(1).map((endMs, bucket) => ({ bucket, startMs: boundaries[bucket] ?? 0, endMs }))

/** Runs `count` on no more spans at a time than a statement takes. */
async function inParts<T>(
  spans: readonly Span[],
  count: (some: readonly Span[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let first = 0; first < spans.length; first += MAX_SPANS)
    found.push(...(await count(spans.slice(first, first + MAX_SPANS))))
  return found
}

/** One pass over all rows, in hours where there are several buckets. @param spans whole hours, in the order of time */
async function scanHours(db: Db, counted: CountedRows, spans: readonly Span[]): Promise<HourlySums[]> {
  const { alias, column, kinds, scanned } = counted
  const [first, ...others] = spans
  const last = spans.at(-1)
  if (!first || !last) return []
  const sums = kinds.map(
    ({ value, measure }) => sql`cast(sum(case when ${sql.ref(column)} = ${sql.lit(value)} then 1 else 0 end)
      as bigint) as ${sql.ref(measure)}`,
  )
  const hour = others.length === 0 ? sql`cast(${first.startMs} as bigint)` : hourOf(alias)
  const created = sql.ref(`${alias}.created_ms`)
  const { rows } = await sql<{ hour_ms: number } & HourlySums['sums']>`
    select ${hour} as hour_ms, ${sql.join(sums)} from ${scanned.table}
    where ${and([...scanned.conditions])} and ${created} >= ${first.startMs} and ${created} < ${last.endMs}
    group by 1`.execute(db)
  return rows.flatMap(({ hour_ms, ...row }) => {
    const bucket = bucketAt(spans, hour_ms)
    return bucket === undefined ? [] : [{ bucket, sums: row }]
  })
}

/** Row by row. A kind within a span is a range of one index, so that no row is looked at twice and none is sorted. */
async function countRows(
  db: Db,
  { alias, column, kinds, indexed }: CountedRows,
  spans: readonly Span[],
): Promise<HourlySums[]> {
  const created = sql.ref(`${alias}.created_ms`)
  const values = kinds.map(({ value }) => sql`(${sql.lit(value)})`)
  const { rows } = await sql<{ bucket: number; kind: string | number; n: number }>`
    with spans (bucket, start_ms, end_ms) as (values ${spanRows(spans)}),
      kinds (kind) as (values ${sql.join(values)})
    select * from (select bucket, kinds.kind, (
      select count(*) from ${indexed.table} where ${and([...indexed.conditions])} and ${sql.ref(column)} = kinds.kind
        and ${created} >= spans.start_ms and ${created} < spans.end_ms
    ) as n from spans cross join kinds) as counted where n > 0`.execute(db)
  const measures = new Map(kinds.map(({ value, measure }) => [value, measure]))
  return rows.flatMap(({ bucket, kind, n }) => {
    const measure = measures.get(kind)
    return measure === undefined ? [] : [{ bucket, sums: { [measure]: n } }]
  })
}

/**
 * How many rows of each kind there are in each span: whole hours from the counts of hours or in one pass, what is left of a
 * span row by row.
 */
export async function countByHour(
  db: Db,
  counted: CountedRows,
  spans: readonly Span[],
): Promise<HourlySums[]> {
  const { accountId, marginal, kinds, isIndexed } = counted
  if (kinds.length === 0) return []
  const measures = kinds.map(({ measure }) => measure)
  const { hours, rest } = isIndexed ? { hours: [], rest: spans } : splitByHour(spans)
  const ofHours = marginal
    ? await inParts(hours, some => sumHourly(db, { accountId, marginal, measures }, some))
    : await scanHours(db, counted, hours)
  return [...ofHours, ...(await inParts(rest, some => countRows(db, counted, some)))]
}
