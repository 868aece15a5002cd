import { sql } from 'kysely'
import * as v from 'valibot'
import { PASSIVE_FROM, PROMOTER_FROM } from '../../domain/nps-class.js'
import { DAY_MS } from '../../domain/retention.js'
import type { NpsSummary } from '../../wire/v1.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { invalid } from '../http-error.js'
import type { Db } from '../storage/storage.js'
import { count } from './record-shapes.js'
import type { Services } from './services.js'

/** Where no range is asked for, the summary is of so long. */
const LAST_MONTH_MS = 30 * DAY_MS

const DAY = /^'?(\d{4}-\d{2}-\d{2})'?$/

/** A day as the document prints it: with or without its quotes. */
const day = v.pipe(
  v.string('must be a date'),
  v.metadata({ pattern: DAY.source, description: 'YYYY-MM-DD, in the time zone of the API.' }),
  v.regex(DAY, 'must be a date, YYYY-MM-DD'),
  v.transform(text => text.replaceAll("'", '')),
)

const summaryParameters = v.object({
  date: v.optional(v.object({ start: v.optional(day), end: v.optional(day) }, 'must be a hash')),
})

export const npsSummarySchema = v.object({
  nps: v.pipe(v.number(), v.integer(), v.minValue(-100), v.maxValue(100)),
  responses: count,
  detractors: count,
  passives: count,
  promoters: count,
  response_rate: count,
  email_response_rate: count,
})

/** Section "Metrics" of the later document. */
export const npsSummaryEndpoints = ({ storage, startOfDayMs }: Services): Endpoint[] => [
  defineEndpoint({
    method: 'GET',
    path: '/v1/nps_summary',
    summary: 'Get the NPS of a range of days, of the last 30 days by default (later document)',
    parameters: summaryParameters,
    answers: npsSummarySchema,
    async handle({ accountId, nowMs }, { date }): Promise<NpsSummary> {
      const startOf = (text: string, field: string): number => {
        const startMs = startOfDayMs(text)
        if (startMs === undefined) throw invalid('is no day of the calendar', field)
        return startMs
      }
      const untilMs = date?.end === undefined ? nowMs + 1 : startOf(date.end, 'date[end]') + DAY_MS
      const fromMs = date?.start === undefined ? untilMs - LAST_MONTH_MS : startOf(date.start, 'date[start]')
      return summarise(await countResponses(storage.scansFor(accountId), { accountId, fromMs, untilMs }))
    },
  }),
]

interface Counts {
  promoters: number
  passives: number
  detractors: number
  declines: number
  emailResponses: number
  emailDeclines: number
}

interface Range {
  accountId: number
  fromMs: number
  untilMs: number
}

async function countResponses(db: Db, { accountId, fromMs, untilMs }: Range): Promise<Counts> {
  const inRange = sql`account_id = ${accountId} and created_ms >= ${fromMs} and created_ms < ${untilMs} and excluded = 0`
  const ofEmail = sql`coalesce(sum(case when channel like 'email%' then 1 else 0 end), 0)`
  const { rows: responses } = await sql<Record<string, number>>`select
    coalesce(sum(case when score >= ${sql.lit(PROMOTER_FROM)} then 1 else 0 end), 0) as promoters,
    coalesce(sum(case when score >= ${sql.lit(PASSIVE_FROM)} and score < ${sql.lit(PROMOTER_FROM)} then 1 else 0 end), 0) as passives,
    coalesce(sum(case when score < ${sql.lit(PASSIVE_FROM)} then 1 else 0 end), 0) as detractors,
    ${ofEmail} as by_email from responses where ${inRange}`.execute(db)
  const { rows: declines } = await sql<Record<string, number>>`select
    count(*) as declines, ${ofEmail} as by_email from declines where ${inRange}`.execute(db)
  const numberOf = (row: Record<string, number> | undefined, name: string) => Number(row?.[name] ?? 0)
  return {
    promoters: numberOf(responses[0], 'promoters'),
    passives: numberOf(responses[0], 'passives'),
    detractors: numberOf(responses[0], 'detractors'),
    declines: numberOf(declines[0], 'declines'),
    emailResponses: numberOf(responses[0], 'by_email'),
    emailDeclines: numberOf(declines[0], 'by_email'),
  }
}

/** A share in whole per cent; of nothing it is 0, as the document shows it. */
const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((100 * part) / whole))

function summarise(counts: Counts): NpsSummary {
  const { promoters, passives, detractors } = counts
  const responses = promoters + passives + detractors
  return {
    nps: percent(promoters - detractors, responses),
    responses,
    detractors,
    passives,
    promoters,
    response_rate: percent(responses, responses + counts.declines),
    email_response_rate: percent(counts.emailResponses, counts.emailResponses + counts.emailDeclines),
  }
}
