import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importResponses } from '../../../../src/api/import/import-responses.js'
import { MEASURES } from '../../../../src/api/storage/migrations/0011-report-hourly.js'
import { foldDeltas, HOUR_MS } from '../../../../src/api/storage/report/hourly.js'
import type { Storage } from '../../../../src/api/storage/storage.js'
import type {
  ImpressionRow,
  ResponsePropertyRow,
  ResponseSnapshotRow,
} from '../../../../src/api/storage/tables.js'
import type { ResponseRecord } from '../../../../src/wire/v1.js'
import type { Caller } from '../../../support/api-caller.js'
import { openBeside, seedBeside } from '../../../support/open-seeded.js'
import type { ContractContext } from '../../api/suites/contract-context.js'

type Counts = Record<string, number>

/** Adds `n` to what `dimension`, `value` and `hour` have of a measure. */
function add(counts: Counts, key: (string | number)[], n: number): void {
  const name = JSON.stringify(key)
  const sum = (counts[name] ?? 0) + n
  if (sum === 0) delete counts[name]
  else counts[name] = sum
}

const hourOf = (timeMs: number) => timeMs - (timeMs % HOUR_MS)

const OUTCOMES = { response: 'answered', decline: 'closed', '': 'neither' }

/** What should be counted, from the rows themselves. */
export async function countHourlyByHand({ db }: Storage, accountId?: number): Promise<Counts> {
  const counts: Counts = {}
  const ofAccount = whereAccount(accountId)
  const { rows: snapshots } =
    await sql<ResponseSnapshotRow>`select * from response_snapshots ${ofAccount}`.execute(db)
  for (const row of snapshots) {
    if (row.score === null) continue
    const { level, form, language, device, has_text } = row
    for (const [dimension, value] of Object.entries({ '': '', level, form, language, device, has_text }))
      add(counts, [row.account_id, dimension, String(value), hourOf(row.created_ms), `s${row.score}`], 1)
  }
  const { rows: properties } =
    await sql<ResponsePropertyRow>`select * from response_properties ${ofAccount}`.execute(db)
  for (const { account_id, name, value, created_ms, score } of properties)
    if (score !== null)
      add(counts, [account_id, `properties.${name}`, value, hourOf(created_ms), `s${score}`], 1)
  const { rows: impressions } = await sql<ImpressionRow>`select * from impressions ${ofAccount}`.execute(db)
  for (const { account_id, created_ms, outcome, level, form, language, device, ...row } of impressions) {
    const values = Object.entries({ '': '', level, form, language, device })
    for (const [name, value] of Object.entries(JSON.parse(row.properties) as object))
      if (value !== null) values.push([`properties.${name}`, String(value)])
    for (const [dimension, value] of values)
      add(counts, [account_id, dimension, value, hourOf(created_ms), OUTCOMES[outcome]], 1)
  }
  return counts
}

type Key = { account_id: number; dimension: string; value: string; hour_ms: number }
type Delta = Key & { measure: string; n: number }

/** Of one account where it is named: the database has those of other tests too. */
const whereAccount = (accountId: number | undefined) =>
  accountId === undefined ? sql`` : sql`where account_id = ${accountId}`

/** What is counted: the counts by hour with what is to be added to them. */
export async function countedHourly({ db }: Storage, accountId?: number): Promise<Counts> {
  const counts: Counts = {}
  const ofAccount = whereAccount(accountId)
  const hourly = await sql<Key & Record<string, number>>`select * from report_hourly ${ofAccount}`.execute(db)
  for (const row of hourly.rows)
    for (const measure of MEASURES)
      add(counts, [row.account_id, row.dimension, row.value, row.hour_ms, measure], row[measure] ?? 0)
  const { rows: deltas } = await sql<Delta>`select * from report_hourly_deltas ${ofAccount}`.execute(db)
  for (const { account_id, dimension, value, hour_ms, measure, n } of deltas)
    add(counts, [account_id, dimension, value, hour_ms, measure], n)
  return counts
}

const newestAccount = async ({ db }: Storage): Promise<number> =>
  (await db.selectFrom('accounts').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow()).id

const waiting = ({ db }: Storage) => db.selectFrom('report_hourly_deltas').select('id').execute()

const PLANS = ['a', 'b "quoted" ü', 'true'] as const

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('respond' as const), score: fc.nat(10), plan: fc.nat(2) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('show' as const), plan: fc.nat(2), link: fc.nat(4) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('decline' as const), plan: fc.nat(2), link: fc.nat(4) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('change' as const), which: fc.nat(), score: fc.nat(10) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('exclude', 'delete', 'forget'), which: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('import', 'fold') }) },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Known {
  id: number
  user: number
}

