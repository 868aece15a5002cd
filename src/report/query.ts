import { DAY_MS } from '../domain/retention.js'
/** What the page is about, as it stands in the address behind `#`, so that a view can be kept and sent. */
export interface Query {
  range: string
  /** Dates, where the range is `custom`. */
  start: string
  end: string
  unit: string
  compare: 'previous' | 'year' | 'none'
  by: string
  filters: Readonly<Record<string, string>>
  search: string
  classes: string
  /** The comment that is opened. */
  comment: number | undefined
}

export const RANGES = {
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  '12m': '12 months',
  year: 'This year',
  all: 'All time',
  custom: 'Dates',
} as const

const DEFAULT_QUERY: Query = {
  range: '90d',
  start: '',
  end: '',
  unit: '',
  compare: 'previous',
  by: '',
  filters: {},
  search: '',
  classes: '',
  comment: undefined,
}

const FILTER = 'f.'

/** @param hash with or without its `#` */
export function readQuery(hash: string): Query {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''))
  const text = (name: string) => parameters.get(name) ?? ''
  const range = text('range')
  const compare = text('compare')
  const comment = Number(text('comment'))
  return {
    range: range in RANGES ? range : DEFAULT_QUERY.range,
    start: text('start'),
    end: text('end'),
    unit: text('unit'),
    compare: compare === 'year' || compare === 'none' ? compare : 'previous',
    by: text('by'),
    filters: Object.fromEntries(
      [...parameters]
        .filter(([name]) => name.startsWith(FILTER))
        .map(([name, value]) => [name.slice(FILTER.length), value]),
    ),
    search: text('search'),
    classes: text('class'),
    comment: Number.isSafeInteger(comment) && comment > 0 ? comment : undefined,
  }
}

/** The address behind `#`; what is as it would be anyway is left out. */
export function writeQuery(query: Query): string {
  const parameters = new URLSearchParams()
  const put = (name: string, value: string, usual = '') => {
    if (value !== usual) parameters.set(name, value)
  }
  put('range', query.range, DEFAULT_QUERY.range)
  put('start', query.range === 'custom' ? query.start : '')
  put('end', query.range === 'custom' ? query.end : '')
  put('unit', query.unit)
  put('compare', query.compare, DEFAULT_QUERY.compare)
  put('by', query.by)
  for (const [name, value] of Object.entries(query.filters)) parameters.set(FILTER + name, value)
  put('search', query.search)
  put('class', query.classes)
  put('comment', String(query.comment ?? ''))
  return parameters.toString()
}

/** The date in a zone, `2026-11-30`, some days before now. */
function dateIn(timeZone: string, timeMs: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    numberingSystem: 'latn',
    calendar: 'gregory',
  }).formatToParts(timeMs)
  const part = (type: string) => parts.find(one => one.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

interface Place {
  timeZone: string
  nowMs: number
  /** When the account's first response was given. */
  first: string | null
}

/** The dates of the range, both inclusive. */
export function datesOf({ range, start, end }: Query, { timeZone, nowMs, first }: Place): [string, string] {
  const today = dateIn(timeZone, nowMs)
  const daysAgo = (days: number) => dateIn(timeZone, nowMs - days * DAY_MS)
  switch (range) {
    case '7d':
      return [daysAgo(6), today]
    case '30d':
      return [daysAgo(29), today]
    case '12m':
      return [daysAgo(364), today]
    case 'year':
      return [`${today.slice(0, 4)}-01-01`, today]
    case 'all':
      return [dateIn(timeZone, first ? Date.parse(first) : nowMs - 364 * DAY_MS), today]
    case 'custom':
      return start && end && start <= end ? [start, end] : [daysAgo(89), today]
    default:
      return [daysAgo(89), today]
  }
}

/** The filters as the API takes them. */
export function filterParameters(filters: Query['filters']): [string, string][] {
  return Object.entries(filters).map(([by, value]) =>
    by.startsWith('properties.') ? [`properties[${by.slice('properties.'.length)}]`, value] : [by, value],
  )
}
