import { sql } from 'kysely'
import type { Migration } from './migration.js'

/** The first schema: what the API's document of 2014 asks for. */
export const accountsAndRecords: Migration = {
  name: '0001_accounts_and_records',
  statements: ({ integer, tableEnd }) => [
    sql`create table accounts (
      id ${integer} primary key,
      email text not null,
      email_key text not null unique,
      password_hash text not null,
      client_id text not null unique,
      client_secret_hash text not null,
      created_ms ${integer} not null
    ) ${tableEnd}`,
    sql`create table access_tokens (
      hash text primary key,
      account_id ${integer} not null,
      family text,
      expires_ms ${integer} not null
    ) ${tableEnd}`,
    sql`create index access_tokens_family on access_tokens (family)`,
    sql`create index access_tokens_account on access_tokens (account_id)`,
    sql`create index access_tokens_expiry on access_tokens (expires_ms)`,
    sql`create table refresh_tokens (
      hash text primary key,
      account_id ${integer} not null,
      family text not null,
      rotated_ms ${integer},
      expires_ms ${integer} not null
    ) ${tableEnd}`,
    sql`create index refresh_tokens_family on refresh_tokens (family)`,
    sql`create index refresh_tokens_expiry on refresh_tokens (expires_ms)`,
    sql`create table end_users (
      account_id ${integer} not null,
      id ${integer} not null,
      email text not null,
      email_key text not null,
      last_surveyed_s ${integer},
      external_created_at_s ${integer},
      properties text not null,
      page_views_count ${integer} not null,
      created_ms ${integer} not null,
      updated_ms ${integer} not null,
      primary key (account_id, id)
    ) ${tableEnd}`,
    sql`create unique index end_users_email on end_users (account_id, email_key)`,
    sql`create index end_users_created on end_users (account_id, created_ms, id)`,
    sql`create index end_users_updated on end_users (account_id, updated_ms, id)`,
    sql`create table responses (
      account_id ${integer} not null,
      id ${integer} not null,
      end_user_id ${integer} not null,
      score ${integer} not null,
      text text,
      ip_address text,
      origin_url text not null,
      created_ms ${integer} not null,
      updated_ms ${integer} not null,
      primary key (account_id, id),
      foreign key (account_id, end_user_id) references end_users (account_id, id) on delete cascade
    ) ${tableEnd}`,
    sql`create index responses_created on responses (account_id, created_ms, id)`,
    sql`create index responses_updated on responses (account_id, updated_ms, id)`,
    // The score rides along so that promoters, passives and detractors are told apart without leaving the index.
    sql`create index responses_end_user on responses (account_id, end_user_id, created_ms, id, score)`,
    sql`create table declines (
      account_id ${integer} not null,
      id ${integer} not null,
      end_user_id ${integer} not null,
      created_ms ${integer} not null,
      updated_ms ${integer} not null,
      primary key (account_id, id),
      foreign key (account_id, end_user_id) references end_users (account_id, id) on delete cascade
    ) ${tableEnd}`,
    sql`create index declines_created on declines (account_id, created_ms, id)`,
    sql`create index declines_updated on declines (account_id, updated_ms, id)`,
    sql`create index declines_end_user on declines (account_id, end_user_id, created_ms, id)`,
    sql`create table page_views (
      account_id ${integer} not null,
      id ${integer} not null,
      end_user_id ${integer} not null,
      url text,
      at_s ${integer} not null,
      created_ms ${integer} not null,
      primary key (account_id, id),
      foreign key (account_id, end_user_id) references end_users (account_id, id) on delete cascade
    ) ${tableEnd}`,
    sql`create index page_views_end_user on page_views (account_id, end_user_id, created_ms, id)`,
    sql`create table idempotency_keys (
      account_id ${integer} not null,
      key_hash text not null,
      fingerprint text not null,
      record_id ${integer} not null,
      created_ms ${integer} not null,
      primary key (account_id, key_hash)
    ) ${tableEnd}`,
    sql`create index idempotency_keys_created on idempotency_keys (created_ms)`,
    sql`create table id_leases (name text primary key, next_id ${integer} not null) ${tableEnd}`,
    sql`insert into id_leases (name, next_id)
      values ('end_users', 1), ('responses', 1), ('declines', 1), ('page_views', 1)`,
    sql`create table server_secrets (name text primary key, value text not null) ${tableEnd}`,
  ],
}
