import * as v from 'valibot'
import { NPS_CLASSES } from '../../domain/nps-class.js'
import { invalid } from '../http-error.js'
import { MOMENT_DIMENSIONS, type ReportFilter } from '../storage/report/filter.js'
import { type Calendar, createCalendar, WEEK_STARTS, type WeekStart } from './calendar.js'

const MAX_TEXT = 255
const LAST_MS = Date.UTC(9999, 11, 31)

const text = v.pipe(v.string('must be text'), v.maxLength(MAX_TEXT, `must be at most ${MAX_TEXT} characters`))

const timeZone = v.pipe(
  text,
  v.check(zone => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
    } catch {
      // What it throws says no more than this.
      return false
    }
  }, 'must be an IANA time zone'),
)

const weekStart = v.picklist(WEEK_STARTS, 'must be monday, saturday or sunday')

const list = v.pipe(
  text,
  v.metadata({ description: 'Separated by commas; an empty one is where nothing is known.' }),
)

const date = v.pipe(
  v.string('must be text'),
  v.regex(
    /^(\d{1,12}|\d{4}-\d\d-\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))$/,
    'must be a date, an ISO 8601 instant or UNIX seconds',
  ),
)

/** A hash of texts: `properties[plan]=pro`. */
const properties = v.pipe(
  v.custom<Record<string, string>>(
    input =>
      typeof input === 'object' &&
      input !== null &&
      !Array.isArray(input) &&
      Object.entries(input).every(
        ([name, value]) => typeof value === 'string' && value.length <= MAX_TEXT && name.length <= MAX_TEXT,
      ),
    'must be a hash of texts',
  ),
  v.check(hash => Object.keys(hash).length <= 10, 'must have at most 10 members'),
  v.metadata({ type: 'object', additionalProperties: { type: 'string', maxLength: MAX_TEXT } }),
)

/** What every part of a report takes. */
export const filterEntries = {
  date: v.optional(
    v.object({ start: v.optional(date), end: v.optional(date) }, 'must be date[start] and date[end]'),
  ),
  time_zone: v.optional(timeZone),
  week_start: v.optional(weekStart),
  class: v.optional(list),
  text: v.optional(v.picklist(['with', 'without'], 'must be with or without')),
  level: v.optional(list),
  form: v.optional(list),
  language: v.optional(list),
  device: v.optional(list),
  properties: v.optional(properties),
}

export const reportSettingsSchema = v.object({ time_zone: timeZone, week_start: weekStart }, 'is required')

const filterSchema = v.object(filterEntries)

export type FilterParameters = v.InferOutput<typeof filterSchema>

/** A filter, and the calendar by which its dates were read. */
export interface ReportScope {
  filter: ReportFilter
  calendar: Calendar
}

export interface ScopeDefaults {
  accountId: number
  nowMs: number
  timeZone: string
  weekStart: WeekStart
}

const DEFAULT_DAYS = 90

/** @throws HttpError 400 where the parameters contradict themselves */
export function parseScope(parameters: FilterParameters, defaults: ScopeDefaults): ReportScope {
  const calendar = createCalendar(
    parameters.time_zone ?? defaults.timeZone,
    parameters.week_start ?? defaults.weekStart,
  )
  const { start, end } = parameters.date ?? {}
  const today = calendar.startOf('day', defaults.nowMs)
  const endMs = end === undefined ? calendar.nextStart('day', today) : parseDate(calendar, end, 'end')
  const startMs =
    start === undefined ? daysBefore(calendar, endMs, DEFAULT_DAYS) : parseDate(calendar, start, 'start')
  if (startMs >= endMs) throw invalid('must not be after its end', 'date[start]')
  const moment = Object.fromEntries(
    MOMENT_DIMENSIONS.flatMap(name => {
      const given = parameters[name]
      return given === undefined ? [] : [[name, given.split(',')]]
    }),
  )
  const { text } = parameters
  return {
    calendar,
    filter: {
      accountId: defaults.accountId,
      startMs,
      endMs,
      scores: parseClasses(parameters.class),
      hasText: text === undefined ? undefined : text === 'with',
      moment,
      properties: Object.entries(parameters.properties ?? {}),
    },
  }
}

/** The first instant of the day that is `days` before the one which `timeMs` is in, or begins. */
export function daysBefore(calendar: Calendar, timeMs: number, days: number): number {
  const { year, month, day } = calendar.dateOf(timeMs)
  return calendar.startOfDay({ year, month, day: day - days })
}

function parseDate(calendar: Calendar, text: string, which: 'start' | 'end'): number {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? []
  if (year !== undefined && month !== undefined && day !== undefined) {
    const shown = new Date(Date.UTC(year, month - 1, day))
    if (year < 1970 || shown.getUTCDate() !== day || shown.getUTCMonth() !== month - 1)
      throw invalid('is no date from 1970 on', `date[${which}]`)
    // A day that a range ends with belongs to it.
    return calendar.startOfDay({ year, month, day: which === 'end' ? day + 1 : day })
  }
  const timeMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text)
  if (!(timeMs >= 0 && timeMs <= LAST_MS)) throw invalid('must be from 1970 to 9999', `date[${which}]`)
  return timeMs
}

function parseClasses(names: string | undefined): ReportFilter['scores'] {
  if (names === undefined) return []
  return names.split(',').map(name => {
    const range = Object.hasOwn(NPS_CLASSES, name) ? NPS_CLASSES[name as keyof typeof NPS_CLASSES] : undefined
    if (!range) throw invalid('must be promoters, passives or detractors', 'class')
    return range
  })
}
