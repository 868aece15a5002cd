import { join } from 'node:path'
import { Kysely } from 'kysely'
import Database from 'libsql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listEndUsers } from '../../../src/api/request/list-schema.js'
import { validate } from '../../../src/api/request/validate.js'
import { selectEndUsers } from '../../../src/api/storage/end-users.js'
import { type RecordTable, selectAll, selectOf } from '../../../src/api/storage/records.js'
import { openSqlite } from '../../../src/api/storage/sqlite.js'
import { createSqliteDialect, type SqliteHandle } from '../../../src/api/storage/sqlite-dialect.js'
import type { Db } from '../../../src/api/storage/storage.js'
import type { Tables } from '../../../src/api/storage/tables.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

let db: Db
let handle: SqliteHandle
const statements: string[] = []

beforeAll(async () => {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'plans.db')
  await (await openSqlite({ path, now: Date.now })).close()
  handle = new Database(path)
  db = new Kysely<Tables>({
    dialect: createSqliteDialect(handle),
    log: ({ query }) => void statements.push(query.sql),
  })
  remove = folder.remove
})

let remove: () => Promise<void>
afterAll(async () => {
  handle.close()
  await remove()
})

const scopeOf = (query: object) => validate(listEndUsers, { ...query })

/** How SQLite means to run the list that `list` asks for. */
async function planOf(list: () => Promise<unknown>): Promise<string> {
  statements.length = 0
  await list()
  const sql = statements.find(text => text.includes('limit'))
  const plan = handle.prepare(`explain query plan ${sql}`).all([]) as { detail: string }[]
  return plan.map(({ detail }) => detail).join('\n')
}

const RANGE = [{ operator: 'gt', seconds: 1 }] as const
const SCOPES: Record<string, object> = {
  'as it comes': {},
  'the other way round': { sort_order: 'asc' },
  'in a range of created': { created: { gt: '1', lt: '9' } },
}

test.each(
  (['responses', 'declines'] as const).flatMap(table => [
    ...Object.entries(SCOPES).map(([title, scope]) => ({ table, title, scope })),
    { table, title: 'in a range of updated', scope: { updated: { gt: '1' }, sort_key: 'updated_at' } },
  ]),
)('the $table of an account, $title, are found by an index alone', async ({ table, scope }) => {
  const plan = await planOf(() => selectAll(db, table as RecordTable, 1, scopeOf(scope)))
  expectIndexed(plan, new RegExp(`USING COVERING INDEX ${table}_(created|updated) `))
})

test.each(
  (['responses', 'declines', 'page_views'] as const).flatMap(table =>
    Object.entries(SCOPES).map(([title, scope]) => ({ table, title, scope })),
  ),
)('the $table of an end user, $title, are found by an index alone', async ({ table, scope }) => {
  const plan = await planOf(() =>
    selectOf(db, table as RecordTable, { accountId: 1, endUserId: 1 }, { scope: scopeOf(scope) }),
  )
  expectIndexed(plan, new RegExp(`USING COVERING INDEX ${table}_end_user `))
})

test.each([
  ['as they come', {}, /COVERING INDEX end_users_created /],
  ['in a range of created', { created: { gt: '1' } }, /COVERING INDEX end_users_created .*created_ms>/],
  [
    'by update',
    { sort_key: 'updated_at', updated: { gt: '1' } },
    /COVERING INDEX end_users_updated .*updated_ms>/,
  ],
  ['by e-mail', { sort_key: 'email' }, /COVERING INDEX end_users_email/],
  ['of one e-mail', { email: 'a@example.com' }, /INDEX end_users_email .*email_key=/],
])('end users, %s, are found by an index alone', async (_, query, index) => {
  expectIndexed(await planOf(() => selectEndUsers(db, 1, scopeOf(query))), index)
})

/** The page's ids come from the index alone, and its records by their key. */
function expectIndexed(plan: string, index: RegExp): void {
  expect(plan).toMatch(index)
  expect(plan).toContain('SEARCH record USING PRIMARY KEY (account_id=? AND id=?)')
  // The page itself, and nothing else, is gone through and sorted.
  expect(plan.match(/SCAN (?!page\b)/g)).toBeNull()
  expect(plan.match(/TEMP B-TREE/g) ?? []).toHaveLength(plan.includes('TEMP B-TREE') ? 1 : 0)
  expect(plan.indexOf('TEMP B-TREE')).toSatisfy(
    (at: number) => at === -1 || at > plan.indexOf('SEARCH record'),
  )
}

test('a filter is a condition of the index', async () => {
  const scope = { ...scopeOf({}), created: [...RANGE] }
  const plan = await planOf(() => selectOf(db, 'responses', { accountId: 1, endUserId: 1 }, { scope }))
  expect(plan).toMatch(/responses_end_user \(account_id=\? AND end_user_id=\? AND created_ms>\?\)/)
})
