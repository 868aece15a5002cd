import { readFileSync } from 'node:fs'
import Database from 'libsql'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { hashSecret } from '../../../src/api/oauth/secrets.js'
import type { ReportAnswer } from '../../../src/wire/report.js'
import type { EndUser, ResponseRecord } from '../../../src/wire/v1.js'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { ENGINES } from '../../support/engines.js'
import { CREDENTIALS, callerOf, startApi } from '../../support/start-api.js'

/** The schema of the first release, frozen as it was, with a word in the place of what the engines call otherwise. */
const FIRST_SCHEMA = readFileSync(new URL('first-schema.sql', import.meta.url), 'utf8')

const ROWS = `
insert into accounts (id, email, email_key, password_hash, client_id, client_secret_hash, created_ms)
  values (1, 'owner@example.com', 'owner@example.com', 'scrypt$1$1$1$a$a', '${CREDENTIALS.clientId}',
    '${hashSecret(CREDENTIALS.clientSecret)}', 0);
insert into end_users (account_id, id, email, email_key, properties, page_views_count, created_ms, updated_ms)
  values (1, 1, 'Ada@example.com', 'ada@example.com', '{"plan":"pro"}', 1, 1000, 1000),
    (1, 2, 'bob@example.com', 'bob@example.com', '{}', 0, 2000, 2000);
insert into responses (account_id, id, end_user_id, score, text, origin_url, created_ms, updated_ms)
  values (1, 7, 1, 9, 'Great', 'https://example.com', 3000, 3000);
insert into declines (account_id, id, end_user_id, created_ms, updated_ms) values (1, 5, 2, 4000, 4000);
insert into page_views (account_id, id, end_user_id, url, at_s, created_ms) values (1, 3, 1, null, 1, 1000);
update id_leases set next_id = 100;
`

async function makeFirstDatabase(db: string): Promise<void> {
  if (!db.startsWith('postgres:')) {
    const sqlite = new Database(db)
    sqlite.exec(
      FIRST_SCHEMA.replaceAll('INTEGER_TYPE', 'integer').replaceAll('TABLE_END', 'strict, without rowid'),
    )
    sqlite.exec(ROWS)
    sqlite.close()
    return
  }
  const client = new pg.Client({ connectionString: db })
  await client.connect()
  await client.query(FIRST_SCHEMA.replaceAll('INTEGER_TYPE', 'bigint').replaceAll('TABLE_END', ''))
  await client.query(ROWS)
  await client.end()
}

describe.each(ENGINES)('a database of the first release, on $name', ({ start }) => {
  const cleanUp = cleanUpAfterAll()

  test('is brought up to date with all that it holds, and takes what is new', async () => {
    const db = await (await start(cleanUp)).createDatabase()
    await makeFirstDatabase(db)
    const running = await startApi(onTestFinished, { db })
    expect(running.api.firstAccount).toBeUndefined()
    const caller = await callerOf(running)

    const ada = (await caller.get<EndUser>('/v1/end_users/1')).body
    expect(ada).toEqual({
      id: 1,
      created_at: '1970-01-01 00:00:01',
      updated_at: '1970-01-01 00:00:01',
      email: 'Ada@example.com',
      last_surveyed: null,
      external_created_at: null,
      user_id: 1,
      page_views_count: 1,
      properties: { plan: 'pro' },
    })
    expect((await caller.get<ResponseRecord[]>('/v1/end_users/1/responses')).body).toMatchObject([
      { id: 7, score: 9, text: 'Great' },
    ])
    expect((await caller.get<{ id: number }[]>('/v1/declines')).body).toMatchObject([{ id: 5 }])

    // What was recorded before counts in the figures; what is recorded now has its moment, and finds its impression.
    const report = async (query = '') => (await caller.get<ReportAnswer>(`/v1/report?${query}`)).body
    expect((await report('date[start]=1970-01-01&date[end]=1970-01-01')).score).toMatchObject({
      n: 1,
      promoters: 1,
    })
    const survey = { unique_link: 'link-1', form: 'bar', language: 'de', device: 'phone', version: '0.1.0' }
    expect((await caller.post('/v1/end_users/2/impressions', { survey })).status).toBe(201)
    const answer = { score: 3, origin_url: 'https://example.com', survey }
    expect((await caller.post('/v1/end_users/2/responses', answer)).status).toBe(201)
    expect(await report('form=bar&language=de&device=phone')).toMatchObject({
      score: { n: 1, detractors: 1 },
      rates: { shown: 1, answered: 1, closed: 0, neither: 0 },
    })

    expect((await caller.put('/v1/end_users/1', { external_id: 'crm-1' })).status).toBe(200)
    expect((await caller.post('/v1/end_users', { external_id: 'crm-1' })).status).toBe(400)
    expect((await caller.post('/v1/end_users', { email: 'ADA@example.com' })).status).toBe(400)
    const nameless = await caller.post<EndUser>('/v1/end_users', { external_id: 'crm-2' })
    expect([nameless.status, nameless.body.email]).toEqual([201, null])
    expect((await caller.post('/v1/end_users', { phone_number: '+1 415 555 0100' })).status).toBe(201)
    expect((await caller.delete('/v1/end_users/1')).status).toBe(200)
    expect((await caller.get<unknown[]>('/v1/responses')).body).toMatchObject([{ score: 3 }])
  })
})
