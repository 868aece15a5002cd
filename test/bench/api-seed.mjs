/**
 * Fills a database that the API has made with end users of a hundred responses each, a second apart. Straight into the
 * tables: a million requests would take minutes.
 */
import Database from 'libsql'
import pg from 'pg'

export const RESPONSES_OF_ONE = 100
/** 2020-01-01, the time of the first response. */
export const FIRST_S = 1_577_836_800

const endUsers = numbers => `insert into end_users
  (account_id, id, email, email_key, properties, page_views_count, created_ms, updated_ms)
  select 1, n, 'user-' || n || '@example.com', 'user-' || n || '@example.com', '{}', 0, 0, 0 from ${numbers}`

const responses = (numbers, users) => `insert into responses
  (account_id, id, end_user_id, score, text, origin_url, created_ms, updated_ms)
  select 1, n, 1 + n % ${users}, n % 11, 'Great Service', 'https://example.com/page',
    ${FIRST_S * 1_000} + n * 1000, ${FIRST_S * 1_000} + n * 1000 from ${numbers}`

const leases = rows => `update id_leases set next_id = ${rows + 1}`

export async function seed(db, rows) {
  const users = rows / RESPONSES_OF_ONE
  if (!db.startsWith('postgres:')) {
    const sqlite = new Database(db)
    const series = count =>
      `(with recursive series(n) as (select 1 union all select n + 1 from series where n < ${count})
       select n from series)`
    sqlite.exec(
      `begin; ${endUsers(series(users))}; ${responses(series(rows), users)}; ${leases(rows)}; commit`,
    )
    sqlite.close()
    return
  }
  const client = new pg.Client({ connectionString: db })
  await client.connect()
  try {
    const series = count => `generate_series(1, ${count}) as n`
    for (const statement of [
      endUsers(series(users)),
      responses(series(rows), users),
      leases(rows),
      'vacuum analyze',
    ])
      await client.query(statement)
  } finally {
    await client.end()
  }
}
