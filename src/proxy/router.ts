import type { createBatchHandler } from './handle-batch.js'
import type { Metrics } from './metrics.js'
import type { RequestContext } from './options.js'
import type { Settings } from './parse-options.js'
import { answerFile } from './request/files.js'
import { checkOrigin } from './request/origin.js'
import { ProxyError } from './request/proxy-error.js'
import {
  answerBatch,
  answerError,
  answerPreflight,
  type Exchange,
  type PlainAnswer,
} from './request/respond.js'

const REQUEST_ID = /^[\w-]{1,64}$/

export interface RouterOptions {
  settings: Settings
  metrics: Metrics
  handleBatch: ReturnType<typeof createBatchHandler>
}

export interface Router {
  route(request: Request, context: RequestContext): Promise<PlainAnswer>
  /** Resolves when everything that had begun is answered. */
  close(): Promise<void>
  readonly isClosed: boolean
}

const notAllowed = (allow: string) =>
  new ProxyError(405, 'method_not_allowed', `use ${allow}`, { Allow: allow })

/** Exactly these paths exist: `{base}/events`, and one for every file. Never rejects. */
export function createRouter({ settings, metrics, handleBatch }: RouterOptions): Router {
  const { base, files, logger } = settings
  const eventsPath = `${base}/events`
  const underWay = new Set<Promise<PlainAnswer>>()
  let isClosed = false

  async function answerEvents(
    request: Request,
    context: RequestContext,
    exchange: Exchange,
  ): Promise<PlainAnswer> {
    if (request.method === 'OPTIONS' && exchange.trustedOrigin) return answerPreflight(exchange)
    if (request.method !== 'POST') throw notAllowed('POST')
    return answerBatch(await handleBatch(request, context, exchange.requestId), exchange)
  }

  function findFile(request: Request, pathname: string): PlainAnswer {
    const name = pathname.startsWith(`${base}/`) ? pathname.slice(base.length + 1) : ''
    const file = files.get(name)
    if (!file) throw new ProxyError(404, 'not_found', 'there is nothing here')
    if (request.method !== 'GET' && request.method !== 'HEAD') throw notAllowed('GET, HEAD')
    return answerFile(request, name, file)
  }

  /** The one edge where errors become answers: ours as they are, anything else as a 500 that tells nothing. */
  function toAnswer(error: unknown, exchange: Exchange): PlainAnswer {
    if (error instanceof ProxyError) return answerError(error, exchange)
    const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined }
    // The frames, not the message: that may hold what a visitor sent.
    const frames = stack?.split('\n').filter(line => line.trimStart().startsWith('at '))
    logger.error({ request_id: exchange.requestId, error: name, frames }, 'a request failed')
    return answerError(new ProxyError(500, 'internal', 'something went wrong here'), exchange)
  }

  async function answer(request: Request, context: RequestContext): Promise<PlainAnswer> {
    const given = request.headers.get('x-request-id')
    const requestId = given !== null && REQUEST_ID.test(given) ? given : crypto.randomUUID()
    let exchange: Exchange = { requestId }
    const { pathname } = new URL(request.url)
    const isEvents = pathname === eventsPath
    let response: PlainAnswer
    try {
      if (isClosed) throw new ProxyError(503, 'unavailable', 'shutting down', { 'Retry-After': '1' })
      if (isEvents) exchange = { requestId, trustedOrigin: checkOrigin(request, settings) }
      response = isEvents ? await answerEvents(request, context, exchange) : findFile(request, pathname)
    } catch (error) {
      response = toAnswer(error, exchange)
    }
    metrics.request(isEvents ? 'events' : 'files', response.status)
    return response
  }

  return {
    async route(request, context) {
      const answered = answer(request, context)
      underWay.add(answered)
      return answered.finally(() => underWay.delete(answered))
    },
    async close() {
      isClosed = true
      await Promise.allSettled(underWay)
    },
    get isClosed() {
      return isClosed
    },
  }
}
