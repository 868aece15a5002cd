/**
 * `npm run bench:report`: how long the figures take at 10,000 and at 1,000,000 responses, on SQLite and PostgreSQL: each
 * request of the page by itself, and the page with all of them. `--rows N` measures at another size.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importTypescript } from '../support/import-typescript.mjs'
import { startChild } from './child.mjs'
import { FIRST_MS, STEP_MS, seedReport } from './report-seed.mjs'
import { writeTable } from './results.mjs'

const ROUNDS = 7
const here = name => fileURLToPath(new URL(name, import.meta.url))
const undo = []
const cleanUp = task => void undo.unshift(task)

async function databases() {
  const folder = await mkdtemp(join(tmpdir(), 'zeroten-bench-'))
  cleanUp(() => rm(folder, { recursive: true, force: true }))
  const support = await importTypescript(here('../support/start-postgres.ts'))
  const postgres = await support.startPostgres(cleanUp)
  let made = 0
  return [
    { engine: 'SQLite', create: async () => join(folder, `${made++}.db`) },
    { engine: 'PostgreSQL', create: () => postgres.createDatabase() },
  ]
}

/** What the page asks for, over all responses; what it shows first comes first. */
function requests(rows) {
  const day = ms => new Date(ms).toISOString().slice(0, 10)
  const all = `date[start]=${day(FIRST_MS)}&date[end]=${day(FIRST_MS + rows * STEP_MS)}`
  return [
    ['score, distribution, change, rates', `/v1/report?${all}`],
    ['over time', `/v1/report/series?${all}`],
    ['by a property', `/v1/report/segments?${all}&by=plan`],
    ['by language', `/v1/report/segments?${all}&by=language`],
    ['one language', `/v1/report?${all}&language=de`],
    ['one property', `/v1/report?${all}&properties[plan]=team`],
    ['one property, over time', `/v1/report/series?${all}&properties[plan]=team`],
    ['a language and a device', `/v1/report?${all}&language=de&device=phone`],
    ['a property and a language', `/v1/report?${all}&properties[plan]=team&language=de`],
    [
      'a property and a language, by a property',
      `/v1/report/segments?${all}&properties[plan]=team&language=de&by=country`,
    ],
    ['first comments', `/v1/report/comments?${all}`],
    ['comments, far down', `/v1/report/comments?${all}&offset=${Math.max(0, Math.floor(rows / 3) - 60)}`],
    ['comments of a property', `/v1/report/comments?${all}&properties[plan]=team`],
    ['what to split by', '/v1/report/dimensions'],
  ]
}

/** The five of them that the page sends at once. */
const PAGE = [
  'score, distribution, change, rates',
  'over time',
  'by a property',
  'first comments',
  'what to split by',
]

const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function measure({ url, token }, rows) {
  const headers = { authorization: `Bearer ${token}` }
  const time = async paths => {
    const startMs = performance.now()
    await Promise.all(
      paths.map(async path => {
        const response = await fetch(url + path, { headers })
        if (!response.ok) throw new Error(`${response.status} ${path} ${await response.text()}`)
        await response.text()
      }),
    )
    return performance.now() - startMs
  }
  const all = requests(rows)
  const times = []
  for (const [what, path] of all) {
    const taken = []
    for (let round = 0; round < ROUNDS; round++) taken.push(await time([path]))
    times.push([what, median(taken)])
    console.error(what, Math.round(median(taken)))
  }
  const whole = []
  const page = all.filter(([what]) => PAGE.includes(what)).map(([, path]) => path)
  for (let round = 0; round < ROUNDS; round++) whole.push(await time(page))
  return [...times, ['the whole page at once', median(whole)]]
}

async function run() {
  const given = process.argv.indexOf('--rows')
  const sizes = given < 0 ? [10_000, 1_000_000] : [Number(process.argv[given + 1])]
  const columns = []
  for (const { engine, create } of await databases()) {
    for (const rows of sizes) {
      const db = await create()
      const maker = await startChild(here('api-server.mjs'), [db])
      await maker.stop()
      await seedReport(db, rows)
      const server = await startChild(here('api-server.mjs'), [db])
      cleanUp(server.stop)
      columns.push({ name: `${engine}, ${rows.toLocaleString('en')}`, times: await measure(server, rows) })
    }
  }
  const [first] = columns
  return [
    `Median of ${ROUNDS} requests over HTTP, milliseconds, on ${cpus().length} cores of ${cpus()[0]?.model}, Node ${process.version},
with a load average of ${Math.round(loadavg()[0])}: above the number of cores, it is others who make these times.`,
    '',
    `| | ${columns.map(({ name }) => name).join(' | ')} |`,
    `| --- |${' ---: |'.repeat(columns.length)}`,
    ...first.times.map(
      ([what], row) => `| ${what} | ${columns.map(({ times }) => Math.round(times[row][1])).join(' | ')} |`,
    ),
  ].join('\n')
}

try {
  await writeTable('report.md', await run())
} finally {
  for (const task of undo) await task()
}
