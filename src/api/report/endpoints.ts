import * as v from 'valibot'
import { DAY_MS } from '../../domain/retention.js'
import type { CommentAnswer } from '../../wire/report.js'
import type { Properties } from '../../wire/v1.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { notFound } from '../http-error.js'
import { type CommentRow, countComments, selectComment, selectComments } from '../storage/report/comments.js'
import { selectReportSettings, upsertReportSettings } from '../storage/report/settings.js'
import type { Storage } from '../storage/storage.js'
import { UNITS, type WeekStart } from './calendar.js'
import { computeDimensions, computeReport, computeSegments, computeSeries, suitableUnit } from './compute.js'
import {
  type FilterParameters,
  filterEntries,
  parseScope,
  type ReportScope,
  reportSettingsSchema,
} from './parameters.js'
import {
  commentSchema,
  commentsSchema,
  dimensionsSchema,
  reportSchema,
  segmentsSchema,
  seriesSchema,
  settingsSchema,
  shareSchema,
} from './schemas.js'
import type { Shares } from './shares.js'

export interface ReportServices {
  storage: Storage
  shares: Shares
  /** The zone of an account that has set none. */
  timeZone: string
}

const MAX_SHARE_DAYS = 366
const MAX_PER_PAGE = 200

const by = v.pipe(
  v.string('is required'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(300, 'must be at most 300 characters'),
  v.metadata({ description: 'level, form, language, device, text, or a property.' }),
)

const whole = (most: number, otherwise: number) =>
  v.pipe(
    v.optional(v.string(), String(otherwise)),
    v.metadata({ type: 'integer', minimum: 0, maximum: most, default: otherwise }),
    v.check(digits => /^\d{1,9}$/.test(digits) && Number(digits) <= most, `must be from 0 to ${most}`),
    v.transform(Number),
  )

const compare = v.optional(
  v.picklist(['previous', 'year', 'none'], 'must be previous, year or none'),
  'previous',
)

/** How dates are read, unless the request says otherwise. */
async function readReportSettings({ storage, timeZone }: ReportServices, accountId: number) {
  const row = await selectReportSettings(storage.db, accountId)
  return {
    time_zone: row?.time_zone ?? timeZone,
    week_start: (row?.week_start ?? 'monday') as WeekStart,
  }
}

/** The account's figures: `/v1/report…`. */
export function reportEndpoints(services: ReportServices): Endpoint[] {
  const { storage } = services

  async function scopeOf(
    { accountId, nowMs }: { accountId: number; nowMs: number },
    parameters: FilterParameters,
  ): Promise<ReportScope> {
    const { time_zone, week_start } = await readReportSettings(services, accountId)
    return parseScope(parameters, { accountId, nowMs, timeZone: time_zone, weekStart: week_start })
  }

  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/report',
      summary: 'Get the score of a period, with its interval, distribution, change and rates',
      parameters: v.object({ ...filterEntries, compare }),
      answers: reportSchema,
      shareable: true,
      handle: async (call, { compare, ...parameters }) =>
        computeReport(storage.scansFor(call.accountId), await scopeOf(call, parameters), compare),
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/report/series',
      summary: 'Get the score over time',
      parameters: v.object({
        ...filterEntries,
        unit: v.optional(v.picklist(UNITS, `must be ${UNITS.join(', ')}`)),
      }),
      answers: seriesSchema,
      shareable: true,
      async handle(call, { unit, ...parameters }) {
        const scope = await scopeOf(call, parameters)
        const { accountId, nowMs } = call
        return computeSeries(storage.scansFor(accountId), scope, {
          unit: unit ?? suitableUnit(scope.filter),
          nowMs,
        })
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/report/segments',
      summary: 'Get the score by a property or another dimension',
      parameters: v.object({ ...filterEntries, by }),
      answers: segmentsSchema,
      shareable: true,
      handle: async (call, { by, ...parameters }) =>
        computeSegments(storage.scansFor(call.accountId), await scopeOf(call, parameters), by),
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/report/dimensions',
      summary: 'Get what a report may be filtered and split by',
      parameters: v.object({}),
      answers: dimensionsSchema,
      handle: ({ accountId }) => computeDimensions(storage.scansFor(accountId), accountId),
    }),
    ...commentEndpoints(storage, scopeOf),
    shareEndpoint(services, scopeOf),
    ...settingsEndpoints(services),
  ]
}

