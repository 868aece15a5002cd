import { sql } from 'kysely'
import type { Migration } from './migration.js'

/** Two client secrets that are valid at a time, and a row that `/ready` writes. */
export const rotationAndReadiness: Migration = {
  name: '0003_rotation_and_readiness',
  statements: ({ integer, tableEnd }) => [
    sql`alter table accounts add column former_secret_hash text`,
    sql`alter table accounts add column former_until_ms ${integer}`,
    sql`create index refresh_tokens_account on refresh_tokens (account_id)`,
    sql`create table readiness (id ${integer} primary key, checked_ms ${integer} not null) ${tableEnd}`,
    sql`insert into readiness (id, checked_ms) values (1, 0)`,
  ],
}
