import { type RawBuilder, sql } from 'kysely'
import type { Migration } from './migration.js'

/**
 * What later editions of the API's document added: end users who are known by an external id or a phone number, their
 * settings, and what is said of a response or a decline. The indexes of lists take both times along, so that a list that is
 * sorted by one and filtered by the other needs nothing but the index.
 */
export const laterDocument: Migration = {
  name: '0002_later_document',
  statements: ({ integer, dropNotNull }) => [
    dropNotNull('end_users', 'email'),
    dropNotNull('end_users', 'email_key'),
    sql`alter table end_users add column external_id text`,
    sql`alter table end_users add column phone_number text`,
    sql`alter table end_users add column phone_key text`,
    sql`alter table end_users add column settings text`,
    sql`create unique index end_users_external_id on end_users (account_id, external_id)
      where external_id is not null`,
    sql`create unique index end_users_phone on end_users (account_id, phone_key) where phone_key is not null`,
    ...(['responses', 'declines'] as const).flatMap(table => surveyColumns(table, integer)),
    sql`alter table declines add column ip_address text`,
    sql`alter table declines add column origin_url text`,
    ...LIST_INDEXES.flatMap(([name, table, columns]) => [
      sql`drop index ${sql.ref(name)}`,
      sql`create index ${sql.ref(name)} on ${sql.table(table)} (${sql.raw(columns)})`,
    ]),
  ],
}

const surveyColumns = (table: string, integer: RawBuilder<unknown>): RawBuilder<unknown>[] => [
  ...['language', 'channel', 'unique_link'].map(
    name => sql`alter table ${sql.table(table)} add column ${sql.ref(name)} text`,
  ),
  sql`alter table ${sql.table(table)} add column priority ${integer}`,
  sql`alter table ${sql.table(table)} add column completed ${integer} not null default 0`,
  sql`alter table ${sql.table(table)} add column excluded ${integer} not null default 0`,
  sql`create unique index ${sql.ref(`${table}_unique_link`)}
    on ${sql.table(table)} (account_id, end_user_id, unique_link) where unique_link is not null`,
]

const LIST_INDEXES = [
  ['end_users_created', 'end_users', 'account_id, created_ms, id, updated_ms'],
  ['end_users_updated', 'end_users', 'account_id, updated_ms, id, created_ms'],
  ['responses_created', 'responses', 'account_id, created_ms, id, updated_ms'],
  ['responses_updated', 'responses', 'account_id, updated_ms, id, created_ms'],
  ['responses_end_user', 'responses', 'account_id, end_user_id, created_ms, id, score, updated_ms'],
  ['declines_created', 'declines', 'account_id, created_ms, id, updated_ms'],
  ['declines_updated', 'declines', 'account_id, updated_ms, id, created_ms'],
  ['declines_end_user', 'declines', 'account_id, end_user_id, created_ms, id, updated_ms'],
] as const
