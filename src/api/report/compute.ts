import { DAY_MS } from '../../domain/retention.js'
import type {
  BucketAnswer,
  DimensionsAnswer,
  PeriodAnswer,
  RatesAnswer,
  ReportAnswer,
  ReportUnit,
  SegmentsAnswer,
  SeriesAnswer,
} from '../../wire/report.js'
import { invalid } from '../http-error.js'
import {
  countAll,
  firstResponseMs,
  momentValues,
  propertyNames,
  propertyValues,
  selectLags,
} from '../storage/report/account-facts.js'
import { MOMENT_DIMENSIONS, type MomentDimension, type ReportFilter } from '../storage/report/filter.js'
import { countOutcomes } from '../storage/report/outcomes.js'
import { countScores } from '../storage/report/scores.js'
import { countSegments, type SplitBy } from '../storage/report/segments.js'
import type { Db } from '../storage/storage.js'
import { bucketBoundaries, type Calendar, MAX_BUCKETS } from './calendar.js'
import { changeFigures, classCounts, percentile, scoreFigures } from './figures.js'
import { daysBefore, type ReportScope } from './parameters.js'

/** For so long a response may wait on the device of whoever gave it. */
const MAX_LAG_MS = 60 * DAY_MS
/** The latest responses, whose lag is looked at. */
const LAG_SAMPLE = 1_000

const instant = (timeMs: number): string => new Date(timeMs).toISOString()

const period = (startMs: number, endMs: number): PeriodAnswer => ({
  start: instant(startMs),
  end: instant(endMs),
})

const NO_RATES: RatesAnswer = { shown: 0, answered: 0, closed: 0, neither: 0 }

export type Compare = 'previous' | 'year' | 'none'

/** The period that another one is compared with: the same number of days before it, or a year earlier. */
function comparedPeriod(calendar: Calendar, { startMs, endMs }: ReportFilter, compare: Compare) {
  if (compare === 'none') return undefined
  if (compare === 'year') {
    const yearBefore = (timeMs: number) => {
      const { year, ...date } = calendar.dateOf(timeMs)
      return calendar.startOfDay({ ...date, year: year - 1 })
    }
    return { startMs: Math.max(0, yearBefore(startMs)), endMs: Math.max(1, yearBefore(endMs)) }
  }
  const days = Math.round((endMs - startMs) / DAY_MS)
  const wholeDays = [startMs, endMs].every(timeMs => calendar.startOf('day', timeMs) === timeMs)
  const earlier = wholeDays ? daysBefore(calendar, startMs, days) : startMs - (endMs - startMs)
  return { startMs: Math.max(0, earlier), endMs: startMs }
}

/** Score, distribution, change and rates of a period. */
export async function computeReport(
  db: Db,
  { filter, calendar }: ReportScope,
  compare: Compare = 'previous',
): Promise<ReportAnswer> {
  const { accountId, startMs, endMs } = filter
  const compared = comparedPeriod(calendar, filter, compare)
  const [distribution = [], rates = NO_RATES] = await Promise.all([
    countScores(db, filter, [startMs, endMs]).then(([one]) => one),
    countOutcomes(db, filter, [startMs, endMs]).then(([one]) => one),
  ])
  const before = compared && (await countScores(db, filter, [compared.startMs, compared.endMs]))[0]
  const lags = await selectLags(db, accountId, LAG_SAMPLE)
  const seconds = (percent: number) => {
    const ms = percentile(lags, percent)
    return ms === undefined ? null : Math.round(ms / 1_000)
  }
  const first = await firstResponseMs(db, accountId)
  return {
    period: period(startMs, endMs),
    time_zone: calendar.timeZone,
    week_start: calendar.weekStart,
    score: scoreFigures(classCounts(distribution)),
    distribution,
    previous:
      compared && before
        ? { ...period(compared.startMs, compared.endMs), score: scoreFigures(classCounts(before)) }
        : null,
    change: before ? changeFigures(classCounts(before), classCounts(distribution)) : null,
    rates,
    lag: { n: lags.length, median_s: seconds(50), p95_s: seconds(95) },
    total: await countAll(db, accountId),
    first: first === undefined ? null : instant(first),
  }
}

