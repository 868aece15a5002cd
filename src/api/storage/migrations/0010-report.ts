import { sql } from 'kysely'
import type { Migration } from './migration.js'

/** What is known of the moment; `''` where nothing is. */
const MOMENT = sql`
  level text not null,
  form text not null,
  language text not null,
  device text not null,
  channel text not null,
  wording text not null,
  version text not null,
  properties text not null`

/** What a figure may be filtered and split by, beside the properties. */
const DIMENSIONS = ['level', 'form', 'language', 'device', 'has_text']

/**
 * Snapshots of the moment, beside the records. A snapshot repeats score and time, so that every figure is counted on one
 * index: `score` is null where the response is excluded from calculations.
 */
export const report: Migration = {
  name: '0010_report',
  statements: ({ integer, tableEnd }) => [
    sql`create table response_snapshots (
    account_id ${integer} not null,
    response_id ${integer} not null,
    score ${integer},
    has_text ${integer} not null,
    created_ms ${integer} not null,
    received_ms ${integer} not null,
    ${MOMENT},
    primary key (account_id, response_id),
    foreign key (account_id, response_id) references responses (account_id, id) on delete cascade
  ) ${tableEnd}`,
    sql`create index response_snapshots_score on response_snapshots (account_id, score, created_ms)`,
    ...DIMENSIONS.map(
      name =>
        sql`create index ${sql.ref(`response_snapshots_${name}`)}
        on response_snapshots (account_id, ${sql.ref(name)}, score, created_ms)`,
    ),
    sql`create table response_properties (
    account_id ${integer} not null,
    response_id ${integer} not null,
    name text not null,
    value text not null,
    score ${integer},
    created_ms ${integer} not null,
    primary key (account_id, response_id, name),
    foreign key (account_id, response_id) references responses (account_id, id) on delete cascade
  ) ${tableEnd}`,
    sql`create index response_properties_value
    on response_properties (account_id, name, value, score, created_ms)`,
    sql`create table decline_snapshots (
    account_id ${integer} not null,
    decline_id ${integer} not null,
    created_ms ${integer} not null,
    received_ms ${integer} not null,
    ${MOMENT},
    primary key (account_id, decline_id),
    foreign key (account_id, decline_id) references declines (account_id, id) on delete cascade
  ) ${tableEnd}`,
    sql`create table impressions (
    account_id ${integer} not null,
    id ${integer} not null,
    end_user_id ${integer} not null,
    outcome text not null,
    unique_link text not null,
    created_ms ${integer} not null,
    updated_ms ${integer} not null,
    ${MOMENT},
    primary key (account_id, id),
    foreign key (account_id, end_user_id) references end_users (account_id, id) on delete cascade
  ) ${tableEnd}`,
    sql`create unique index impressions_link on impressions (account_id, end_user_id, unique_link)`,
    sql`create index impressions_outcome on impressions (account_id, outcome, created_ms)`,
    sql`insert into id_leases (name, next_id) values ('impressions', 1)`,
    sql`create index responses_commented on responses (account_id, created_ms, id) where text is not null`,
    sql`create table report_settings (
    account_id ${integer} primary key,
    time_zone text not null,
    week_start text not null
  ) ${tableEnd}`,
    // What was recorded before has a score and a time; nobody kept its moment.
    sql`insert into response_snapshots (account_id, response_id, score, has_text, created_ms, received_ms,
      level, form, language, device, channel, wording, version, properties)
    select account_id, id, score, case when coalesce(text, '') = '' then 0 else 1 end, created_ms, updated_ms,
      '', '', '', '', '', '', '', '{}' from responses`,
  ],
}
