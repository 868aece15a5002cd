import type { Db } from '../storage.js'
import { countByHour, spansBetween } from './count-by-hour.js'
import { indexedSource, type ReportFilter, scannedSource } from './filter.js'
import { HOUR_MS, marginalOf, propertyDimension, sumHourly, totalOf } from './hourly.js'

const SCORES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const

/** One for each score. */
export const SCORE_MEASURES = SCORES.map(score => `s${score}` as const)

/** The scores that a filter lets through. */
export const wantedScores = ({ scores }: Pick<ReportFilter, 'scores'>): (typeof SCORES)[number][] =>
  SCORES.filter(score => scores.length === 0 || scores.some(([low, high]) => score >= low && score <= high))

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
  const scores = wantedScores(filter)
  const marginal = marginalOf(filter)
  const counted = {
    accountId: filter.accountId,
    alias: 'fact',
    column: 'fact.score',
    kinds: scores.map(score => ({ value: score, measure: `s${score}` as const })),
    marginal,
    isIndexed: !marginal && (await isRare(db, filter, maxLookedUp)),
    scanned: scannedSource(db, filter),
    indexed: indexedSource(filter),
  }
  for (const { bucket, sums } of await countByHour(db, counted, spans)) {
    const row = counts[bucket]
    if (row) for (const score of scores) row[score] = (row[score] ?? 0) + (sums[`s${score}`] ?? 0)
  }
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
