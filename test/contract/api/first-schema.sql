create table schema_lock (id INTEGER_TYPE primary key) TABLE_END;
create table schema_migrations (name text primary key, applied_ms INTEGER_TYPE not null) TABLE_END;
insert into schema_lock (id) values (1);
create table accounts (
  id INTEGER_TYPE primary key,
  email text not null,
  email_key text not null unique,
  password_hash text not null,
  client_id text not null unique,
  client_secret_hash text not null,
  created_ms INTEGER_TYPE not null
) TABLE_END;
create table access_tokens (
  hash text primary key,
  account_id INTEGER_TYPE not null,
  family text,
  expires_ms INTEGER_TYPE not null
) TABLE_END;
create index access_tokens_family on access_tokens (family);
create index access_tokens_account on access_tokens (account_id);
create index access_tokens_expiry on access_tokens (expires_ms);
create table refresh_tokens (
  hash text primary key,
  account_id INTEGER_TYPE not null,
  family text not null,
  rotated_ms INTEGER_TYPE,
  expires_ms INTEGER_TYPE not null
) TABLE_END;
create index refresh_tokens_family on refresh_tokens (family);
create index refresh_tokens_expiry on refresh_tokens (expires_ms);
create table end_users (
  account_id INTEGER_TYPE not null,
  id INTEGER_TYPE not null,
  email text not null,
  email_key text not null,
  last_surveyed_s INTEGER_TYPE,
  external_created_at_s INTEGER_TYPE,
  properties text not null,
  page_views_count INTEGER_TYPE not null,
  created_ms INTEGER_TYPE not null,
  updated_ms INTEGER_TYPE not null,
  primary key (account_id, id)
) TABLE_END;
create unique index end_users_email on end_users (account_id, email_key);
create index end_users_created on end_users (account_id, created_ms, id);
create index end_users_updated on end_users (account_id, updated_ms, id);
create table responses (
  account_id INTEGER_TYPE not null,
  id INTEGER_TYPE not null,
  end_user_id INTEGER_TYPE not null,
  score INTEGER_TYPE not null,
  text text,
  ip_address text,
  origin_url text not null,
  created_ms INTEGER_TYPE not null,
  updated_ms INTEGER_TYPE not null,
  primary key (account_id, id),
  foreign key (account_id, end_user_id) references end_users (account_id, id) on delete cascade
) TABLE_END;
create index responses_created on responses (account_id, created_ms, id);
create index responses_updated on responses (account_id, updated_ms, id);
create index responses_end_user on responses (account_id, end_user_id, created_ms, id, score);
create table declines (
  account_id INTEGER_TYPE not null,
  id INTEGER_TYPE not null,
  end_user_id INTEGER_TYPE not null,
  created_ms INTEGER_TYPE not null,
  updated_ms INTEGER_TYPE not null,
  primary key (account_id, id),
  foreign key (account_id, end_user_id) references end_users (account_id, id) on delete cascade
) TABLE_END;
create index declines_created on declines (account_id, created_ms, id);
create index declines_updated on declines (account_id, updated_ms, id);
create index declines_end_user on declines (account_id, end_user_id, created_ms, id);
create table page_views (
  account_id INTEGER_TYPE not null,
  id INTEGER_TYPE not null,
  end_user_id INTEGER_TYPE not null,
  url text,
  at_s INTEGER_TYPE not null,
  created_ms INTEGER_TYPE not null,
  primary key (account_id, id),
  foreign key (account_id, end_user_id) references end_users (account_id, id) on delete cascade
) TABLE_END;
create index page_views_end_user on page_views (account_id, end_user_id, created_ms, id);
create table idempotency_keys (
  account_id INTEGER_TYPE not null,
  key_hash text not null,
  fingerprint text not null,
  record_id INTEGER_TYPE not null,
  created_ms INTEGER_TYPE not null,
  primary key (account_id, key_hash)
) TABLE_END;
create index idempotency_keys_created on idempotency_keys (created_ms);
create table id_leases (name text primary key, next_id INTEGER_TYPE not null) TABLE_END;
insert into id_leases (name, next_id)
  values ('end_users', 1), ('responses', 1), ('declines', 1), ('page_views', 1);
create table server_secrets (name text primary key, value text not null) TABLE_END;
insert into schema_migrations (name, applied_ms) values ('0001_accounts_and_records', 0);
