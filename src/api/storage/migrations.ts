import { type Kysely, sql } from 'kysely'
import { accountsAndRecords } from './migrations/0001-accounts-and-records.js'
import { laterDocument } from './migrations/0002-later-document.js'
import { rotationAndReadiness } from './migrations/0003-rotation-and-readiness.js'
import { report } from './migrations/0010-report.js'
import { reportHourly } from './migrations/0011-report-hourly.js'
import { webhooks } from './migrations/0012-webhooks.js'
import { erasure } from './migrations/0013-erasure.js'
import type { Migration, SqlNames } from './migrations/migration.js'
import type { Tables } from './tables.js'

/** In order; each is applied once. Every list of the API runs on an index of theirs. */
const MIGRATIONS: readonly Migration[] = [
  accountsAndRecords,
  laterDocument,
  rotationAndReadiness,
  report,
  reportHourly,
  webhooks,
  erasure,
]

/** Creates what the lock and the list of migrations need, where they are missing. */
export async function prepareMigrations(db: Kysely<Tables>, { integer, tableEnd }: SqlNames): Promise<void> {
  await sql`create table if not exists schema_lock (id ${integer} primary key) ${tableEnd}`.execute(db)
  await sql`create table if not exists schema_migrations (
    name text primary key, applied_ms ${integer} not null) ${tableEnd}`.execute(db)
  await sql`insert into schema_lock (id) values (1) on conflict do nothing`.execute(db)
}

/** Applies what has not been applied. Runs inside a transaction that holds the schema lock. */
export async function migrate(db: Kysely<Tables>, names: SqlNames, nowMs: number): Promise<void> {
  const applied = await db.selectFrom('schema_migrations').select('name').execute()
  const done = new Set(applied.map(({ name }) => name))
  for (const { name, statements } of MIGRATIONS) {
    if (done.has(name)) continue
    for (const statement of statements(names)) await statement.execute(db)
    await db.insertInto('schema_migrations').values({ name, applied_ms: nowMs }).execute()
  }
}
