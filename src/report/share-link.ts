import type { ShareAnswer } from '../wire/report.js'
import type { Query } from './query.js'
import type { Session } from './session.js'

interface SharedView {
  query: Query
  dates: readonly [string, string]
  timeZone: string
  by: string
  days: number
}

/** Has the API sign the figures as they are shown. @returns the link to them */
export async function createShareLink(
  session: Session,
  { query, dates, timeZone, by, days }: SharedView,
): Promise<string> {
  const properties: Record<string, string> = {}
  const filters: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(query.filters)) {
    if (name.startsWith('properties.')) properties[name.slice('properties.'.length)] = value
    else filters[name] = value
  }
  const { token } = await session.send<ShareAnswer>('POST', '/v1/report/shares', {
    date: { start: dates[0], end: dates[1] },
    time_zone: timeZone,
    compare: query.compare,
    ...filters,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(by && { by }),
    days,
  })
  return `${location.origin}${location.pathname}#share=${token}`
}
