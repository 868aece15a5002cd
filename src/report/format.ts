/** Numbers and dates as the reader writes them, in the digits of their language. */
export interface Format {
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  /** `1,234` */
  count(n: number): string
  /** A score with its sign, `+32`, `−8`. */
  score(points: number): string
  /** A number of points, `32`. */
  points(points: number): string
  /** `38 %` of a fraction. */
  percent(fraction: number): string
  date(instant: string): string
  dateTime(instant: string): string
  /** The start of a bucket, as short as its unit allows. */
  bucket(instant: string, unit: string): string
  /** The start of a bucket, in full. */
  bucketInFull(instant: string, unit: string): string
  /** `3 h`, `2 days` */
  duration(seconds: number): string
}

const RTL = /^(ar|fa|he|ur|ps|yi|dv|ckb)\b/

/** What the options of `unit` are in the Intl of dates. */
const FULL: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  hour: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  week: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
  quarter: { month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
}
const SHORT: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  hour: { hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: '2-digit' },
  quarter: { month: 'short', year: '2-digit' },
  year: { year: 'numeric' },
}

export function createFormat(locale: string, timeZone: string): Format {
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options)
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options })
  const [count, whole] = [number({}), number({ maximumFractionDigits: 0 })]
  const signed = number({ maximumFractionDigits: 0, signDisplay: 'exceptZero' })
  const percent = number({ style: 'percent', maximumFractionDigits: 0 })
  const fine = number({ style: 'percent', maximumFractionDigits: 1 })
  const date = dates({ dateStyle: 'medium' })
  const dateTime = dates({ dateStyle: 'medium', timeStyle: 'short' })
  const short = Object.fromEntries(Object.entries(SHORT).map(([unit, options]) => [unit, dates(options)]))
  const full = Object.fromEntries(Object.entries(FULL).map(([unit, options]) => [unit, dates(options)]))
  const inUnit = (value: number, unit: string) =>
    number({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 }).format(
      value,
    )
  return {
    locale,
    direction: RTL.test(locale) ? 'rtl' : 'ltr',
    count: n => count.format(n),
    // −0 is 0.
    score: points => signed.format(Math.round(points) || 0),
    points: points => whole.format(Math.abs(points)),
    percent: fraction => (fraction > 0 && fraction < 0.1 ? fine : percent).format(fraction),
    date: instant => date.format(Date.parse(instant)),
    dateTime: instant => dateTime.format(Date.parse(instant)),
    bucket: (instant, unit) => short[unit]?.format(Date.parse(instant)) ?? instant,
    bucketInFull: (instant, unit) => full[unit]?.format(Date.parse(instant)) ?? instant,
    duration(seconds) {
      if (seconds < 90) return inUnit(seconds, 'second')
      if (seconds < 5_400) return inUnit(seconds / 60, 'minute')
      return seconds < 129_600 ? inUnit(seconds / 3_600, 'hour') : inUnit(seconds / 86_400, 'day')
    },
  }
}