/** The unit that makes a chart of a few dozen points. */
export function suitableUnit({ startMs, endMs }: Pick<ReportFilter, 'startMs' | 'endMs'>): ReportUnit {
  const days = (endMs - startMs) / DAY_MS
  if (days <= 2) return 'hour'
  if (days <= 45) return 'day'
  if (days <= 400) return 'week'
  if (days <= 5 * 366) return 'month'
  return days <= 15 * 366 ? 'quarter' : 'year'
}

/** The score over time. @throws HttpError 400 where the range has too many of the unit */
export async function computeSeries(
  db: Db,
  { filter, calendar }: ReportScope,
  { unit, nowMs }: { unit: ReportUnit; nowMs: number },
): Promise<SeriesAnswer> {
  const boundaries = boundariesOf(filter, calendar, unit)
  const [counts, outcomes] = await Promise.all([
    countScores(db, filter, boundaries),
    countOutcomes(db, filter, boundaries),
  ])
  const buckets = counts.map((distribution, index): BucketAnswer => {
    const [startMs = 0, endMs = 0] = boundaries.slice(index, index + 2)
    return {
      ...period(startMs, endMs),
      score: scoreFigures(classCounts(distribution)),
      distribution,
      rates: outcomes[index] ?? null,
      may_fill: endMs + MAX_LAG_MS > nowMs,
    }
  })
  return { unit, time_zone: calendar.timeZone, buckets }
}

function boundariesOf({ startMs, endMs }: ReportFilter, calendar: Calendar, unit: ReportUnit): number[] {
  try {
    return bucketBoundaries(calendar, unit, startMs, endMs)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw invalid(`makes more than ${MAX_BUCKETS} of this range`, 'unit')
  }
}

const isMomentDimension = (name: string): name is MomentDimension =>
  (MOMENT_DIMENSIONS as readonly string[]).includes(name)

const PROPERTY = 'properties.'

/** What `by` means: a dimension by its name, else a property; `properties.form` is a property whatever its name. */
function parseSplit(by: string): SplitBy {
  if (by.startsWith(PROPERTY)) return { property: by.slice(PROPERTY.length) }
  if (by === 'text') return { dimension: 'has_text' }
  return isMomentDimension(by) ? { dimension: by } : { property: by }
}

const MAX_SEGMENTS = 50

/** The score by property, form, language, level, device, or with and without text. */
export async function computeSegments(db: Db, { filter }: ReportScope, by: string): Promise<SegmentsAnswer> {
  const split = parseSplit(by)
  const { segments, others } = await countSegments(db, filter, split, MAX_SEGMENTS)
  const all = segments.reduce((sum, { n }) => sum + n, others)
  return {
    by,
    segments: segments.map(({ value, n, promoters, detractors }) => ({
      value: by === 'text' ? (value === '1' ? 'with' : 'without') : value,
      score: scoreFigures({ promoters, detractors, passives: n - promoters - detractors }),
      share: n / all,
    })),
    others,
  }
}

const MAX_NAMES = 30
const MAX_VALUES = 30

/** What the account's responses may be filtered and split by. */
export async function computeDimensions(db: Db, accountId: number): Promise<DimensionsAnswer> {
  const dimensions: DimensionsAnswer['dimensions'] = []
  const add = (by: string, values: string[]) => {
    if (values.some(value => value !== ''))
      dimensions.push({ by, values: values.slice(0, MAX_VALUES), more: values.length > MAX_VALUES })
  }
  for (const dimension of MOMENT_DIMENSIONS)
    add(dimension, await momentValues(db, accountId, dimension, MAX_VALUES + 1))
  for (const name of await propertyNames(db, accountId, MAX_NAMES))
    add(`${PROPERTY}${name}`, await propertyValues(db, accountId, name, MAX_VALUES + 1))
  return { dimensions }
}
