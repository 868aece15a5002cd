import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { ENGINES } from '../../support/engines.js'
import { seedBeside } from '../../support/open-seeded.js'
import { CREDENTIALS, type RunningApi, startApi } from '../../support/start-api.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const CLI = join(import.meta.dirname, '../../../dist/cli.js')

const run = (argv: string[], env: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, [CLI, ...argv], { env: { ...process.env, ...env }, maxBuffer: 1e8 })

async function folder(): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  return path
}

const lines = (rows: number) =>
  Array.from(
    { length: rows },
    (_, i) => `${i},person-${i % 997}@example.com,${i % 11},"text, ${i}",2026-10-01T10:00:00Z,p${i % 3}`,
  )

const csv = (rows: number) => ['id,email,score,comment,created_at,plan', ...lines(rows), ''].join('\n')

describe.each(ENGINES)('commands on $name', engine => {
  const cleanUp = cleanUpAfterAll()
  let createDatabase: () => Promise<string>
  beforeAll(async () => {
    ;({ createDatabase } = await engine.start(cleanUp))
  })

  const newApi = async (): Promise<RunningApi> => startApi(onTestFinished, { db: await createDatabase() })

  test('report prints the score, its interval, a trend and segments; from the database and from the API alike', async () => {
    const { db, url } = await newApi()
    await seedBeside(db, { responses: 800 })
    const { stdout } = await run(['report', '--by', 'plan'], { ZEROTEN_DB: db })
    expect(stdout).toMatch(/^NPS [+−]?\d+ {2}[+−]?\d+ to [+−]?\d+ \(95 %, adjusted Wald\)$/m)
    expect(stdout).toMatch(/^[▁▂▃▄▅▆▇█·]{5,} {2}by week$/m)
    expect(stdout).toMatch(/^business +[+−]?\d+ +/m)
    const env = { WOOTRIC_CLIENT_ID: CREDENTIALS.clientId, WOOTRIC_CLIENT_SECRET: CREDENTIALS.clientSecret }
    const byApi = await run(['report', '--by', 'plan', '--api', url], env)
    expect(byApi.stdout).toBe(stdout)
    // As `zeroten api` prints them, with the secret that is being replaced.
    const printed = {
      ZEROTEN_CLIENT_ID: CREDENTIALS.clientId,
      ZEROTEN_CLIENT_SECRET: `not-yet-known,${CREDENTIALS.clientSecret}`,
    }
    expect((await run(['report', '--by', 'plan', '--api', url], printed)).stdout).toBe(stdout)
    const json = JSON.parse((await run(['report', '--db', db, '--json'])).stdout)
    expect(json.report.total).toBe(800)
    const asCsv = (await run(['report', '--db', db, '--csv'])).stdout
    expect(asCsv.split('\n')[0]).toBe('part,from,to,value,n,nps,low,high,promoters,passives,detractors')
  })

  test('what was exported is imported elsewhere, and the figures are the same', async () => {
    const [from, to] = [await newApi(), await newApi()]
    await seedBeside(from.db, { responses: 300 })
    const file = join(await folder(), 'responses.csv')
    await run(['export', 'responses', '--db', from.db, '--output', file])
    await run(['import', 'csv', file, '--db', to.db])
    const figures = async (db: string) => {
      const { report } = JSON.parse(
        (await run(['report', '--db', db, '--json', '--since', '2020-01-01'])).stdout,
      )
      return report.distribution
    }
    expect(await figures(to.db)).toEqual(await figures(from.db))
  })

  test('an import that is run again adds nothing, and rejects say line and reason', async () => {
    const { db } = await newApi()
    const file = join(await folder(), 'in.csv')
    await writeFile(file, `${csv(2_500)}x,y@example.com,12,,2026-10-01,p1\n`)
    const dry = await run(['import', 'csv', file, '--db', db, '--dry-run'])
    expect(dry.stdout).toContain('2,501 rows: 2,500 can be taken; nothing was written')
    const first = await run(['import', 'csv', file, '--db', db])
    expect(first.stdout).toContain('2,501 rows: 2,500 added, 0 were there already')
    const again = await run(['import', 'csv', file, '--db', db])
    expect(again.stdout).toContain('0 added, 2,500 were there already')
    const rejects = await readFile(`${file}.rejects.csv`, 'utf8')
    expect(rejects.split('\n')[1]).toMatch(/^2502,"?score must be a whole number from 0 to 10, not '12'/)
    const { report } = JSON.parse(
      (await run(['report', '--db', db, '--json', '--since', '2026-09-01'])).stdout,
    )
    expect(report.total).toBe(2_500)
  })

  test('an import that was killed is run again, and has every row once', async () => {
    const { db } = await newApi()
    const file = join(await folder(), 'in.csv')
    const rows = 12_000
    await writeFile(file, csv(rows))
    const child = spawn(process.execPath, [CLI, 'import', 'csv', file, '--db', db], { stdio: 'ignore' })
    const exited = once(child, 'exit')
    const count = async () =>
      JSON.parse((await run(['report', '--db', db, '--json', '--since', '2026-09-01'])).stdout).report.total
    while ((await count()) === 0 && child.exitCode === null);
    child.kill('SIGKILL')
    await exited
    await run(['import', 'csv', file, '--db', db])
    expect(await count()).toBe(rows)
    const exported = (await run(['export', 'responses', '--db', db, '--format', 'jsonl'])).stdout
      .trim()
      .split('\n')
    expect(new Set(exported.map(line => JSON.parse(line).text)).size).toBe(rows)
  })

  test('what a spreadsheet would run is exported as text', async () => {
    const { db, api, url } = await newApi()
    expect(api).toBeDefined()
    const file = join(await folder(), 'in.csv')
    const texts = ['=1+1', '+1', '-1', '@x', '\t=1', 'plain']
    await writeFile(
      file,
      `score,comment,date\n${texts.map((text, i) => `${i},"${text}",2026-10-01`).join('\n')}\n`,
    )
    await run(['import', 'csv', file, '--db', db])
    const { stdout } = await run(['export', 'responses', '--db', db])
    for (const cell of stdout.split(/[,\n]/)) expect(cell).not.toMatch(/^"?[=+@\t-]/)
    expect(url).toBeDefined()
  })

  test('export of every kind has a head, and as many rows as there are records', async () => {
    const { db } = await newApi()
    await seedBeside(db, { responses: 150 })
    for (const kind of ['responses', 'declines', 'impressions', 'page-views', 'end-users']) {
      const { stdout } = await run(['export', kind, '--db', db])
      const rows = stdout.trim().split('\n')
      if (kind === 'responses') expect(rows).toHaveLength(151)
      if (kind !== 'page-views') expect(rows[0]).toMatch(/^id,/)
    }
  })
})

test('a database that is not there is no new one', async () => {
  const missing = join(await folder(), 'none.db')
  const failed = await run(['report', '--db', missing]).catch(error => error)
  expect(failed.code).toBe(2)
  expect(failed.stderr).toContain('there is no database')
})
