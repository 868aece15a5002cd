import type { ProxyErrorAnswer } from '../wire/delivery.js'
import type { ProxyError } from './proxy-error.js'

/** On every answer. */
export const SECURITY_HEADERS = { 'X-Content-Type-Options': 'nosniff' } as const

/** On every answer that is not a file. */
const PRIVATE_HEADERS = {
  ...SECURITY_HEADERS,
  'Cache-Control': 'no-store',
  Vary: 'Origin, Sec-Fetch-Site',
} as const

export interface Surroundings {
  requestId: string
  /** A trusted origin that is not our own; it may read the answer. */
  trustedOrigin: string | undefined
}

function headersFor({ requestId, trustedOrigin }: Surroundings): Record<string, string> {
  return {
    ...PRIVATE_HEADERS,
    'X-Request-Id': requestId,
    ...(trustedOrigin !== undefined && {
      'Access-Control-Allow-Origin': trustedOrigin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id',
    }),
  }
}

export const respondJson = (body: unknown, surroundings: Surroundings): Response =>
  new Response(JSON.stringify(body), {
    headers: { ...headersFor(surroundings), 'Content-Type': 'application/json' },
  })

export function respondError(error: ProxyError, surroundings: Surroundings): Response {
  const { requestId } = surroundings
  const body: ProxyErrorAnswer = {
    error: { code: error.code, message: error.message, request_id: requestId },
  }
  return new Response(JSON.stringify(body), {
    status: error.status,
    headers: { ...headersFor(surroundings), ...error.headers, 'Content-Type': 'application/json' },
  })
}

/** To the preflight of a trusted origin. */
export const respondPreflight = (surroundings: Surroundings): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...headersFor(surroundings),
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'content-type, x-request-id',
      'Access-Control-Max-Age': '7200',
    },
  })
