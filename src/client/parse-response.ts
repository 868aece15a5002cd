import { isRequestId } from '../domain/request-id.js'
import { parseRetryAfter } from '../http/retry-after.js'
import type { ErrorList } from '../wire/v1.js'
import { ApiError } from './api-error.js'
import type { RequestLine } from './client-error.js'
import type { HttpResponse } from './exchange.js'
import { parseRateLimit } from './rate-limit.js'
import { ResponseError } from './response-error.js'

/** What the first error of a list stands for when it comes with status 200. */
const STATUS_BY_NAME = new Map([
  ['unauthorized', 401],
  ['invalid_token', 401],
  ['forbidden', 403],
  ['record_not_found', 404],
  ['not_found', 404],
  ['conflict', 409],
  ['too_many_requests', 429],
  ['rate_limited', 429],
  ['internal_server_error', 500],
  ['bad_gateway', 502],
  ['service_unavailable', 503],
  ['gateway_timeout', 504],
])

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parseErrors(value: unknown): ErrorList['errors'] | undefined {
  if (!isObject(value) || value.type !== 'error_list') return undefined
  const errors = Array.isArray(value.errors) ? value.errors.filter(isObject) : []
  return errors.map(({ status, message, field }) => ({
    status: typeof status === 'string' || typeof status === 'number' ? String(status) : '',
    message: typeof message === 'string' ? message : '',
    field: typeof field === 'string' ? field : null,
  }))
}

function statusOf(errors: ErrorList['errors']): number {
  const name = errors[0]?.status ?? ''
  return /^[45]\d\d$/.test(name) ? Number(name) : (STATUS_BY_NAME.get(name) ?? 400)
}

function parseJson(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) }
  } catch {
    // What JSON.parse throws quotes the text; the caller says what failed.
    return undefined
  }
}

const isJsonType = (type: string | null): boolean =>
  type === null || /^(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(type)

/**
 * What the API said: the JSON of its answer, undefined where the body is empty.
 *
 * @param nowMs wall time
 * @throws ApiError where it refused, ResponseError where it is not the API that speaks
 */
export function parseResponse(
  { status, headers, text }: HttpResponse,
  line: RequestLine,
  nowMs: number,
): unknown {
  const isEmpty = text.trim() === ''
  const parsed = !isEmpty && isJsonType(headers.get('content-type')) ? parseJson(text) : undefined
  const errors = parseErrors(parsed?.json)
  if (status >= 400 || errors) {
    const requestId = headers.get('x-request-id') ?? ''
    throw new ApiError(line, {
      status: status >= 400 ? status : statusOf(errors ?? []),
      errors: errors ?? [],
      retryAfterMs: parseRetryAfter(headers.get('retry-after'), nowMs),
      rateLimit: parseRateLimit(headers, nowMs),
      requestId: isRequestId(requestId) ? requestId : undefined,
    })
  }
  if (isEmpty) return undefined
  if (!parsed) throw new ResponseError(line, 'answer_not_json')
  return parsed.json
}
