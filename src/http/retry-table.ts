/**
 * Which statuses are tried again, and by whom: one row for each kind of status, one column for each party. Status 0 stands
 * for "no response": network, timeout, a body that is not ours. ARCHITECTURE.md shows the same table; a test keeps it in step.
 */
export interface RetryRow {
  /** In words, for the documentation. */
  name: string
  /** First and last status of each range. */
  ranges: readonly (readonly [first: number, last: number])[]
  /** What the widget does with a batch of which the proxy did not say anything event by event. */
  widget: WidgetAction
  /** Whether the client repeats a request that is safe to repeat: GET, PUT, DELETE, and a POST whose key the API honours. */
  client: 'repeat' | 'fail' | 'renew token'
  /** What becomes of one event that upstream refused. */
  proxy: ProxyAction
  /** What the proxy's breaker learns of upstream's health. */
  breaker: 'success' | 'failure' | 'pause'
  /** Whether upstream may have written what it did not confirm. */
  mayBeWritten: boolean
  /** What the token source does. */
  token: 'retry' | 'fail'
}

export type WidgetAction = 'retry' | 'slow' | 'bisect'
export type ProxyAction = 'retry' | 'duplicate' | 'reject'

const only = (...statuses: number[]) => statuses.map(status => [status, status] as const)

const FAILED = {
  widget: 'retry',
  client: 'repeat',
  proxy: 'retry',
  breaker: 'failure',
  mayBeWritten: true,
  token: 'retry',
} as const
const REFUSED = { client: 'fail', breaker: 'success', mayBeWritten: false, token: 'fail' } as const
const DEPLOYMENT_FAULT = { ...REFUSED, widget: 'slow', proxy: 'retry' } as const
const LATER = { ...REFUSED, widget: 'retry', client: 'repeat', proxy: 'retry' } as const

/** The first row that has a status counts. */
export const RETRY_TABLE: readonly RetryRow[] = [
  { name: '0 (no response)', ranges: only(0), ...FAILED },
  { name: '408', ranges: only(408), ...LATER, token: 'retry' },
  { name: '423, 425', ranges: only(423, 425), ...LATER },
  { name: '429', ranges: only(429), ...LATER, breaker: 'pause', token: 'retry' },
  { name: '409', ranges: only(409), ...REFUSED, widget: 'retry', proxy: 'duplicate' },
  { name: '500 and above', ranges: [[500, Number.POSITIVE_INFINITY]], ...FAILED },
  { name: '401', ranges: only(401), ...DEPLOYMENT_FAULT, client: 'renew token', breaker: 'failure' },
  { name: '403', ranges: only(403), ...DEPLOYMENT_FAULT, breaker: 'failure' },
  { name: '404, 405', ranges: only(404, 405), ...DEPLOYMENT_FAULT },
  { name: '400, 413, 422', ranges: only(400, 413, 422), ...REFUSED, widget: 'bisect', proxy: 'reject' },
  { name: 'other 4xx', ranges: [[400, 499]], ...REFUSED, widget: 'bisect', proxy: 'retry' },
  { name: '1xx to 3xx that are not ours', ranges: [[1, 399]], ...REFUSED, widget: 'retry', proxy: 'retry' },
]

/** The row of a status. */
export function retryRow(status: number): RetryRow {
  const isIn = ([first, last]: readonly [number, number]) => status >= first && status <= last
  return RETRY_TABLE.find(({ ranges }) => ranges.some(isIn)) ?? (RETRY_TABLE[0] as RetryRow)
}

/** Whether the client repeats a request; a 401 is renewed once by the token source and does not come here. */
export const clientRetries = (status: number, safeToRepeat: boolean): boolean =>
  safeToRepeat && retryRow(status).client === 'repeat'

/** What becomes of one event that upstream refused. */
export const proxyAction = (status: number): ProxyAction => retryRow(status).proxy

/** Whether upstream may have written what it did not confirm. */
export const isUncertainStatus = (status: number): boolean => retryRow(status).mayBeWritten

/** Whether the same request may succeed a little later. */
export const isTransientStatus = (status: number): boolean =>
  isUncertainStatus(status) || retryRow(status).breaker === 'pause'

/** No response, a failure, or credentials that are refused: what the next request would meet too. */
export const isOutage = (status: number): boolean => retryRow(status).breaker === 'failure'

/** Whether the token endpoint did not refuse, but failed. */
export const isTokenFailure = (status: number): boolean => retryRow(status).token === 'retry'
