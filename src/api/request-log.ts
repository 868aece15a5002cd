import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { isRequestId } from '../domain/request-id.js'
import type { Logger } from '../runtime/logger.js'
import type { Metrics } from './metrics.js'

/** What is known of a request while it is answered. */
export interface Observed {
  requestId: string
  /** The path's pattern: it says nothing of anybody. */
  route: string
  account: number
  /** The code of what was refused. */
  reason: string
}

export interface ObserverOptions {
  logger: Logger
  metrics: Metrics
}

/** Names, counts and logs every request. No token, no e-mail, no text, no query and no address is ever logged. */
export function createObserver({
  logger,
  metrics,
}: ObserverOptions): MiddlewareHandler<{ Variables: Observed }> {
  return async (context, next) => {
    const startedMs = performance.now()
    const given = context.req.header('x-request-id')
    // An id that came along, from a proxy before us, is kept.
    const requestId = given !== undefined && isRequestId(given) ? given : randomUUID()
    context.set('requestId', requestId)
    // Set before there is an answer: to alter one would have it built anew.
    context.header('X-Request-Id', requestId)
    context.header('Cache-Control', 'no-store')
    await next()
    const seconds = (performance.now() - startedMs) / 1_000
    const labels = {
      method: context.req.method,
      route: context.get('route') ?? 'other',
      status: context.res.status,
    }
    metrics.answered(labels, seconds)
    const reason = context.get('reason')
    const line = {
      request_id: requestId,
      account: context.get('account'),
      ...labels,
      ...(reason !== undefined && { reason }),
      ms: Math.round(seconds * 1_000),
    }
    if (labels.status < 400) return logger.info(line, 'answered')
    metrics.refused(labels.status, reason ?? 'other')
    // What is not there is asked for in ordinary operation.
    if (labels.status === 404) logger.info(line, 'refused')
    else logger.warn(line, 'refused')
  }
}
