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
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const offset = parseOffset(match[8] ?? 'Z')
  const local = new Date(0)
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  local.setUTCFullYear(year, month - 1, day)
  local.setUTCHours(hour, minute, second, milliseconds)
  const exists =
    local.getUTCMonth() === month - 1 &&
    local.getUTCDate() === day &&
    local.getUTCHours() === hour &&
    local.getUTCMinutes() === minute &&
    local.getUTCSeconds() === second
  return exists && offset !== undefined ? new Date(local.getTime() - offset * 60_000) : undefined
}
