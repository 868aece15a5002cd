import { sql } from 'kysely'
import type { RatesAnswer } from '../../../wire/report.js'
import type { Db } from '../storage.js'
import { countByHour, spansBetween } from './count-by-hour.js'
import { jsonHasProperty, momentConditions, type ReportFilter } from './filter.js'
import { marginalOf } from './hourly.js'

const OUTCOMES = [
  { value: 'response', measure: 'answered' },
  { value: 'decline', measure: 'closed' },
  { value: '', measure: 'neither' },
] as const

/**
 * Impressions by what came of them, in each bucket between two neighbours of `boundaries`. Filters of text and class say
 * nothing of an impression.
 */
export async function countOutcomes(
  db: Db,
  given: ReportFilter,
  boundaries: readonly number[],
): Promise<RatesAnswer[]> {
  const filter = { ...given, hasText: undefined }
  const spans = spansBetween(boundaries)
  const rates = spans.map(() => ({ shown: 0, answered: 0, closed: 0, neither: 0 }))
  const marginal = marginalOf(filter)
  const table = sql`impressions as shown`
  const conditions = [
    sql`shown.account_id = ${filter.accountId}`,
    ...momentConditions(filter, 'shown'),
    ...filter.properties.map(property => jsonHasProperty(db, sql`shown.properties`, property)),
  ]
  const counted = {
    accountId: filter.accountId,
    alias: 'shown',
    column: 'shown.outcome',
    kinds: OUTCOMES,
    marginal,
    // Without a property, the index of outcomes is as good as a pass.
    isIndexed: !marginal && filter.properties.length === 0,
    // No index has an impression's properties: all are gone through, in the order of the primary key.
    scanned: { table, conditions: [...conditions, sql`shown.id >= 0`] },
    indexed: { table, conditions },
  }
  for (const { bucket, sums } of await countByHour(db, counted, spans)) {
    const rate = rates[bucket]
    if (!rate) continue
    for (const { measure } of OUTCOMES) {
      rate.shown += sums[measure] ?? 0
      rate[measure] += sums[measure] ?? 0
    }
  }
  return rates
}
