import { PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { RatesAnswer } from '../../../wire/report.js'
import type { Db } from '../storage.js'
import { and, momentConditions, type ReportFilter } from './filter.js'
import { marginalOf, type Span, spanRows, splitByHour, sumHourly } from './hourly.js'
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
  const { hours, rest } = marginal ? splitByHour(spans) : { hours: [], rest: spans }
  if (marginal) {
    const sums = await inParts(hours, some =>
      sumHourly(db, { accountId, marginal, measures: OUTCOMES }, some),
    )
    for (const { bucket, sums: row } of sums)
      for (const outcome of OUTCOMES) add(bucket, outcome, row[outcome] ?? 0)
  }
  for (const { bucket, outcome, n } of await inParts(rest, some => countRows(db, filter, some)))
    add(bucket, outcome === 'response' ? 'answered' : outcome === 'decline' ? 'closed' : 'neither', n)
  return rates
}

/** Row by row: each outcome within a span is a range of an index. */
async function countRows(
  db: Db,
  filter: ReportFilter,
  spans: readonly Span[],
): Promise<{ bucket: number; outcome: string; n: number }[]> {
  const conditions = [
    sql`shown.account_id = ${filter.accountId}`,
    ...momentConditions(filter, 'shown'),
    ...filter.properties.map(property => hasProperty(db, property)),
  ]
  const { rows } = await sql<{ bucket: number; outcome: string; n: number }>`
    with spans (bucket, start_ms, end_ms) as (values ${spanRows(spans)}),
      outcomes (outcome) as (values (''), ('response'), ('decline'))
    select * from (select bucket, outcomes.outcome, (
      select count(*) from impressions as shown where ${and(conditions)} and shown.outcome = outcomes.outcome
        and shown.created_ms >= spans.start_ms and shown.created_ms < spans.end_ms
    ) as n from spans cross join outcomes) as counted where n > 0`.execute(db)
  return rows
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
