import { sql } from 'kysely'
import type { Migration } from './migration.js'

/** That somebody was erased, by a keyed hash of each name; `erased_s` repeats it at whoever has such a name since. */
export const erasure: Migration = {
  name: '0013_erasure',
  statements: ({ integer, tableEnd }) => [
    sql`create table tombstones (
    account_id ${integer} not null,
    name_hash text not null,
    erased_s ${integer} not null,
    primary key (account_id, name_hash)
  ) ${tableEnd}`,
    sql`alter table end_users add column erased_s ${integer}`,
  ],
}
