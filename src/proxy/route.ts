import { serveFile } from './files.js'
import type { createBatchHandler } from './handle-batch.js'
import type { Metrics } from './metrics.js'
import type { RequestContext, Settings } from './options.js'
import { checkOrigin } from './origin.js'
import { ProxyError } from './proxy-error.js'
import { respondError, respondJson, respondPreflight, type Surroundings } from './respond.js'

const REQUEST_ID = /^[\w-]{1,64}$/

export interface RouterOptions {
  settings: Settings
  metrics: Metrics
  handleBatch: ReturnType<typeof createBatchHandler>
}

const notAllowed = (allow: string) =>
  new ProxyError(405, 'method_not_allowed', `use ${allow}`, { Allow: allow })

/** Exactly these paths exist: `{base}/events`, and one for every file. Never rejects. */
export function createRouter({ settings, metrics, handleBatch }: RouterOptions) {
  const { base, files, logger } = settings
  const eventsPath = `${base}/events`
  const underWay = new Set<Promise<unknown>>()
  let isClosed = false
  let isAddressMissed = false

  async function postEvents(
    request: Request,
    context: RequestContext,
    surroundings: Surroundings,
  ): Promise<Response> {
    surroundings.trustedOrigin = checkOrigin(request, settings)
    if (request.method === 'OPTIONS' && surroundings.trustedOrigin) return respondPreflight(surroundings)
    if (request.method !== 'POST') throw notAllowed('POST')
    if (context.ip === undefined && !settings.clientIp && !isAddressMissed) {
      isAddressMissed = true
      logger.warn({}, 'no client address (context.ip or clientIp): limits by client and ip_address are off')
    }
    return respondJson(await handleBatch(request, context), surroundings)
  }

  function dispatch(
    request: Request,
    context: RequestContext,
    surroundings: Surroundings,
  ): Promise<Response> | Response {
    if (isClosed) throw new ProxyError(503, 'unavailable', 'shutting down', { 'Retry-After': '1' })
    const { pathname } = new URL(request.url)
    if (pathname === eventsPath) return postEvents(request, context, surroundings)
    const name = pathname.startsWith(`${base}/`) ? pathname.slice(base.length + 1) : ''
    const file = files.get(name)
    if (!file) throw new ProxyError(404, 'not_found', 'there is nothing here')
    if (request.method !== 'GET' && request.method !== 'HEAD') throw notAllowed('GET, HEAD')
    return serveFile(request, name, file)
  }

  /** The one edge where errors become answers: ours as they are, anything else as a 500 that tells nothing. */
  function toAnswer(error: unknown, surroundings: Surroundings): Response {
    if (error instanceof ProxyError) return respondError(error, surroundings)
    const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined }
    // The frames, not the message: that may hold what a visitor sent.
    const frames = stack?.split('\n').filter(line => line.trimStart().startsWith('at '))
    logger.error({ request_id: surroundings.requestId, error: name, frames }, 'a request failed')
    return respondError(new ProxyError(500, 'internal', 'something went wrong here'), surroundings)
  }

  async function route(request: Request, context: RequestContext): Promise<Response> {
    const given = request.headers.get('x-request-id')
    const surroundings: Surroundings = {
      requestId: given !== null && REQUEST_ID.test(given) ? given : crypto.randomUUID(),
      trustedOrigin: undefined,
    }
    try {
      return await dispatch(request, context, surroundings)
    } catch (error) {
      return toAnswer(error, surroundings)
    }
  }

  return {
    async route(request: Request, context: RequestContext): Promise<Response> {
      const answer = route(request, context)
      underWay.add(answer)
      try {
        const response = await answer
        metrics.request(request.url.endsWith('/events') ? 'events' : 'files', response.status)
        return response
      } finally {
        underWay.delete(answer)
      }
    },
    async close(): Promise<void> {
      isClosed = true
      await Promise.allSettled(underWay)
    },
    get isClosed() {
      return isClosed
    },
  }
}
