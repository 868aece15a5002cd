import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bucketBoundaries } from '../../../../src/api/report/calendar.js'
import { scoreFigures } from '../../../../src/api/report/figures.js'
import { type FilterParameters, parseScope } from '../../../../src/api/report/parameters.js'
import { countScores } from '../../../../src/api/storage/report/scores.js'
import { countSegments } from '../../../../src/api/storage/report/segments.js'
import type { Storage } from '../../../../src/api/storage/storage.js'
import type {
  DimensionsAnswer,
  ReportAnswer,
  SegmentsAnswer,
  SeriesAnswer,
} from '../../../../src/wire/report.js'
import type { Caller } from '../../../support/api-caller.js'
import { openBeside, seedBeside } from '../../../support/open-seeded.js'
import type { ContractContext } from '../../api/suites/contract-context.js'
import { countedHourly, countHourlyByHand } from './hourly.js'

interface Counted {
  n: number
  promoters: number
  passives: number
  detractors: number
}

const RESPONSES = 5_000
const NOW_MS = Date.UTC(2026, 10, 30, 12)
const RANGE = 'date[start]=2025-11-01&date[end]=2026-11-30&time_zone=America/New_York'
const [START_MS, END_MS] = [Date.UTC(2025, 10, 1, 4), Date.UTC(2026, 11, 1, 5)]

/** What a person would write by hand to know the same, straight from the records. */
async function countByHand({ db }: Storage, where: string, join = ''): Promise<Counted> {
  const { rows } = await sql<Counted>`select count(*) as n,
    cast(sum(case when r.score >= 9 then 1 else 0 end) as bigint) as promoters,
    cast(sum(case when r.score between 7 and 8 then 1 else 0 end) as bigint) as passives,
    cast(sum(case when r.score <= 6 then 1 else 0 end) as bigint) as detractors
    from responses r join end_users e on e.account_id = r.account_id and e.id = r.end_user_id ${sql.raw(join)}
    where r.account_id = 1 and ${sql.raw(where)}`.execute(db)
  const [row] = rows
  if (!row) throw new Error('an aggregate has one row')
  return row
}

const SNAPSHOT = 'join response_snapshots s on s.account_id = r.account_id and s.response_id = r.id'

/** The parameters of a query string. */
function parametersOf(query: string): FilterParameters {
  const properties: Record<string, string> = {}
  const others: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    const property = /^properties\[(.*)\]$/.exec(name)?.[1]
    if (property === undefined) others[name] = value
    else properties[property] = value
  }
  return { ...others, properties } as FilterParameters
}

const inRange = `r.created_ms >= ${START_MS} and r.created_ms < ${END_MS}`

