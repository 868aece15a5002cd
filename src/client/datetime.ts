const DATETIME =
  /^(\d{4,5})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?$/

/** Minutes east of Greenwich; undefined where there is no such zone. */
function parseOffset(value: string): number | undefined {
  if (value === 'Z' || value === 'UTC') return 0
  const hours = Number(value.slice(1, 3))
  const minutes = Number(value.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  return (value.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/**
 * Reads the API's three styles: `2014-12-01 18:36:59`, `2015-02-12T06:29:27.000-08:00`, `2014-12-01 18:36:59 -0800`.
 * Without an offset it is UTC.
 *
 * @returns undefined where it is none of them, or a day that no calendar has
 */
export function parseDatetime(value: string): Date | undefined {
  const match = DATETIME.exec(value)
  const offset = match ? parseOffset(match[8] ?? 'Z') : undefined
  if (!match || offset === undefined) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const milliseconds = match[7] === undefined ? 0 : Number(match[7].padEnd(3, '0').slice(0, 3))
  date.setUTCHours(hour, minute - offset, second, milliseconds)
  return date
}
