import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../storage/storage.js'

/** A value of an exported row: what JSON has. */
export type ExportValue = string | number | boolean | null | { readonly [name: string]: unknown }

interface Kind {
  /** What is selected, as `select … from … where` needs it; `record` is the table. */
  from: RawBuilder<unknown>
  columns: RawBuilder<unknown>
  /** By which `since` and `until` count. */
  time: RawBuilder<unknown>
}

const MOMENT = sql`snapshot.level, snapshot.form, snapshot.device, snapshot.version, snapshot.properties`

const withOwner = (table: string) => sql`${sql.table(table)} as record
  join end_users as owner on owner.account_id = record.account_id and owner.id = record.end_user_id`

const KINDS = {
  responses: {
    from: sql`${withOwner('responses')} left join response_snapshots as snapshot
      on snapshot.account_id = record.account_id and snapshot.response_id = record.id`,
    columns: sql`record.id, record.created_ms, record.updated_ms, record.score, record.text, record.end_user_id,
      owner.email, record.origin_url, record.ip_address, record.language, record.channel, record.excluded, ${MOMENT}`,
    time: sql`record.created_ms`,
  },
  declines: {
    from: sql`${withOwner('declines')} left join decline_snapshots as snapshot
      on snapshot.account_id = record.account_id and snapshot.decline_id = record.id`,
    columns: sql`record.id, record.created_ms, record.updated_ms, record.end_user_id, owner.email, record.origin_url,
      record.language, record.channel, ${MOMENT}`,
    time: sql`record.created_ms`,
  },
  impressions: {
    from: withOwner('impressions'),
    columns: sql`record.id, record.created_ms, record.outcome, record.end_user_id, owner.email, record.language,
      record.channel, record.level, record.form, record.device, record.version, record.properties`,
    time: sql`record.created_ms`,
  },
  'page-views': {
    from: withOwner('page_views'),
    columns: sql`record.id, record.at_s * 1000 as at_ms, record.created_ms, record.url, record.end_user_id, owner.email`,
    time: sql`record.created_ms`,
  },
  'end-users': {
    from: sql`end_users as record`,
    columns: sql`record.id, record.created_ms, record.updated_ms, record.email, record.external_id, record.phone_number,
      record.last_surveyed_s * 1000 as last_surveyed_ms, record.external_created_at_s * 1000 as external_created_at_ms,
      record.page_views_count, record.properties`,
    time: sql`record.created_ms`,
  },
} satisfies Record<string, Kind>

export type ExportKind = keyof typeof KINDS

export interface ExportOptions {
  accountId: number
  kind: ExportKind
  /** Inclusive and exclusive, milliseconds since 1970. */
  sinceMs?: number | undefined
  untilMs?: number | undefined
}

/** Rows that are in memory at a time. */
const CHUNK = 1_000

/** All records of a kind by their ids, a chunk at a time, as objects of what they are called in the export. */
export async function* exportRows(
  db: Db,
  { accountId, kind, sinceMs, untilMs }: ExportOptions,
): AsyncGenerator<Record<string, ExportValue>> {
  const { from, columns, time }: Kind = KINDS[kind]
  for (let after = 0; ; ) {
    const conditions = [
      sql`record.account_id = ${accountId} and record.id > ${after}`,
      ...(sinceMs === undefined ? [] : [sql`${time} >= ${sinceMs}`]),
      ...(untilMs === undefined ? [] : [sql`${time} < ${untilMs}`]),
    ]
    const { rows } = await sql<Record<string, unknown> & { id: number }>`select ${columns} from ${from}
      where ${sql.join(conditions, sql` and `)} order by record.id limit ${CHUNK}`.execute(db)
    for (const row of rows) yield exported(row)
    const last = rows.at(-1)
    if (!last || rows.length < CHUNK) return
    after = last.id
  }
}

/** Times as ISO 8601, properties as an object. */
function exported(row: Readonly<Record<string, unknown>>): Record<string, ExportValue> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]): [string, ExportValue] => {
      if (name.endsWith('_ms'))
        return [
          name.replace(/^(created|updated)_ms$/, '$1_at').replace(/_ms$/, ''),
          typeof value === 'number' ? new Date(value).toISOString() : null,
        ]
      if (name === 'properties') return [name, JSON.parse(String(value ?? '{}')) as ExportValue]
      if (name === 'excluded') return [name, value === 1]
      return [name, value as ExportValue]
    }),
  )
}

/** How many there are, for a progress bar. */
export async function countRows(db: Db, { accountId, kind }: ExportOptions): Promise<number> {
  const table = sql.table(kind.replace('-', '_'))
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${table}
    where account_id = ${accountId}`.execute(db)
  return rows[0]?.n ?? 0
}
