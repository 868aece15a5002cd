import { type RawBuilder, sql } from 'kysely'

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
 * Counting runs on one index: that of the properties where the filter names one, else that of the snapshots. What else
 * must hold is looked up for each row. The columns `score`, `created_ms` and `response_id` are those of `fact`.
 */
export function factsOf(filter: ReportFilter): FilteredSource {
  const { accountId, hasText, properties } = filter
  const [first, ...others] = properties
  const account = sql`fact.account_id = ${accountId}`
  if (!first) {
    const text = hasText === undefined ? [] : [sql`fact.has_text = ${sql.lit(hasText ? 1 : 0)}`]
    return {
      table: sql`response_snapshots as fact`,
      conditions: [account, ...momentConditions(filter, 'fact'), ...text],
    }
  }
  return {
    table: sql`response_properties as fact`,
    conditions: [
      account,
      sql`fact.name = ${first[0]} and fact.value = ${first[1]}`,
      ...propertyConditions({ accountId, properties: others }, sql`fact.response_id`),
      ...snapshotConditions(filter, sql`fact.response_id`),
    ],
  }
}
