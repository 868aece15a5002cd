/**
 * `npm run bench:api`: what the API takes, on SQLite beside a hand-written server with one commit a request, on
 * PostgreSQL with one process and two; and its lists at 1,000,000 records beside 1,000. What is compared runs in turns,
 * so that whatever else the machine does falls on both.
 *
 * `npm run bench:api -- --beside API_JS` compares the writes of PostgreSQL alone, beside the `dist/api.js` of another build.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { importTypescript } from '../support/import-typescript.mjs'
import { FIRST_S, RESPONSES_OF_ONE, seed } from './api-seed.mjs'
import { startChild } from './child.mjs'
import { measure, spread } from './load.mjs'

const CONNECTIONS = 32
const ROUNDS = 7
const ROUND_MS = 3_000
const LIST_REQUESTS = 40
const END_USERS = 1_000

const here = name => fileURLToPath(new URL(name, import.meta.url))
const undo = []
const cleanUp = task => void undo.unshift(task)

async function temporaryFile(name) {
  const folder = await mkdtemp(join(tmpdir(), 'zeroten-bench-'))
  cleanUp(() => rm(folder, { recursive: true, force: true }))
  return join(folder, name)
}

async function start(script, ...argv) {
  const child = await startChild(here(script), argv)
  cleanUp(child.stop)
  return { ...child, headers: { authorization: `Bearer ${child.token}`, 'content-type': 'application/json' } }
}

/** The test's own PostgreSQL, with durable commits. */
async function startPostgres() {
  const support = await importTypescript(here('../support/start-postgres.ts'))
  return support.startPostgres(cleanUp, { durable: true })
}

async function createEndUsers({ url, headers }) {
  const post = n =>
    fetch(`${url}/v1/end_users`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ email: `user-${n}@example.com` }),
    })
  for (let n = 0; n < END_USERS; n += 50)
    await Promise.all(Array.from({ length: 50 }, async (_, m) => (await post(n + m)).text()))
}

let sent = 0
function newResponse({ headers }, withKey = false) {
  sent++
  return {
    method: 'POST',
    path: `/v1/end_users/${1 + (sent % END_USERS)}/responses`,
    headers: withKey ? { ...headers, 'idempotency-key': `key-${sent}` } : headers,
    body: JSON.stringify({
      score: sent % 11,
      text: 'Great Service, thank you very much',
      origin_url: 'https://example.com/page',
      ip_address: '192.168.0.1',
      created_at: FIRST_S + sent,
    }),
  }
}

const write = (servers, withKey) =>
  measure(
    servers.map(({ url }) => url),
    { connections: CONNECTIONS, durationMs: ROUND_MS, next: () => newResponse(servers[0], withKey) },
  )

/** Runs each of the subjects once in every round, the first round being for warming up. */
async function compare(subjects) {
  const results = Object.fromEntries(Object.keys(subjects).map(name => [name, []]))
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, run] of Object.entries(subjects)) {
      const result = await run()
      if (round > 0) results[name].push(result)
    }
  return results
}

const ratios = (these, those) =>
  spread(
    these.map(({ perSecond }, n) => perSecond / those[n].perSecond),
    2,
  ).text
const row = (...cells) => `| ${cells.join(' | ')} |`

function writeTable(results, beside) {
  return [
    row('durable `POST responses`, 32 connections', 'a second', 'p50, ms', 'p99, ms', `ratio to ${beside}`),
    row('---', '---', '---', '---', '---'),
    ...Object.entries(results).map(([name, rounds]) =>
      row(
        name,
        spread(rounds.map(({ perSecond }) => perSecond)).text,
        spread(
          rounds.map(({ p50 }) => p50),
          1,
        ).text,
        spread(
          rounds.map(({ p99 }) => p99),
          1,
        ).text,
        name === beside ? '1' : ratios(rounds, results[beside]),
      ),
    ),
  ].join('\n')
}

async function benchSqlite() {
  const ours = await start('api-server.mjs', await temporaryFile('ours.db'))
  const peer = await start('api-peer.mjs', await temporaryFile('peer.db'))
  await createEndUsers(ours)
  const results = await compare({
    'fastify + libsql, one commit a request': () => write([peer]),
    'zeroten api, SQLite': () => write([ours]),
    'zeroten api, SQLite, with idempotency keys': () => write([ours], true),
  })
  await ours.stop()
  await peer.stop()
  return writeTable(results, 'fastify + libsql, one commit a request')
}

async function benchPostgres({ createDatabase }) {
  const db = await createDatabase()
  const one = await start('api-server.mjs', db)
  const two = await start('api-server.mjs', db)
  await createEndUsers(one)
  const results = await compare({
    'zeroten api, PostgreSQL, one process': () => write([one]),
    'zeroten api, PostgreSQL, two processes': () => write([one, two]),
  })
  await one.stop()
  await two.stop()
  return writeTable(results, 'zeroten api, PostgreSQL, one process')
}

