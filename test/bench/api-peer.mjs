/**
 * What the API is compared with: fastify over libsql as one writes it by hand, the token checked, the body validated by
 * fastify's own schemas, the end user marked and the response inserted in one transaction, with one commit a request.
 * The database is as durable as ours: WAL and synchronous=FULL.
 */
import { createHash, randomBytes } from 'node:crypto'
import fastify from 'fastify'
import Database from 'libsql'

const db = new Database(process.argv[2])
db.exec(`
  pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
  create table tokens (hash text primary key, account_id integer not null);
  create table end_users (id integer primary key, account_id integer not null, email text not null,
    last_surveyed integer, updated_at integer not null, unique (account_id, email));
  create table responses (id integer primary key, account_id integer not null,
    end_user_id integer not null references end_users (id) on delete cascade, score integer not null,
    text text, ip_address text, origin_url text not null, created_at integer not null, updated_at integer not null);
  create index responses_created on responses (account_id, created_at);
  create index responses_end_user on responses (end_user_id, created_at);
`)
const sha256 = text => createHash('sha256').update(text).digest('hex')
const token = randomBytes(32).toString('base64url')
db.prepare('insert into tokens values (?, 1)').run(sha256(token))
const insertUser = db.prepare('insert into end_users (account_id, email, updated_at) values (1, ?, ?)')
for (let n = 1; n <= 1000; n++) insertUser.run(`user-${n}@example.com`, Date.now())

const selectToken = db.prepare('select account_id from tokens where hash = ?')
const markSurveyed =
  db.prepare(`update end_users set last_surveyed = max(coalesce(last_surveyed, 0), ?), updated_at = ?
  where account_id = ? and id = ?`)
const insertResponse = db.prepare(`insert into responses
  (account_id, end_user_id, score, text, ip_address, origin_url, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?)`)

const app = fastify()
app.addHook('onRequest', async (request, reply) => {
  const bearer = request.headers.authorization?.slice('Bearer '.length) ?? ''
  request.accountId = selectToken.get(sha256(bearer))?.account_id
  if (!request.accountId) return reply.code(401).send({ error: 'unauthorized' })
})
const body = {
  type: 'object',
  required: ['score', 'origin_url'],
  properties: {
    score: { type: 'integer', minimum: 0, maximum: 10 },
    text: { type: 'string', maxLength: 10000 },
    ip_address: { type: 'string' },
    origin_url: { type: 'string' },
    created_at: { type: 'integer', minimum: 0 },
  },
}
app.post('/v1/end_users/:id/responses', { schema: { body } }, async (request, reply) => {
  const { score, text = null, ip_address = null, origin_url, created_at } = request.body
  const now = Date.now()
  const createdAt = created_at === undefined ? now : created_at * 1000
  const endUserId = Number(request.params.id)
  db.exec('begin immediate')
  try {
    const { changes } = markSurveyed.run(Math.floor(createdAt / 1000), now, request.accountId, endUserId)
    if (changes === 0) {
      db.exec('rollback')
      return reply.code(404).send({ error: 'not_found' })
    }
    const { lastInsertRowid: id } = insertResponse.run(
      request.accountId,
      endUserId,
      score,
      text,
      ip_address,
      origin_url,
      createdAt,
      now,
    )
    db.exec('commit')
    return reply.code(201).send({
      id,
      score,
      text,
      ip_address,
      origin_url,
      end_user_id: endUserId,
      user_id: request.accountId,
      created_at: new Date(createdAt).toISOString(),
      updated_at: new Date(now).toISOString(),
    })
  } catch (error) {
    if (db.inTransaction) db.exec('rollback')
    throw error
  }
})
const url = await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${JSON.stringify({ url, token })}\n`)
process.once('SIGTERM', async () => {
  await app.close()
  db.close()
  process.exit(0)
})
