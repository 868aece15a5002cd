import type { BatchAnswer, ProxyErrorAnswer } from '../../wire/delivery.js'
import type { ProxyError } from './proxy-error.js'

/** On every answer. */
export const SECURITY_HEADERS = { 'X-Content-Type-Options': 'nosniff' } as const

/** On every answer that is not a file. */
const PRIVATE_HEADERS = {
  ...SECURITY_HEADERS,
  'Cache-Control': 'no-store',
  'Content-Type': 'application/json',
  Vary: 'Origin, Sec-Fetch-Site',
} as const

/** What an answer needs to know of its request. */
export interface Exchange {
  requestId: string
  /** A trusted origin that is not our own: it may read the answer. Known once the origin was checked. */
  trustedOrigin?: string | undefined
}

const headersFor = ({ requestId, trustedOrigin }: Exchange): Record<string, string> => ({
  ...PRIVATE_HEADERS,
  'X-Request-Id': requestId,
  ...(trustedOrigin !== undefined && {
    'Access-Control-Allow-Origin': trustedOrigin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id',
  }),
})

export const respondBatch = (answer: BatchAnswer, exchange: Exchange): Response =>
  new Response(JSON.stringify(answer), { headers: headersFor(exchange) })

export function respondError({ status, code, message, headers }: ProxyError, exchange: Exchange): Response {
  const body: ProxyErrorAnswer = { error: { code, message, request_id: exchange.requestId } }
  return new Response(JSON.stringify(body), { status, headers: { ...headersFor(exchange), ...headers } })
}

/** To the preflight of a trusted origin. */
export function respondPreflight(exchange: Exchange): Response {
  const headers = new Headers({
    ...headersFor(exchange),
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': 'content-type, x-request-id',
    'Access-Control-Max-Age': '7200',
  })
  headers.delete('content-type')
  return new Response(null, { status: 204, headers })
}
