import { type RawBuilder, sql } from 'kysely'
import type { Migration, SqlNames } from './migration.js'

const HOUR_MS = 3_600_000
/** As `propertyRows` has it for responses: more is kept, and no figure is split by it. */
const MAX_PROPERTIES = 30
const MAX_VALUE = 200

/** What is counted: responses by score, impressions by outcome. */
export const MEASURES = [
  ...Array.from({ length: 11 }, (_, score) => `s${score}`),
  'answered',
  'closed',
  'neither',
] as const

/** One value that a row counts for. `from` is a source beside the row, where one row counts for many. */
interface Marginal {
  dimension: string
  value: string
  from?: string
}

/** A table whose rows are counted; expressions are of the row that `row` names. */
interface Counted {
  table: string
  /** The columns that an update may change and that the figures depend on. */
  mutable: readonly string[]
  counts(row: string): string
  measure(row: string): string
  marginals(row: string, names: SqlNames): Marginal[]
}

const everything: Marginal = { dimension: `''`, value: `''` }
const column = (row: string, name: string): Marginal => ({
  dimension: `'${name}'`,
  value: `cast(${row}.${name} as text)`,
})
const columns = (row: string, names: readonly string[]): Marginal[] => names.map(name => column(row, name))

const MOMENT = ['level', 'form', 'language', 'device']

const COUNTED: readonly Counted[] = [
  {
    table: 'response_snapshots',
    mutable: ['score', 'has_text'],
    counts: row => `${row}.score is not null`,
    measure: row => `'s' || ${row}.score`,
    marginals: row => [everything, ...columns(row, [...MOMENT, 'has_text'])],
  },
  {
    table: 'response_properties',
    mutable: ['score'],
    counts: row => `${row}.score is not null`,
    measure: row => `'s' || ${row}.score`,
    marginals: row => [{ dimension: `'properties.' || ${row}.name`, value: `${row}.value` }],
  },
  {
    table: 'impressions',
    mutable: ['outcome'],
    counts: () => '1 = 1',
    measure: row =>
      `case ${row}.outcome when 'response' then 'answered' when 'decline' then 'closed' else 'neither' end`,
    marginals: (row, { jsonTexts }) => [
      everything,
      ...columns(row, MOMENT),
      {
        dimension: `'properties.' || property.key`,
        value: 'property.value',
        from: `(select key, value from ${jsonTexts(`${row}.properties`)} as member
          where length(value) <= ${MAX_VALUE} limit ${MAX_PROPERTIES}) as property`,
      },
    ],
  },
]

const DELTAS = 'insert into report_hourly_deltas (account_id, dimension, value, hour_ms, measure, n)'

const hourOf = (row: string) => `${row}.created_ms - ${row}.created_ms % ${HOUR_MS}`

/** What a trigger does: counts the row that came, or takes back the one that went. */
function count({ counts, measure, marginals }: Counted, names: SqlNames, row: 'new' | 'old'): string {
  const values = marginals(row, names).map(
    ({ dimension, value, from }) =>
      `select ${dimension} as dimension, ${value} as value ${from === undefined ? '' : `from ${from}`}`,
  )
  return `${DELTAS} select ${row}.account_id, marginal.dimension, marginal.value, ${hourOf(row)},
    ${measure(row)}, ${row === 'new' ? 1 : -1} from (${values.join(' union all ')}) as marginal where ${counts(row)}`
}

/** Counts what 0010 has made of responses that were there before: nothing is known of their moment. */
const countEarlier = (): RawBuilder<unknown>[] =>
  ['', ...MOMENT, 'has_text'].map(name =>
    sql.raw(`${DELTAS} select account_id, '${name}', ${name === 'has_text' ? 'cast(has_text as text)' : `''`},
      ${hourOf('response_snapshots')}, 's' || score, count(*)
      from response_snapshots where score is not null group by 1, 2, 3, 4, 5`),
  )

/**
 * Counts by hour, for each value by itself: `report_hourly` has them, and `report_hourly_deltas` what is to be added to it.
 * Triggers write the deltas, so that they are part of the transaction of what they count, whatever statement, cascade or
 * earlier edition of this program writes it; and a delta is a row of its own, so that no two transactions wait for one
 * another. Indexes that served the same figures go; those that stay have all that a filter of several values asks for.
 */
export const reportHourly: Migration = {
  name: '0011_report_hourly',
  statements: names => [
    sql`create table report_hourly (
      account_id ${names.integer} not null,
      dimension text not null,
      value text not null,
      hour_ms ${names.integer} not null,
      ${sql.join(MEASURES.map(name => sql`${sql.ref(name)} ${names.integer} not null default 0`))},
      primary key (account_id, dimension, value, hour_ms)
    ) ${names.tableEnd}`,
    sql`create table report_hourly_deltas (
      id ${names.serialKey},
      account_id ${names.integer} not null,
      dimension text not null,
      value text not null,
      hour_ms ${names.integer} not null,
      measure text not null,
      n ${names.integer} not null
    )`,
    ...countEarlier(),
    ...COUNTED.flatMap(counted =>
      names.afterChange(counted.table, counted.mutable, row => count(counted, names, row)),
    ),
    ...['score', 'level', 'form', 'language', 'device', 'has_text'].map(
      name => sql`drop index ${sql.ref(`response_snapshots_${name}`)}`,
    ),
    sql`create index response_snapshots_score on response_snapshots
      (account_id, score, created_ms, level, form, language, device, has_text)`,
    sql`drop index impressions_outcome`,
    sql`create index impressions_outcome on impressions
      (account_id, outcome, created_ms, level, form, language, device)`,
  ],
}
