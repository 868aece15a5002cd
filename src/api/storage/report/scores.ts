import { sql } from 'kysely'
import type { Db } from '../storage.js'
import { and, factsOf, type ReportFilter } from './filter.js'
import { marginalOf, type Span, spanRows, splitByHour, sumHourly } from './hourly.js'

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

/** How many responses have each score, 0 to 10, in each bucket between two neighbours of `boundaries`. */
export async function countScores(
  db: Db,
  filter: ReportFilter,
  boundaries: readonly number[],
): Promise<number[][]> {
  const spans = spansBetween(boundaries)
  const counts = spans.map(() => SCORES.map(() => 0))
  const add = (bucket: number, score: number, n: number) => {
    const row = counts[bucket]
    if (row) row[score] = (row[score] ?? 0) + n
  }
  const { accountId } = filter
  const scores = wantedScores(filter)
  const marginal = marginalOf(filter)
  const { hours, rest } = marginal ? splitByHour(spans) : { hours: [], rest: spans }
  if (marginal) {
    const measures = scores.map(score => `s${score}` as const)
    const sums = await inParts(hours, some => sumHourly(db, { accountId, marginal, measures }, some))
    for (const { bucket, sums: row } of sums)
      for (const score of scores) add(bucket, score, row[`s${score}`] ?? 0)
  }
  for (const { bucket, score, n } of await inParts(rest, some => countRows(db, filter, some)))
    add(bucket, score, n)
  return counts
}

/** Row by row. A score within a span is a range of one index, so that no row is looked at twice and none is sorted. */
async function countRows(
  db: Db,
  filter: ReportFilter,
  spans: readonly Span[],
): Promise<{ bucket: number; score: number; n: number }[]> {
  const { table, conditions } = factsOf(filter)
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