/** One process on PostgreSQL, in turns with the same of another build on a database of its own. */
async function benchBeside({ createDatabase }, build) {
  const ours = await start('api-server.mjs', await createDatabase())
  const theirs = await start('api-server.mjs', await createDatabase(), build)
  await createEndUsers(ours)
  await createEndUsers(theirs)
  const results = await compare({
    'the other build, PostgreSQL': () => write([theirs]),
    'this build, PostgreSQL': () => write([ours]),
    'the other build, with idempotency keys': () => write([theirs], true),
    'this build, with idempotency keys': () => write([ours], true),
  })
  await ours.stop()
  await theirs.stop()
  const pick = (...names) => Object.fromEntries(names.map(name => [name, results[name]]))
  return [
    writeTable(pick('the other build, PostgreSQL', 'this build, PostgreSQL'), 'the other build, PostgreSQL'),
    writeTable(
      pick('the other build, with idempotency keys', 'this build, with idempotency keys'),
      'the other build, with idempotency keys',
    ),
  ].join('\n\n')
}

const LISTS = {
  'page 1 of all responses': () => '/v1/responses',
  'one end user’s': users => `/v1/end_users/${1 + Math.floor(Math.random() * users)}/responses`,
  'one end user’s promoters': users =>
    `/v1/end_users/${1 + Math.floor(Math.random() * users)}/responses/promoters`,
  'a range of `created`': users => {
    const from = FIRST_S + Math.floor(Math.random() * (users - 1) * RESPONSES_OF_ONE)
    return `/v1/responses?created[gt]=${from}&created[lt]=${from + 60}`
  },
}

async function timeOf({ url, headers }, pathOf, users) {
  const times = []
  for (let n = 0; n < LIST_REQUESTS; n++) {
    const started = performance.now()
    const response = await fetch(url + pathOf(users), { headers })
    await response.text()
    if (!response.ok) throw new Error(`answered ${response.status}`)
    times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)[LIST_REQUESTS >> 1]
}

async function benchLists(name, newDatabase) {
  const [small, large] = [1_000, 1_000_000]
  const servers = {}
  for (const rows of [small, large]) {
    const db = await newDatabase()
    await (await start('api-server.mjs', db)).stop()
    await seed(db, rows)
    servers[rows] = await start('api-server.mjs', db)
  }
  const lines = []
  for (const [list, pathOf] of Object.entries(LISTS)) {
    const times = { [small]: [], [large]: [] }
    for (let round = 0; round <= ROUNDS; round++)
      for (const rows of [small, large]) {
        const time = await timeOf(servers[rows], pathOf, rows / RESPONSES_OF_ONE)
        if (round > 0) times[rows].push(time)
      }
    const ratio = spread(
      times[large].map((time, n) => time / times[small][n]),
      2,
    )
    lines.push(
      row(`${name}: ${list}`, spread(times[small], 2).text, spread(times[large], 2).text, ratio.text),
    )
  }
  const deep = []
  for (let round = 0; round <= ROUNDS; round++) {
    const time = await timeOf(servers[large], () => '/v1/responses?page=4000', 1)
    if (round > 0) deep.push(time)
  }
  lines.push(row(`${name}: page 4,000 of all responses`, '', spread(deep, 2).text, ''))
  for (const server of Object.values(servers)) await server.stop()
  return lines
}

async function reportBeside(build) {
  const table = await benchBeside(await startPostgres(), build)
  return `Median of ${ROUNDS} rounds (least–most), in turns, on ${cpus().length} cores that the load and the database share.\n\n${table}`
}

async function report() {
  const postgres = await startPostgres()
  const sqliteTable = await benchSqlite()
  const postgresTable = await benchPostgres(postgres)
  const lists = [
    ...(await benchLists('SQLite', () => temporaryFile('lists.db'))),
    ...(await benchLists('PostgreSQL', postgres.createDatabase)),
  ]
  return [
    `Median of ${ROUNDS} rounds (least–most), in turns, on ${cpus().length} cores that the load and the database share.`,
    sqliteTable,
    postgresTable,
    [
      row('one list after the other, one connection', 'at 1,000, ms', 'at 1,000,000, ms', 'ratio'),
      row('---', '---', '---', '---'),
      ...lists,
    ].join('\n'),
  ].join('\n\n')
}

const { beside } = parseArgs({ options: { beside: { type: 'string' } } }).values

try {
  const text = await (beside ? reportBeside(beside) : report())
  await mkdir(here('results'), { recursive: true })
  await writeFile(here(beside ? 'results/api-beside.md' : 'results/api.md'), `${text}\n`)
  process.stdout.write(`${text}\n`)
} finally {
  for (const task of undo) await task()
}
