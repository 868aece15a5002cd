import type { BatchAnswer, ProxyErrorAnswer } from '../../wire/delivery.js'
import type { ProxyError } from './proxy-error.js'

/**
 * Bytes that may be a response's body. Written without a type argument, which `Uint8Array` takes from TypeScript 5.7 on; the
 * types that ship are read by older ones too.
 */
export type Bytes = Uint8Array & { readonly buffer: ArrayBuffer }

/** What is sent back, before it is a Response: an adapter that can send it as it is saves most of a Response's cost. */
export interface PlainAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: string | Bytes | null
}

export const toResponse = ({ status, headers, body }: PlainAnswer): Response =>
  new Response(body, { status, headers })

/** On every answer. */
export const SECURITY_HEADERS = { 'X-Content-Type-Options': 'nosniff' } as const

/** On every answer that is not a file. */
const PRIVATE_HEADERS = {
  ...SECURITY_HEADERS,
  'Cache-Control': 'no-store',
  Vary: 'Origin, Sec-Fetch-Site',
} as const

const JSON_TYPE = { 'Content-Type': 'application/json' } as const

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

export const answerBatch = (answer: BatchAnswer, exchange: Exchange): PlainAnswer => ({
  status: 200,
  headers: { ...headersFor(exchange), ...JSON_TYPE },
  body: JSON.stringify(answer),
})

export function answerError({ status, code, message, headers }: ProxyError, exchange: Exchange): PlainAnswer {
  const body: ProxyErrorAnswer = { error: { code, message, request_id: exchange.requestId } }
  return {
    status,
    headers: { ...headersFor(exchange), ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  }
}

/** To the preflight of a trusted origin. */
export const answerPreflight = (exchange: Exchange): PlainAnswer => ({
  status: 204,
  headers: {
    ...headersFor(exchange),
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': 'content-type, x-request-id',
    'Access-Control-Max-Age': '7200',
  },
  body: null,
})
