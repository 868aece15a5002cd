import { PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { Db } from '../storage.js'
import { MAX_VALUE } from './property-rows.js'

export const MOMENT_DIMENSIONS = ['level', 'form', 'language', 'device'] as const

export type MomentDimension = (typeof MOMENT_DIMENSIONS)[number]

/** Which responses a figure is about. */
export interface ReportFilter {
  accountId: number
  /** Inclusive, milliseconds since 1970. */
  startMs: number
  /** Exclusive. */
  endMs: number
  /** Score ranges, any of which may hold; all scores where it is empty. */
  scores: readonly (readonly [low: number, high: number])[]
  /** Whether there must be text. */
  hasText: boolean | undefined
  /** Values of which one must hold. */
  moment: Partial<Record<MomentDimension, readonly string[]>>
  /** Values of which all must hold. */
  properties: readonly (readonly [name: string, value: string])[]
}

type Condition = RawBuilder<unknown>

const or = (conditions: readonly Condition[]) => sql`(${sql.join(conditions, sql` or `)})`
export const and = (conditions: readonly Condition[]) => sql.join(conditions, sql` and `)

const inValues = (column: Condition, values: readonly string[]): Condition =>
  values.length === 1 ? sql`${column} = ${values[0]}` : sql`${column} in (${sql.join([...values])})`

/** The table that drives a query, and what must hold of it: account and filters, but neither time nor score. */
export interface FilteredSource {
  table: RawBuilder<unknown>
  conditions: Condition[]
  /** Whether `fact` has what was known of the moment. */
  isSnapshot: boolean
}

/** What must hold of the snapshot under `alias`. */
export function momentConditions(filter: ReportFilter, alias: string): Condition[] {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return Object.entries(filter.moment).map(([name, values]) => inValues(column(name), values))
}

/**
 * That the snapshot of a response, whose id is `responseId`, is as the filter says; no condition where it says nothing of it.
 * The columns are hidden in expressions: before its first `analyze`, PostgreSQL takes the index that has them for better than
 * the primary key, and reads half the table for each response.
 */
export function snapshotConditions(
  filter: Pick<ReportFilter, 'accountId' | 'moment' | 'hasText'>,
  responseId: Condition,
): Condition[] {
  const { accountId, moment, hasText } = filter
  const conditions = Object.entries(moment).map(([name, values]) =>
    inValues(sql`(${sql.ref(`snapshot.${name}`)} || '')`, values),
  )
  if (hasText !== undefined) conditions.push(sql`snapshot.has_text + 0 = ${sql.lit(hasText ? 1 : 0)}`)
  if (conditions.length === 0) return []
  return [
    sql`exists (select 1 from response_snapshots as snapshot where snapshot.account_id = ${accountId}
      and snapshot.response_id = ${responseId} and ${and(conditions)})`,
  ]
}

export const scoreConditions = ({ scores }: ReportFilter, column: Condition): Condition[] =>
  scores.length === 0
    ? []
    : [or(scores.map(([low, high]) => sql`${column} between ${sql.lit(low)} and ${sql.lit(high)}`))]

/** That a response, whose id is `responseId`, has the properties; found by the primary key, as in {@link snapshotConditions}. */
export const propertyConditions = (
  { accountId, properties }: Pick<ReportFilter, 'accountId' | 'properties'>,
  responseId: Condition,
): Condition[] =>
  properties.map(
    ([name, value]) => sql`exists (select 1 from response_properties as other
      where other.account_id = ${accountId} and other.response_id = ${responseId}
      and other.name = ${name} and (other.value || '') = ${value})`,
  )

/**
 * That a JSON text has one of the properties that figures are split by. It is looked for as it is written: within a string a
 * quote has a backslash before it, so that nothing else reads like it; and taking a million texts apart would last seconds.
 */
export function jsonHasProperty(
  db: Db,
  json: Condition,
  [name, value]: readonly [string, string],
): Condition {
  if (value.length > MAX_VALUE) return sql`1 = 0`
  const has = (text: string) =>
    db.getExecutor().adapter instanceof PostgresAdapter
      ? sql`position(${text} in ${json}) > 0`
      : sql`instr(${json}, ${text}) > 0`
  const key = JSON.stringify(name)
  const texts = [`${key}:${JSON.stringify(value)}`]
  if (/^(true|false|-?\d.*)$/.test(value)) texts.push(`${key}:${value},`, `${key}:${value}}`)
  return or(texts.flatMap(text => [has(`{${text}`), has(`,${text}`)]))
}

/**
 * Responses one by one, by an index: that of the properties where the filter names one, else that of the snapshots. What else
 * must hold is looked up for each. The columns `score`, `created_ms` and `response_id` are those of `fact`.
 */
export function indexedSource(filter: ReportFilter): FilteredSource {
  const { accountId, properties } = filter
  const [first, ...others] = properties
  const account = sql`fact.account_id = ${accountId}`
  if (!first)
    return {
      table: sql`response_snapshots as fact`,
      conditions: [account, ...factConditions(filter)],
      isSnapshot: true,
    }
  return {
    table: sql`response_properties as fact`,
    conditions: [
      account,
      sql`fact.name = ${first[0]} and fact.value = ${first[1]}`,
      ...propertyConditions({ accountId, properties: others }, sql`fact.response_id`),
      ...snapshotConditions(filter, sql`fact.response_id`),
    ],
    isSnapshot: false,
  }
}

/** What must hold of `fact`, a snapshot, beside account, properties, score and time. */
function factConditions(filter: ReportFilter): Condition[] {
  const { hasText } = filter
  const text = hasText === undefined ? [] : [sql`fact.has_text = ${sql.lit(hasText ? 1 : 0)}`]
  return [...momentConditions(filter, 'fact'), ...text]
}

/** The same responses in one pass over the snapshots: faster where many of them pass. */
export const scannedSource = (db: Db, filter: ReportFilter): FilteredSource => ({
  table: sql`response_snapshots as fact`,
  conditions: [
    // The primary key, since a scan in the order of another index would read each row where it lies.
    sql`fact.account_id = ${filter.accountId} and fact.response_id >= 0`,
    ...factConditions(filter),
    ...filter.properties.map(property => jsonHasProperty(db, sql`fact.properties`, property)),
  ],
  isSnapshot: true,
})