export function figureSuite(context: ContractContext): void {
  let caller: Caller
  let beside: Storage
  const get = async <T>(path: string): Promise<T> => {
    const { status, body } = await caller.get<T>(path)
    expect(status, JSON.stringify(body)).toBe(200)
    return body
  }

  beforeAll(async () => {
    caller = context.caller
    await seedBeside(context.db, { responses: RESPONSES, nowMs: NOW_MS })
    beside = await openBeside(context.db)
  })
  afterAll(() => beside.close())

  test('score, classes and interval equal those of a plain query', async () => {
    const report = await get<ReportAnswer>(`/v1/report?${RANGE}`)
    const byHand = await countByHand(beside, inRange)
    expect(report.score).toEqual(scoreFigures(byHand))
    expect(report.total).toBe(RESPONSES)
    expect(report.distribution.reduce((a, b) => a + b)).toBe(byHand.n)
    expect(byHand.n).toBeGreaterThan(1_000)
  })

  test('5,000 seeded responses are counted by hour as they are by row', async () => {
    expect(await countedHourly(beside)).toEqual(await countHourlyByHand(beside))
  })

  test('the previous period has the same number of days, and the change is told', async () => {
    const report = await get<ReportAnswer>(
      '/v1/report?date[start]=2026-11-01&date[end]=2026-11-30&time_zone=UTC',
    )
    expect(report.previous).toMatchObject({
      start: '2026-10-02T00:00:00.000Z',
      end: '2026-11-01T00:00:00.000Z',
    })
    const before = await countByHand(
      beside,
      `r.created_ms >= ${Date.UTC(2026, 9, 2)} and r.created_ms < ${Date.UTC(2026, 10, 1)}`,
    )
    expect(report.previous?.score).toEqual(scoreFigures(before))
    expect(report.change?.points).toBeCloseTo((report.score.nps ?? 0) - (report.previous?.score.nps ?? 0), 9)
  })

  test.each(['day', 'week', 'month', 'quarter'])('buckets by %s add up to the whole', async unit => {
    const { buckets } = await get<SeriesAnswer>(`/v1/report/series?${RANGE}&unit=${unit}`)
    const report = await get<ReportAnswer>(`/v1/report?${RANGE}`)
    const sum = (pick: (bucket: SeriesAnswer['buckets'][number]) => number) =>
      buckets.reduce((total, bucket) => total + pick(bucket), 0)
    expect(sum(({ score }) => score.n)).toBe(report.score.n)
    expect(sum(({ score }) => score.promoters)).toBe(report.score.promoters)
    expect(sum(({ rates }) => rates?.shown ?? 0)).toBe(report.rates.shown)
    for (const [i, { end }] of buckets.slice(0, -1).entries()) expect(buckets[i + 1]?.start).toBe(end)
  })

  test('a day is the day of the zone, also where the clocks change', async () => {
    const { buckets } = await get<SeriesAnswer>(
      '/v1/report/series?date[start]=2026-03-08&date[end]=2026-03-08&unit=day&time_zone=America/New_York',
    )
    expect(buckets).toHaveLength(1)
    expect(buckets[0]).toMatchObject({ start: '2026-03-08T05:00:00.000Z', end: '2026-03-09T04:00:00.000Z' })
    const byHand = await countByHand(
      beside,
      `r.created_ms >= ${Date.UTC(2026, 2, 8, 5)} and r.created_ms < ${Date.UTC(2026, 2, 9, 4)}`,
    )
    expect(buckets[0]?.score).toEqual(scoreFigures(byHand))
  })

  test('a bucket says whether responses may still arrive for it', async () => {
    const { buckets } = await get<SeriesAnswer>(`/v1/report/series?${RANGE}&unit=month`)
    expect(buckets.at(0)?.may_fill).toBe(false)
    expect(buckets.at(-1)?.may_fill).toBe(true)
  })

  const FILTERS: [query: string, where: string, join?: string][] = [
    ['properties[plan]=business', `e.properties like '%"plan":"business"%'`],
    [
      'properties[plan]=business&properties[country]=DE',
      `e.properties like '%"plan":"business"%' and e.properties like '%"country":"DE"%'`,
    ],
    ['level=proven', `e.email not like '%anonymous.invalid' and s.level = 'proven'`, SNAPSHOT],
    ['language=de,fr', `s.language in ('de', 'fr')`, SNAPSHOT],
    ['language=de&device=phone', `s.language = 'de' and s.device = 'phone'`, SNAPSHOT],
    ['text=with', 'r.text is not null'],
    ['text=without&form=bar', `r.text is null and s.form = 'bar'`, SNAPSHOT],
    ['class=detractors', 'r.score <= 6'],
    [
      'class=detractors,promoters&properties[plan]=team',
      `r.score not in (7, 8) and s.properties like '%"team"%'`,
      SNAPSHOT,
    ],
    [
      'properties[plan]=team&text=with&language=en',
      `s.properties like '%"team"%' and r.text is not null and s.language = 'en'`,
      SNAPSHOT,
    ],
  ]

  test.each(FILTERS)('the filter %s counts what a plain query counts', async (query, where, join) => {
    const byHand = await countByHand(beside, `${inRange} and ${where}`, join)
    const report = await get<ReportAnswer>(`/v1/report?${RANGE}&${query}`)
    expect(report.score).toEqual(scoreFigures(byHand))
    expect(byHand.n).toBeGreaterThan(20)
    const { segments } = await get<SegmentsAnswer>(`/v1/report/segments?${RANGE}&${query}&by=country`)
    expect(segments.reduce((sum, { score }) => sum + score.n, 0)).toBe(byHand.n)
  })

  test.each(FILTERS)('the filter %s counts the same by index and in one pass', async query => {
    const scope = parseScope(parametersOf(query), {
      accountId: 1,
      nowMs: NOW_MS,
      timeZone: 'Asia/Kolkata',
      weekStart: 'monday',
    })
    const { startMs, endMs } = scope.filter
    const boundaries = bucketBoundaries(scope.calendar, 'week', startMs, endMs)
    const [byIndex, inOnePass] = [
      await countScores(beside.db, scope.filter, boundaries),
      await countScores(beside.db, scope.filter, boundaries, -1),
    ]
    expect(inOnePass).toEqual(byIndex)
    for (const by of [{ property: 'country' }, { dimension: 'form' }] as const)
      expect(await countSegments(beside.db, scope.filter, by, 50, -1)).toEqual(
        await countSegments(beside.db, scope.filter, by, 50),
      )
  })

  test.each(['plan', 'level', 'language', 'form', 'device', 'text'])('segments by %s', async by => {
    const { segments, others } = await get<SegmentsAnswer>(`/v1/report/segments?${RANGE}&by=${by}`)
    expect(others).toBe(0)
    expect(segments.length).toBeGreaterThan(1)
    for (const { value, score } of segments) {
      const where =
        by === 'plan'
          ? `e.properties like '%"plan":"${value}"%'`
          : by === 'text'
            ? `r.text is ${value === 'with' ? 'not null' : 'null'}`
            : `s.${by} = '${value}'`
      expect(score).toEqual(scoreFigures(await countByHand(beside, `${inRange} and ${where}`, SNAPSHOT)))
    }
  })

  test('shown is answered, closed and neither, to the unit', async () => {
    const { rates } = await get<ReportAnswer>(`/v1/report?${RANGE}`)
    expect(rates.shown).toBe(rates.answered + rates.closed + rates.neither)
    expect(Math.min(rates.answered, rates.closed, rates.neither)).toBeGreaterThan(100)
    const some = await get<ReportAnswer>(`/v1/report?${RANGE}&properties[plan]=team&language=en`)
    expect(some.rates.shown).toBeGreaterThan(10)
    expect(some.rates.shown).toBeLessThan(rates.shown)
  })

  test('the lag is that of what arrived last', async () => {
    const { lag } = await get<ReportAnswer>(`/v1/report?${RANGE}`)
    expect(lag.n).toBe(1_000)
    expect(lag.median_s).toBeLessThan(3)
    expect(lag.p95_s).toBeGreaterThan(60)
  })

  test('dimensions name what there is to split by', async () => {
    const { dimensions } = await get<DimensionsAnswer>('/v1/report/dimensions')
    expect(dimensions.map(({ by }) => by)).toEqual([
      'level',
      'form',
      'language',
      'device',
      'properties.country',
      'properties.plan',
      'properties.team_size',
    ])
    expect(dimensions.find(({ by }) => by === 'properties.plan')?.values).toEqual([
      'business',
      'enterprise',
      'starter',
      'team',
    ])
  })

  test('another account sees nothing of it', async () => {
    const other = await context.newAccount()
    const { body } = await other.get<ReportAnswer>(`/v1/report?${RANGE}`)
    expect(body).toMatchObject({ total: 0, first: null, score: { n: 0 }, rates: { shown: 0 }, lag: { n: 0 } })
    expect((await other.get('/v1/report/dimensions')).body).toEqual({ dimensions: [] })
    expect((await other.get('/v1/report/comments')).body).toEqual({ total: 0, offset: 0, comments: [] })
    expect((await other.get('/v1/report/segments?by=plan')).body).toMatchObject({ segments: [] })
  })

  test.each([
    'date[start]=2026-02-30',
    'date[start]=yesterday',
    'date[start]=2026-02-02&date[end]=2026-02-01',
    'time_zone=Mars/Olympus',
    'week_start=friday',
    'class=happy',
    'properties=plan',
    'text=some',
    'compare=all',
  ])('a report refuses %s', async query => {
    expect((await caller.get(`/v1/report?${query}`)).status).toBe(400)
  })

  test('a series of too many buckets is refused', async () => {
    expect((await caller.get('/v1/report/series?date[start]=1971-01-01&unit=hour')).status).toBe(400)
  })

  test('zone and week start are kept by account', async () => {
    const other = await context.newAccount()
    expect((await other.get('/v1/report/settings')).body).toEqual({ time_zone: 'UTC', week_start: 'monday' })
    const settings = { time_zone: 'Asia/Tokyo', week_start: 'sunday' }
    expect((await other.put('/v1/report/settings', settings)).body).toEqual(settings)
    expect((await other.get<ReportAnswer>('/v1/report')).body).toMatchObject(settings)
    expect((await caller.get<ReportAnswer>('/v1/report')).body.time_zone).toBe('UTC')
  })
}
