import type { Datetime } from '../wire/v1.js'

/**
 * `document`: as the API's document prints them, `2014-12-01 18:36:59` where records are read and
 * `2015-02-12T06:29:27.000-08:00` where they are written. `offset`: `2014-12-01 18:36:59 -0800` everywhere, as later
 * editions do.
 */
export type TimeFormat = 'document' | 'offset'

/** How datetimes are printed in one kind of answer. */
export type PrintDatetime = (timeMs: number) => Datetime

export interface DatetimeStyles {
  /** Of lists and single records. */
  read: PrintDatetime
  /** Of what was created, updated or deleted. */
  written: PrintDatetime
  /** When a day (`2024-05-31`) begins in the zone, milliseconds; undefined where the calendar has no such day. */
  startOfDayMs(day: string): number | undefined
  /** Whether a reader who takes a time without an offset for UTC, as our client does, would be misled. */
  misleads: boolean
}

/**
 * @param timeZone IANA name, say `America/Los_Angeles`
 * @throws RangeError where there is no such time zone
 */
export function createDatetimeStyles(format: TimeFormat, timeZone: string): DatetimeStyles {
  const offsetMs = createZoneOffset(timeZone)
  const print =
    (compose: (date: string, time: string, offset: string) => string): PrintDatetime =>
    timeMs => {
      const offset = offsetMs(timeMs)
      const iso = new Date(timeMs + offset).toISOString()
      // The last hours of 9999 are 10000 further east, which ISO 8601 writes +010000.
      return compose(iso.slice(0, -14).replace('+0', ''), iso.slice(-13, -1), printOffset(offset))
    }
  const seconds = (time: string) => time.slice(0, 8)
  const startOfDayMs = (day: string): number | undefined => {
    const utcMs = Date.parse(`${day}T00:00:00Z`)
    if (Number.isNaN(utcMs) || new Date(utcMs).toISOString().slice(0, 10) !== day) return undefined
    // The offset may change between here and there: that of the moment that was found is the day's.
    return utcMs - offsetMs(utcMs - offsetMs(utcMs))
  }
  if (format === 'offset') {
    const both = print((date, time, offset) => `${date} ${seconds(time)} ${offset.replace(':', '')}`)
    return { read: both, written: both, startOfDayMs, misleads: false }
  }
  return {
    read: print((date, time) => `${date} ${seconds(time)}`),
    written: print((date, time, offset) => `${date}T${time}${offset}`),
    startOfDayMs,
    misleads: !isUtc(timeZone),
  }
}

function printOffset(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000
  const two = (n: number) => String(n).padStart(2, '0')
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`
}

/** Every zone of today changes its offset on a quarter of an hour, so one look-up serves all times in it. */
const QUARTER_MS = 900_000
const MAX_QUARTERS = 10_000

const isUtc = (timeZone: string): boolean =>
  new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone === 'UTC'

/** How far a zone is from UTC at a time, in milliseconds. */
export function createZoneOffset(timeZone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  if (isUtc(timeZone)) return () => 0
  const known = new Map<number, number>()
  return timeMs => {
    const quarter = Math.floor(timeMs / QUARTER_MS)
    const kept = known.get(quarter)
    if (kept !== undefined) return kept
    if (known.size >= MAX_QUARTERS) known.clear()
    const startMs = quarter * QUARTER_MS
    const part = Object.fromEntries(
      format.formatToParts(startMs).map(({ type, value }) => [type, Number(value)]),
    )
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = part
    const offset = Date.UTC(year, month - 1, day, hour, minute) - startMs
    known.set(quarter, offset)
    return offset
  }
}
