import { isRequestId } from '../domain/request-id.js'
import { stackFrames } from '../runtime/stack-frames.js'
import { createUnderWay } from '../runtime/under-way.js'
import type { HandleBatch } from './batch/handle-batch.js'
import type { Metrics } from './metrics.js'
import type { RequestContext } from './options.js'
import type { Settings } from './parse-options.js'
import type { RefusalLog } from './refusal-log.js'
import { answerFile } from './request/files.js'
import {
  answerBatch,
  answerError,
  answerPreflight,
  type Exchange,
  type PlainAnswer,
} from './request/http-response.js'
import { checkOrigin } from './request/origin.js'
import { ProxyError } from './request/proxy-error.js'
import type { ProxyRequest } from './request/proxy-request.js'

export interface RouterOptions {
  settings: Settings
  metrics: Metrics
  refusalLog: RefusalLog
  handleBatch: HandleBatch
}

export interface Router {
  route(incoming: ProxyRequest, context: RequestContext): Promise<PlainAnswer>
  /** Resolves when everything that had begun is answered. */
  close(): Promise<void>
  readonly isClosed: boolean
}

const notAllowed = (allow: string) =>
  new ProxyError(405, 'method_not_allowed', `use ${allow}`, { Allow: allow })

async function answerEvents(
  { handleBatch }: RouterOptions,
  incoming: ProxyRequest,
  context: RequestContext,
  exchange: Exchange,
): Promise<PlainAnswer> {
  if (incoming.method === 'OPTIONS' && exchange.trustedOrigin) return answerPreflight(exchange)
  if (incoming.method !== 'POST') throw notAllowed('POST')
  return answerBatch(await handleBatch(incoming, context, exchange.requestId), exchange)
}

function findFile({ settings, metrics }: RouterOptions, incoming: ProxyRequest): PlainAnswer {
  const { base, files } = settings
  const { path } = incoming
  const name = path.startsWith(`${base}/`) ? path.slice(base.length + 1) : ''
  const file = files.get(name)
  if (!file) throw new ProxyError(404, 'not_found', 'there is nothing here')
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') throw notAllowed('GET, HEAD')
  const answer = answerFile(incoming, name, file)
  metrics.file(name, answer.status)
  return answer
}

function noteRefusal(
  { metrics, refusalLog }: RouterOptions,
  { status, code, message }: ProxyError,
  requestId: string,
  isEvents: boolean,
): void {
  metrics.refusal(status, code)
  // Whoever looks for files that were never here is no visitor of ours.
  if (!isEvents && status === 404) return
  refusalLog(code, { request_id: requestId, status, code, reason: message }, 'a request is refused')
}

/** The one edge where errors become HTTP responses: ours as they are, anything else as a 500 that tells nothing. */
function toAnswer(
  options: RouterOptions,
  error: unknown,
  exchange: Exchange,
  isEvents: boolean,
): PlainAnswer {
  if (error instanceof ProxyError) {
    noteRefusal(options, error, exchange.requestId, isEvents)
    return answerError(error, exchange)
  }
  const [name, frames] = error instanceof Error ? [error.name, stackFrames(error)] : [typeof error, undefined]
  options.settings.logger.error({ request_id: exchange.requestId, error: name, frames }, 'a request failed')
  return answerError(new ProxyError(500, 'internal', 'something went wrong here'), exchange)
}

/** Exactly these paths exist: `{base}/events`, and one for every file. Never rejects. */
export function createRouter(options: RouterOptions): Router {
  const { settings, metrics } = options
  const eventsPath = `${settings.base}/events`
  const underWay = createUnderWay()

  async function answer(incoming: ProxyRequest, context: RequestContext): Promise<PlainAnswer> {
    const given = incoming.header('x-request-id')
    const requestId = given !== null && isRequestId(given) ? given : crypto.randomUUID()
    let exchange: Exchange = { requestId }
    const isEvents = incoming.path === eventsPath
    let response: PlainAnswer
    try {
      if (underWay.isClosed) throw new ProxyError(503, 'unavailable', 'shutting down', { 'Retry-After': '1' })
      if (isEvents)
        exchange = { requestId, trustedOrigin: checkOrigin(incoming, settings, context.isLoopback) }
      response = isEvents
        ? await answerEvents(options, incoming, context, exchange)
        : findFile(options, incoming)
    } catch (error) {
      response = toAnswer(options, error, exchange, isEvents)
    }
    metrics.request(isEvents ? 'events' : 'files', response.status)
    return response
  }

  return {
    route: (incoming, context) => underWay.run(() => answer(incoming, context)),
    close: () => underWay.close(),
    get isClosed() {
      return underWay.isClosed
    },
  }
}