type ScopeOf = (
  call: { accountId: number; nowMs: number },
  parameters: FilterParameters,
) => Promise<ReportScope>

function commentEndpoints(storage: Storage, scopeOf: ScopeOf): Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/report/comments',
      summary: 'Get the texts of responses, newest first',
      parameters: v.object({
        ...filterEntries,
        search: v.optional(v.pipe(v.string(), v.maxLength(200, 'must be at most 200 characters')), ''),
        offset: whole(100_000_000, 0),
        per_page: whole(MAX_PER_PAGE, 50),
      }),
      answers: commentsSchema,
      async handle(call, { search, offset, per_page: limit, ...parameters }) {
        const { filter } = await scopeOf(call, parameters)
        const scans = storage.scansFor(call.accountId)
        const [total, rows] = await Promise.all([
          countComments(scans, filter, search),
          selectComments(scans, filter, { search, offset, limit }),
        ])
        return { total, offset, comments: rows.map(commentAnswer) }
      },
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/report/comments/:id',
      summary: 'Get one text',
      parameters: v.object({}),
      answers: commentSchema,
      async handle({ accountId, ids }) {
        const row = await selectComment(storage.scansFor(accountId), accountId, ids.id)
        if (!row) throw notFound()
        return commentAnswer(row)
      },
    }),
  ]
}

const commentAnswer = (row: CommentRow): CommentAnswer => ({
  id: row.id,
  created_at: new Date(row.created_ms).toISOString(),
  score: row.score,
  text: row.text,
  end_user: { id: row.end_user_id, email: row.email },
  origin_url: row.origin_url,
  level: row.level ?? '',
  form: row.form ?? '',
  language: row.language ?? '',
  device: row.device ?? '',
  properties: JSON.parse(row.properties ?? '{}') as Properties,
})

function shareEndpoint({ shares }: ReportServices, scopeOf: ScopeOf): Endpoint {
  const days = v.pipe(
    v.optional(v.union([v.pipe(v.string(), v.maxLength(20)), v.number()]), 30),
    v.metadata({ type: 'integer', minimum: 1, maximum: MAX_SHARE_DAYS, default: 30 }),
    v.transform(Number),
    v.check(
      days => Number.isInteger(days) && days >= 1 && days <= MAX_SHARE_DAYS,
      `must be from 1 to ${MAX_SHARE_DAYS}`,
    ),
  )
  return defineEndpoint({
    method: 'POST',
    path: '/v1/report/shares',
    summary: 'Sign a link to these figures, without texts, that expires',
    parameters: v.object({ ...filterEntries, by: v.optional(by), compare, days }),
    answers: shareSchema,
    async handle(call, { days, by, compare, ...parameters }) {
      const { filter, calendar } = await scopeOf(call, parameters)
      const { accountId, nowMs } = call
      const expiresMs = nowMs + days * DAY_MS
      const fixed = {
        ...parameters,
        // What the range is now, not what the same words mean later.
        date: {
          start: new Date(filter.startMs).toISOString(),
          end: new Date(filter.endMs).toISOString(),
        },
        time_zone: calendar.timeZone,
        week_start: calendar.weekStart,
        compare,
        ...(by !== undefined && { by }),
      }
      const token = shares.sign({ accountId, expiresMs, parameters: fixed })
      return { token, expires_at: new Date(expiresMs).toISOString() }
    },
  })
}

function settingsEndpoints(services: ReportServices): Endpoint[] {
  const { storage } = services
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/report/settings',
      summary: 'Get the time zone and week start of the account’s figures',
      parameters: v.object({}),
      answers: settingsSchema,
      handle: ({ accountId }) => readReportSettings(services, accountId),
    }),
    defineEndpoint({
      method: 'PUT',
      path: '/v1/report/settings',
      summary: 'Set them',
      parameters: reportSettingsSchema,
      answers: settingsSchema,
      async handle({ accountId }, settings) {
        await storage.write(db => upsertReportSettings(db, { account_id: accountId, ...settings }))
        return settings
      },
    }),
  ]
}
