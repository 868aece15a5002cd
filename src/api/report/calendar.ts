import { DAY_MS } from '../../domain/retention.js'
import { createZoneOffset } from '../datetime.js'

export const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const

/** What a chart's points stand for. */
export type Unit = (typeof UNITS)[number]

export const WEEK_STARTS = ['monday', 'saturday', 'sunday'] as const

export type WeekStart = (typeof WEEK_STARTS)[number]

const WEEKDAYS: Record<WeekStart, number> = { sunday: 0, monday: 1, saturday: 6 }

/** A date of a calendar; months count from 1. A day or month beyond its range means one of the next or last. */
interface LocalDate {
  year: number
  month: number
  day: number
}

const HOUR_MS = 3_600_000

const localMs = ({ year, month, day }: LocalDate): number => Date.UTC(year, month - 1, day)

/** The calendar of a time zone: which instant a day begins at, daylight saving time being what it is. */
export interface Calendar {
  readonly timeZone: string
  readonly weekStart: WeekStart
  /** The first instant of a local date, milliseconds since 1970. */
  startOfDay(date: LocalDate): number
  /** The local date of an instant. */
  dateOf(timeMs: number): LocalDate
  /** The first instant of the unit that `timeMs` is in. */
  startOf(unit: Unit, timeMs: number): number
  /** The first instant of the next one. */
  nextStart(unit: Unit, timeMs: number): number
}

/** @throws RangeError where there is no such zone */
export function createCalendar(timeZone: string, weekStart: WeekStart): Calendar {
  const offsetOf = createZoneOffset(timeZone)

  function startOfDay(date: LocalDate): number {
    const wanted = localMs(date)
    // A zone is at most 14 hours from UTC, so that these two lie on either side of a change near midnight.
    const [before, after] = [offsetOf(wanted - DAY_MS), offsetOf(wanted + DAY_MS)]
    const [early, late] = [wanted - Math.max(before, after), wanted - Math.min(before, after)]
    for (const candidate of [early, late]) if (candidate + offsetOf(candidate) === wanted) return candidate
    // Midnight is skipped where the clocks go forward at it: the day begins with the change.
    return firstInstant(early, late, instant => instant + offsetOf(instant) >= wanted)
  }

  function dateOf(timeMs: number): LocalDate {
    const local = new Date(timeMs + offsetOf(timeMs))
    return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() }
  }

  /** The local date that a unit begins with, `steps` units later. */
  function firstDate(unit: Exclude<Unit, 'hour'>, timeMs: number, steps: number): LocalDate {
    const date = dateOf(timeMs)
    const { year, month, day } = date
    switch (unit) {
      case 'day':
        return { year, month, day: day + steps }
      case 'week': {
        const weekday = new Date(localMs(date)).getUTCDay()
        return { year, month, day: day - ((weekday - WEEKDAYS[weekStart] + 7) % 7) + 7 * steps }
      }
      case 'month':
        return { year, month: month + steps, day: 1 }
      case 'quarter':
        return { year, month: month - ((month - 1) % 3) + 3 * steps, day: 1 }
      case 'year':
        return { year: year + steps, month: 1, day: 1 }
    }
  }

  function startOfHour(timeMs: number): number {
    // By the offset of the moment: an hour that the clocks repeat is two.
    const offset = offsetOf(timeMs)
    const start = Math.floor((timeMs + offset) / HOUR_MS) * HOUR_MS - offset
    return offsetOf(start) === offset
      ? start
      : firstInstant(start, timeMs, instant => offsetOf(instant) === offset)
  }

  return {
    timeZone,
    weekStart,
    startOfDay,
    dateOf,
    startOf: (unit, timeMs) =>
      unit === 'hour' ? startOfHour(timeMs) : startOfDay(firstDate(unit, timeMs, 0)),
    nextStart(unit, timeMs) {
      if (unit !== 'hour') return startOfDay(firstDate(unit, timeMs, 1))
      const start = startOfHour(timeMs)
      const next = startOfHour(start + HOUR_MS)
      return next > start ? next : start + HOUR_MS
    },
  }
}

/** The first instant in (`from`, `to`] of which `holds`, where it holds of all after it. */
function firstInstant(from: number, to: number, holds: (instant: number) => boolean): number {
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

/** More points than any screen has room for. */
export const MAX_BUCKETS = 1_200

/**
 * The boundaries of the buckets that cover `startMs` to `endMs`: the first is `startMs` itself, the last `endMs`.
 *
 * @throws RangeError where there would be more than {@link MAX_BUCKETS}
 */
export function bucketBoundaries(calendar: Calendar, unit: Unit, startMs: number, endMs: number): number[] {
  const boundaries = [startMs]
  for (let next = calendar.nextStart(unit, startMs); next < endMs; next = calendar.nextStart(unit, next)) {
    if (boundaries.push(next) > MAX_BUCKETS) throw new RangeError('too many buckets')
  }
  if (endMs > startMs) boundaries.push(endMs)
  return boundaries
}
