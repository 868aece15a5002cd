import { sql } from 'kysely'
import type { Migration } from './migration.js'

/** Who is told of what, and the outbox: what is still to be told, in the order of `id`. */
export const webhooks: Migration = {
  name: '0012_webhooks',
  statements: ({ integer, serialKey, tableEnd }) => [
    sql`create table webhooks (
    account_id ${integer} not null,
    id ${integer} not null,
    url text not null,
    kinds text not null,
    nps_class text not null,
    format text not null,
    secret text not null,
    former_secret text,
    former_until_ms ${integer},
    state text not null,
    failures ${integer} not null,
    given_up ${integer} not null,
    last_status ${integer},
    last_success_ms ${integer},
    due_ms ${integer} not null,
    lease_until_ms ${integer} not null,
    created_ms ${integer} not null,
    updated_ms ${integer} not null,
    primary key (account_id, id)
  ) ${tableEnd}`,
    sql`insert into id_leases (name, next_id) values ('webhooks', 1)`,
    sql`create table webhook_messages (
    id ${serialKey},
    account_id ${integer} not null,
    webhook_id ${integer} not null,
    message_id text not null,
    type text not null,
    record_id ${integer} not null,
    end_user_id ${integer} not null,
    attempts ${integer} not null,
    due_ms ${integer} not null,
    created_ms ${integer} not null,
    foreign key (account_id, webhook_id) references webhooks (account_id, id) on delete cascade
  )`,
    sql`create index webhook_messages_queue on webhook_messages (account_id, webhook_id, id)`,
    sql`create index webhook_messages_end_user on webhook_messages (account_id, end_user_id)`,
  ],
}
