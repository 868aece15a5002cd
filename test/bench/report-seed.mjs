/**
 * Fills a database that the API has made with responses, their snapshots and properties, and impressions, straight in the
 * database: a second apart, so that a million of them are eleven days and a half.
 */
import Database from 'libsql'
import pg from 'pg'

/** 2026-01-01, the time of the first response. */
export const FIRST_MS = Date.UTC(2026, 0, 1)
/** Between two responses. */
export const STEP_MS = 20_000

const PLANS = `case when n % 10 < 5 then 'starter' when n % 10 < 8 then 'team' else 'business' end`
const COUNTRIES = `case n % 7 when 0 then 'DE' when 1 then 'US' when 2 then 'FR' when 3 then 'JP' else 'GB' end`
const SCORE = `(n * 7 + n / 13) % 11`
const TIME = `${FIRST_MS} + n * ${STEP_MS}`
const TEXT = `case when n % 3 = 0 then 'Great service, number ' || n else null end`

const moment = `case when n % 5 = 0 then 'anonymous' else 'proven' end, case when n % 4 = 0 then 'bar' else 'popover' end,
  case n % 6 when 0 then 'de' when 1 then 'fr' else 'en' end, case when n % 3 = 0 then 'phone' else 'desktop' end,
  'web', '', '0.2.0', '{"plan":"' || ${PLANS} || '","country":"' || ${COUNTRIES} || '"}'`
const MOMENT = 'level, form, language, device, channel, wording, version, properties'

const statements = (rows, users, series) => [
  `insert into end_users (account_id, id, email, email_key, properties, page_views_count, created_ms, updated_ms)
    select 1, n, 'user-' || n || '@example.com', 'user-' || n || '@example.com', '{}', 0, 0, 0 from ${series(users)}`,
  `insert into responses (account_id, id, end_user_id, score, text, origin_url, created_ms, updated_ms)
    select 1, n, 1 + n % ${users}, ${SCORE}, ${TEXT}, 'https://example.com/', ${TIME}, ${TIME} + 1000
    from ${series(rows)}`,
  `insert into response_snapshots (account_id, response_id, score, has_text, created_ms, received_ms, ${MOMENT})
    select 1, n, ${SCORE}, case when n % 3 = 0 then 1 else 0 end, ${TIME}, ${TIME} + 1000, ${moment}
    from ${series(rows)}`,
  `insert into response_properties (account_id, response_id, name, value, score, created_ms)
    select 1, n, 'plan', ${PLANS}, ${SCORE}, ${TIME} from ${series(rows)}`,
  `insert into response_properties (account_id, response_id, name, value, score, created_ms)
    select 1, n, 'country', ${COUNTRIES}, ${SCORE}, ${TIME} from ${series(rows)}`,
  `insert into impressions (account_id, id, end_user_id, outcome, unique_link, created_ms, updated_ms, ${MOMENT})
    select 1, n, 1 + n % ${users}, case n % 3 when 0 then 'response' when 1 then 'decline' else '' end,
    'link-' || n, ${TIME}, ${TIME}, ${moment} from ${series(rows)}`,
]

/** @param db path of a SQLite file, or a `postgres://` URL */
export async function seedReport(db, rows) {
  const users = Math.max(1, Math.floor(rows / 10))
  if (!db.startsWith('postgres:')) {
    const sqlite = new Database(db)
    sqlite.exec('pragma cache_size = -262144; pragma synchronous = off; begin')
    const series = count =>
      `(with recursive series(n) as (select 1 union all select n + 1 from series where n < ${count}) select n from series)`
    for (const statement of statements(rows, users, series)) sqlite.exec(statement)
    sqlite.exec('commit')
    sqlite.close()
    return
  }
  const client = new pg.Client({ connectionString: db })
  await client.connect()
  try {
    const series = count => `generate_series(1::bigint, ${count}) as n`
    for (const statement of [...statements(rows, users, series), 'vacuum analyze'])
      await client.query(statement)
  } finally {
    await client.end()
  }
}
