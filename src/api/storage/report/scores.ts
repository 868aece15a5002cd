import { sql } from 'kysely'
import type { Db } from '../storage.js'
import { and, indexedSource, type ReportFilter, scannedSource } from './filter.js'
import {
  bucketAt,
  HOUR_MS,
  type HourlySums,
  hourOf,
  marginalOf,
  propertyDimension,
  type Span,
  spanRows,
  splitByHour,
  sumHourly,
  totalOf,
} from './hourly.js'

const SCORES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const

/** One for each score. */
export const SCORE_MEASURES = SCORES.map(score => `s${score}` as const)

/** A statement takes no more buckets than this: SQLite allows 32,766 parameters. */
const MAX_SPANS = 2_000

/** The scores that a filter lets through. */
export const wantedScores = ({ scores }: Pick<ReportFilter, 'scores'>): (typeof SCORES)[number][] =>
  SCORES.filter(score => scores.length === 0 || scores.some(([low, high]) => score >= low && score <= high))

/** One span for each two neighbours of `boundaries`. */
export const spansBetween = (boundaries: readonly number[]): Span[] =>
  boundaries.slice(1).map((endMs, bucket) => ({ bucket, startMs: boundaries[bucket] ?? 0, endMs }))

/** Runs `count` on no more spans at a time than a statement takes. */
export async function inParts<T>(
  spans: readonly Span[],
  count: (some: readonly Span[]) => Promise<T[]>,
): Promise<T[]> {
  const found: T[] = []
  for (let first = 0; first < spans.length; first += MAX_SPANS)
    found.push(...(await count(spans.slice(first, first + MAX_SPANS))))
  return found
}

/** So many responses are looked up one by one in less time than a pass over a million takes. */
export const MAX_LOOKED_UP = 100_000

/**
 * How many responses have each score, 0 to 10, in each bucket between two neighbours of `boundaries`.
 *
 * @param maxLookedUp where a property leads to more responses, all are gone through
 */
export async function countScores(
  db: Db,
  filter: ReportFilter,
  boundaries: readonly number[],
  maxLookedUp = MAX_LOOKED_UP,
): Promise<number[][]> {
  const spans = spansBetween(boundaries)
  const counts = spans.map(() => SCORES.map(() => 0))
  const add = (bucket: number, score: number, n: number) => {
    const row = counts[bucket]
    if (row) row[score] = (row[score] ?? 0) + n
  }
  const { accountId } = filter
  const scores = wantedScores(filter)
  const measures = scores.map(score => `s${score}` as const)
  const addAll = (sums: readonly HourlySums[]) => {
    for (const { bucket, sums: row } of sums)
      for (const score of scores) add(bucket, score, row[`s${score}`] ?? 0)
  }
  const marginal = marginalOf(filter)
  const byHour =
    marginal || !(await isRare(db, filter, maxLookedUp)) ? splitByHour(spans) : { hours: [], rest: spans }
  addAll(
    marginal
      ? await inParts(byHour.hours, some => sumHourly(db, { accountId, marginal, measures }, some))
      : await scanHours(db, filter, byHour.hours),
  )
  for (const { bucket, score, n } of await inParts(byHour.rest, some => countRows(db, filter, some)))
    add(bucket, score, n)
  return counts
}

/** Whether the index of a property leads to few responses; so does that of the snapshots, which needs no look-ups. */
export async function isRare(db: Db, filter: ReportFilter, maxLookedUp: number): Promise<boolean> {
  const { accountId, startMs, endMs } = filter
  if (filter.properties.length === 0) return true
  const [first] = filter.properties
  const marginal = first && { dimension: propertyDimension(first[0]), values: [first[1]] }
  if (!marginal) return true
  const whole = {
    bucket: 0,
    startMs: Math.floor(startMs / HOUR_MS) * HOUR_MS,
    endMs: Math.ceil(endMs / HOUR_MS) * HOUR_MS,
  }
  const parts = await sumHourly(db, { accountId, marginal, measures: SCORE_MEASURES }, [whole])
  return totalOf(parts) <= maxLookedUp
}

/** One pass over all responses, in hours where there are several buckets. @param spans whole hours, in the order of time */
async function scanHours(db: Db, filter: ReportFilter, spans: readonly Span[]): Promise<HourlySums[]> {
  const [first, ...others] = spans
  const last = spans.at(-1)
  if (!first || !last) return []
  const { table, conditions } = scannedSource(db, filter)
  const sums = wantedScores(filter).map(
    score => sql`cast(sum(case when fact.score = ${sql.lit(score)} then 1 else 0 end) as bigint)
      as ${sql.ref(`s${score}`)}`,
  )
  const hour = others.length === 0 ? sql`cast(${first.startMs} as bigint)` : hourOf('fact')
  const { rows } = await sql<{ hour_ms: number } & HourlySums['sums']>`
    select ${hour} as hour_ms, ${sql.join(sums)} from ${table}
    where ${and(conditions)} and fact.created_ms >= ${first.startMs} and fact.created_ms < ${last.endMs}
    group by 1`.execute(db)
  return rows.flatMap(({ hour_ms, ...row }) => {
    const bucket = bucketAt(spans, hour_ms)
    return bucket === undefined ? [] : [{ bucket, sums: row }]
  })
}

/** Row by row. A score within a span is a range of one index, so that no row is looked at twice and none is sorted. */
async function countRows(
  db: Db,
  filter: ReportFilter,
  spans: readonly Span[],
): Promise<{ bucket: number; score: number; n: number }[]> {
  const { table, conditions } = indexedSource(filter)
  const scores = wantedScores(filter).map(score => sql`(${sql.lit(score)})`)
  const { rows } = await sql<{ bucket: number; score: number; n: number }>`
    with spans (bucket, start_ms, end_ms) as (values ${spanRows(spans)}),
      scores (score) as (values ${sql.join(scores)})
    select * from (select bucket, scores.score, (
      select count(*) from ${table} where ${and(conditions)} and fact.score = scores.score
        and fact.created_ms >= spans.start_ms and fact.created_ms < spans.end_ms
    ) as n from spans cross join scores) as counted where n > 0`.execute(db)
  return rows
}
