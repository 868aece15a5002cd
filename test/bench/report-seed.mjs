/**
 * Fills a database that the API has made with responses, their snapshots and properties, and impressions, straight in the
 * database: a minute apart, so that a million of them are almost two years. The triggers that count them by hour are set
 * aside meanwhile, and the counts made at once.
 */
import Database from 'libsql'
import pg from 'pg'

/** 2026-01-01, the time of the first response. */
export const FIRST_MS = Date.UTC(2026, 0, 1)
/** Between two responses. */
export const STEP_MS = 60_000

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

const SCORES = Array.from({ length: 11 }, (_, score) => score)
const OUTCOMES = { answered: 'response', closed: 'decline', neither: '' }

/** Adds the rows of `from` to the counts by hour, under `dimension` and `value`. */
function counting(from, columns, dimension, value) {
  const names = Object.keys(columns)
  const sums = names.map(name => `cast(sum(case when ${columns[name]} then 1 else 0 end) as bigint)`)
  return `insert into report_hourly (account_id, dimension, value, hour_ms, ${names.join(', ')})
    select 1, ${dimension}, ${value}, created_ms - created_ms % 3600000, ${sums.join(', ')} from ${from}
    where account_id = 1 group by 1, 2, 3, 4
    on conflict (account_id, dimension, value, hour_ms)
    do update set ${names.map(name => `${name} = excluded.${name}`).join(', ')}`
}

const byScore = Object.fromEntries(SCORES.map(score => [`s${score}`, `score = ${score}`]))
const byOutcome = Object.fromEntries(
  Object.entries(OUTCOMES).map(([name, outcome]) => [name, `outcome = '${outcome}'`]),
)
const MOMENT_DIMENSIONS = ['level', 'form', 'language', 'device']

const counts = jsonText => [
  ...['', ...MOMENT_DIMENSIONS, 'has_text'].map(name =>
    counting('response_snapshots', byScore, `'${name}'`, name === '' ? `''` : `cast(${name} as text)`),
  ),
  counting('response_properties', byScore, `'properties.' || name`, 'value'),
  ...['', ...MOMENT_DIMENSIONS].map(name =>
    counting('impressions', byOutcome, `'${name}'`, name === '' ? `''` : name),
  ),
  ...['plan', 'country'].map(name =>
    counting('impressions', byOutcome, `'properties.${name}'`, jsonText(name)),
  ),
]

/** @param db path of a SQLite file, or a `postgres://` URL */
export async function seedReport(db, rows) {
  const users = Math.max(1, Math.floor(rows / 10))
  if (!db.startsWith('postgres:')) return seedSqlite(db, rows, users)
  const client = new pg.Client({ connectionString: db })
  await client.connect()
  try {
    const series = count => `generate_series(1::bigint, ${count}) as n`
    const all = [...statements(rows, users, series), ...counts(name => `properties::json ->> '${name}'`)]
    // Without triggers, and without a look at each foreign key.
    await client.query(`set session_replication_role = replica`)
    for (const statement of [...all, 'vacuum analyze']) await client.query(statement)
  } finally {
    await client.end()
  }
}

function seedSqlite(db, rows, users) {
  const sqlite = new Database(db)
  sqlite.exec('pragma cache_size = -262144; pragma synchronous = off; begin')
  const triggers = sqlite.prepare(`select name, sql from sqlite_master where type = 'trigger'`).all([])
  for (const { name } of triggers) sqlite.exec(`drop trigger ${name}`)
  const series = count =>
    `(with recursive series(n) as (select 1 union all select n + 1 from series where n < ${count}) select n from series)`
  const all = [...statements(rows, users, series), ...counts(name => `properties ->> '${name}'`)]
  for (const statement of all) sqlite.exec(statement)
  for (const { sql } of triggers) sqlite.exec(sql)
  sqlite.exec('commit')
  sqlite.close()
}
