import { type RawBuilder, sql } from 'kysely'
import type { RatesAnswer } from '../../../wire/report.js'
import type { Db } from '../storage.js'
import { and, jsonHasProperty, momentConditions, type ReportFilter } from './filter.js'
import {
  bucketAt,
  type HourlySums,
  hourOf,
  marginalOf,
  type Span,
  spanRows,
  splitByHour,
  sumHourly,
} from './hourly.js'
import { inParts, spansBetween } from './scores.js'

const OUTCOMES = ['answered', 'closed', 'neither'] as const

type Outcome = (typeof OUTCOMES)[number]

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
  const add = (bucket: number, outcome: Outcome, n: number) => {
    const rate = rates[bucket]
    if (!rate) return
    rate.shown += n
    rate[outcome] += n
  }
  const { accountId } = filter
  const marginal = marginalOf(filter)
  const isIndexed = !marginal && filter.properties.length === 0
  const { hours, rest } = isIndexed ? { hours: [], rest: spans } : splitByHour(spans)
  const sums = marginal
    ? await inParts(hours, some => sumHourly(db, { accountId, marginal, measures: OUTCOMES }, some))
    : await scanHours(db, filter, hours)
  for (const { bucket, sums: row } of sums)
    for (const outcome of OUTCOMES) add(bucket, outcome, row[outcome] ?? 0)
  for (const { bucket, outcome, n } of await inParts(rest, some => countRows(db, filter, some)))
    add(bucket, outcome === 'response' ? 'answered' : outcome === 'decline' ? 'closed' : 'neither', n)
  return rates
}

const filterConditions = (db: Db, filter: ReportFilter): RawBuilder<unknown>[] => [
  ...momentConditions(filter, 'shown'),
  ...filter.properties.map(property => jsonHasProperty(db, sql`shown.properties`, property)),
]

/** One pass over all impressions, since no index has their properties. @param spans whole hours, in the order of time */
async function scanHours(db: Db, filter: ReportFilter, spans: readonly Span[]): Promise<HourlySums[]> {
  const [first, ...others] = spans
  const last = spans.at(-1)
  if (!first || !last) return []
  const sum = (outcome: string) =>
    sql`cast(sum(case when shown.outcome = ${sql.lit(outcome)} then 1 else 0 end) as bigint)`
  const hour = others.length === 0 ? sql`cast(${first.startMs} as bigint)` : hourOf('shown')
  const { rows } = await sql<{ hour_ms: number } & HourlySums['sums']>`select ${hour} as hour_ms,
      ${sum('response')} as answered, ${sum('decline')} as closed, ${sum('')} as neither
    from impressions as shown
    where shown.account_id = ${filter.accountId} and shown.id >= 0 and ${and(filterConditions(db, filter))}
      and shown.created_ms >= ${first.startMs} and shown.created_ms < ${last.endMs}
    group by 1`.execute(db)
  return rows.flatMap(({ hour_ms, ...row }) => {
    const bucket = bucketAt(spans, hour_ms)
    return bucket === undefined ? [] : [{ bucket, sums: row }]
  })
}

/** Row by row: each outcome within a span is a range of an index. */
async function countRows(
  db: Db,
  filter: ReportFilter,
  spans: readonly Span[],
): Promise<{ bucket: number; outcome: string; n: number }[]> {
  const conditions = [sql`shown.account_id = ${filter.accountId}`, ...filterConditions(db, filter)]
  const { rows } = await sql<{ bucket: number; outcome: string; n: number }>`
    with spans (bucket, start_ms, end_ms) as (values ${spanRows(spans)}),
      outcomes (outcome) as (values (''), ('response'), ('decline'))
    select * from (select bucket, outcomes.outcome, (
      select count(*) from impressions as shown where ${and(conditions)} and shown.outcome = outcomes.outcome
        and shown.created_ms >= spans.start_ms and shown.created_ms < spans.end_ms
    ) as n from spans cross join outcomes) as counted where n > 0`.execute(db)
  return rows
}
