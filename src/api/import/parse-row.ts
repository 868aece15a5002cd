import { createHash } from 'node:crypto'
import { MAX_LABEL_LENGTH, MAX_TEXT_LENGTH } from '../../domain/bounds.js'
import { isStorable } from '../../domain/storable-text.js'
import type { Properties } from '../../wire/v1.js'
import { createZoneOffset } from '../datetime.js'
import { createCalendar } from '../report/calendar.js'
import type { ColumnMap, ImportSource } from './import-formats.js'
import type { CsvRecord } from './read-csv.js'

/** A response as a file has it. */
export interface ImportedResponse {
  /** Names it within its source, so that it is added once. */
  uniqueLink: string
  /** Of whoever gave it; made up where the file does not say. */
  email: string
  isAnonymous: boolean
  score: number
  text: string | null
  createdMs: number
  language: string
  channel: string
  originUrl: string
  properties: Properties
}

export interface RowOptions {
  source: ImportSource
  columns: ColumnMap
  /** IANA zone of times that don't say theirs. */
  timeZone: string
  /** What comes first in `03/04/2026`. */
  dateOrder: 'mdy' | 'dmy' | undefined
}

/** Why a row is not imported. */
class RowError extends Error {}

const MAX_PROPERTY = 1_000

/** @returns how a row is read; it throws an Error whose message says what is wrong with it */
export function createRowParser({ source, columns, timeZone, dateOrder }: RowOptions) {
  const { targets, properties: mapped } = columns
  const readTime = createTimeReader(timeZone, dateOrder)

  return ({ fields }: CsvRecord): ImportedResponse => {
    const value = (target: keyof typeof targets): string => {
      const column = targets[target]
      return (column === undefined ? '' : (fields[column] ?? '')).trim()
    }
    for (const text of Object.values(fields))
      if (!isStorable(text) || text.includes('\uFFFD'))
        throw new RowError('has characters that are not UTF-8')
    const score = value('score')
    if (!/^(10|[0-9])(\.0+)?$/.test(score))
      throw new RowError(
        score === '' ? 'has no score' : `score must be a whole number from 0 to 10, not '${score}'`,
      )
    const createdMs = readTime(value('created_at'))
    const text = value('text')
    if (text.length > MAX_TEXT_LENGTH) throw new RowError(`text is longer than ${MAX_TEXT_LENGTH} characters`)
    const email = value('email') || value('external_id')
    if (email.length > MAX_LABEL_LENGTH)
      throw new RowError(`email is longer than ${MAX_LABEL_LENGTH} characters`)
    const id = value('id') || contentOf(fields)
    const uniqueLink = `import-${hash(`${source}\0${id}`)}`
    return {
      uniqueLink,
      email: email || `${uniqueLink}@anonymous.invalid`,
      isAnonymous: email === '',
      score: Number(score),
      text: text === '' ? null : text,
      createdMs,
      language: value('language').slice(0, 35),
      channel: value('channel').slice(0, 64),
      originUrl: value('origin_url') || `import:${source}`,
      properties: propertiesOf(fields, mapped),
    }
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 32)

/** A row without an id is what it says. */
const contentOf = (fields: CsvRecord['fields']): string =>
  JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))

function propertiesOf(fields: CsvRecord['fields'], mapped: ColumnMap['properties']): Properties {
  const entries = Object.entries(mapped).flatMap(([name, column]): [string, string][] => {
    const text = (fields[column] ?? '').trim()
    return text === '' ? [] : [[name.slice(0, MAX_LABEL_LENGTH), text.slice(0, MAX_PROPERTY)]]
  })
  return Object.fromEntries(entries)
}

const LAST_MS = Date.UTC(9999, 11, 31)

/** Times as exports write them: ISO 8601, with a blank and a zone, seconds since 1970, dates with slashes. */
function createTimeReader(timeZone: string, dateOrder: RowOptions['dateOrder']) {
  const calendar = createCalendar(timeZone, 'monday')
  const offsetOf = createZoneOffset(timeZone)

  function local(year: number, month: number, day: number, timeMs: number): number {
    const date = new Date(Date.UTC(year, month - 1, day))
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
      throw new RowError('has a date that is none')
    if (timeMs === 0) return calendar.startOfDay({ year, month, day })
    const wall = date.getTime() + timeMs
    const guess = wall - offsetOf(wall)
    return wall - offsetOf(guess)
  }

  return (text: string): number => {
    if (text === '') throw new RowError('has no time')
    const timeMs = read(text)
    if (!(timeMs >= 0 && timeMs <= LAST_MS)) throw new RowError(`time can't be read: '${text.slice(0, 40)}'`)
    return timeMs
  }

  function read(text: string): number {
    if (/^\d{9,11}$/.test(text)) return Number(text) * 1_000
    const found =
      /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?$/i.exec(
        text,
      )
    if (found) {
      const [, year, month, day, hours = 0, minutes = 0, seconds = 0, fraction = '', zone] = found
      const ms = Math.floor(Number(`0.${fraction || 0}`) * 1_000)
      const timeMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + ms
      if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return Number.NaN
      if (zone === undefined) return local(Number(year), Number(month), Number(day), timeMs)
      return utc(Number(year), Number(month), Number(day)) + timeMs - zoneMs(zone)
    }
    return readSlashed(text)
  }

  function utc(year: number, month: number, day: number): number {
    const timeMs = Date.UTC(year, month - 1, day)
    if (new Date(timeMs).getUTCDate() !== day) throw new RowError('has a date that is none')
    return timeMs
  }

  function readSlashed(text: string): number {
    const found = /^(\d\d?)[/.](\d\d?)[/.](\d{4})(?:,?\s+(\d\d?):(\d\d)(?::(\d\d))?\s*(am|pm)?)?$/i.exec(text)
    if (!found) return Number.NaN
    const [, first, second, year, hours = 0, minutes = 0, seconds = 0, half] = found
    const order = text.includes('.') ? 'dmy' : dateOrder
    if (!order) throw new RowError(`date may be either of two: '${text}'; say --date-order mdy or dmy`)
    const [day, month] = order === 'dmy' ? [first, second] : [second, first]
    const hour = (Number(hours) % (half ? 12 : 24)) + (half?.toLowerCase() === 'pm' ? 12 : 0)
    return local(
      Number(year),
      Number(month),
      Number(day),
      ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000,
    )
  }
}

function zoneMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