interface History {
  caller: Caller
  storage: Storage
  accountId: number
  users: number[]
  known: Known[]
}

async function perform(one: Step, { caller, storage, accountId, users, known }: History): Promise<void> {
  const survey = (link: number) => ({ unique_link: `link-${link}`, language: 'de' })
  if (one.kind === 'fold') return foldDeltas(storage)
  if (one.kind === 'import') return importSome(storage, accountId)
  if ('plan' in one) {
    const user = users[one.plan] ?? 0
    const path = `/v1/end_users/${user}`
    if (one.kind === 'show') await caller.post(`${path}/impressions`, { survey: survey(one.link) })
    else if (one.kind === 'decline') await caller.post(`${path}/declines`, { survey: survey(one.link) })
    else {
      const { body } = await caller.post<ResponseRecord>(`${path}/responses`, {
        score: one.score,
        origin_url: 'https://example.com/',
        survey: survey(one.score),
      })
      if (body.id !== undefined) known.push({ id: body.id, user })
    }
    return
  }
  const target = known[('which' in one ? one.which : 0) % Math.max(1, known.length)]
  if (!target) return
  if (one.kind === 'delete') await caller.delete(`/v1/responses/${target.id}`)
  else if (one.kind === 'forget') await caller.delete(`/v1/end_users/${target.user}`)
  else if (one.kind === 'exclude')
    await caller.put(`/v1/responses/${target.id}`, { excluded_from_calculations: true })
  else if ('score' in one)
    await caller.put(`/v1/end_users/${target.user}/responses/${target.id}`, {
      score: one.score,
      text: 'changed',
    })
}

async function importSome(storage: Storage, accountId: number): Promise<void> {
  const csv =
    'id,email,score,created_at,comment,plan\n1,one@example.com,9,2026-01-01,good,a\n2,two@example.com,3,2026-01-02,,b\n'
  await importResponses({
    storage,
    accountId,
    source: 'csv',
    chunks: (async function* () {
      yield new TextEncoder().encode(csv)
    })(),
    map: [],
    timeZone: 'UTC',
    dateOrder: undefined,
    dryRun: false,
    nowMs: Date.now(),
    onReject: async () => undefined,
  })
}

export function hourlySuite(context: ContractContext): void {
  let storage: Storage

  beforeAll(async () => {
    storage = await openBeside(context.db)
  })
  afterAll(() => storage.close())

  test('the counts by hour equal the rows after a random history, folded or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async steps => {
        const caller = await context.newAccount()
        const accountId = await newestAccount(storage)
        const users: number[] = []
        for (const plan of PLANS)
          users.push(
            (await caller.newEndUser({ properties: { plan, seats: 1.5, trial: true, none: null } })).id,
          )
        const known: Known[] = []
        for (const one of steps) await perform(one, { caller, storage, accountId, users, known })
        const expected = await countHourlyByHand(storage, accountId)
        expect(await countedHourly(storage, accountId)).toEqual(expected)
        await foldDeltas(storage)
        expect(await waiting(storage)).toEqual([])
        expect(await countedHourly(storage, accountId)).toEqual(expected)
      }),
      { numRuns: 5 },
    )
  })

  test('responses that arrive while deltas are folded are counted once', async () => {
    const caller = await context.newAccount()
    const { id } = await caller.newEndUser({ properties: { plan: 'a' } })
    const responses = Array.from({ length: 40 }, (_, n) =>
      caller.post(`/v1/end_users/${id}/responses`, { score: n % 11, origin_url: 'https://example.com/' }),
    )
    await Promise.all([...responses, foldDeltas(storage), foldDeltas(storage)])
    await foldDeltas(storage)
    expect(await countedHourly(storage)).toEqual(await countHourlyByHand(storage))
  })

  test('responses of an account that are deleted leave nothing in the counts', async () => {
    await context.newAccount()
    const accountId = await newestAccount(storage)
    await seedBeside(context.db, { accountId, responses: 200 })
    expect(await countedHourly(storage)).toEqual(await countHourlyByHand(storage))
    await storage.write(db => sql`delete from end_users where account_id = ${accountId}`.execute(db))
    await foldDeltas(storage)
    expect(await countedHourly(storage)).toEqual(await countHourlyByHand(storage))
    const { rows } = await sql`select * from report_hourly where account_id = ${accountId}`.execute(
      storage.db,
    )
    expect(rows).toEqual([])
  })
}
