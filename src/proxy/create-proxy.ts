import { createClient } from '../client/index.js'
import { createAnswers } from './delivery/answers.js'
import { createDeliver } from './delivery/deliver.js'
import { createEarlierAttempts } from './delivery/earlier-attempts.js'
import { createEndUsers } from './delivery/end-users.js'
import { createOnce } from './delivery/event-dedupe.js'
import { createPageViewSupport } from './delivery/page-view-support.js'
import { createPageViews } from './delivery/page-views.js'
import { createUpstream } from './delivery/upstream.js'
import { createBatchHandler } from './handle-batch.js'
import { createIdentifier } from './identity/identity.js'
import { createTickets } from './identity/tickets.js'
import { createBreaker } from './limits/breaker.js'
import { createMemoryLimiter } from './limits/limiter.js'
import { createSuspects } from './limits/poison-events.js'
import { createRateLimits } from './limits/rate-limits.js'
import { createMetrics } from './metrics.js'
import type { ProxyOptions, RequestContext } from './options.js'
import { parseOptions, type Settings } from './parse-options.js'
import { fromRequest, type Incoming } from './request/proxy-request.js'
import { type PlainAnswer, toResponse } from './request/respond.js'
import { createRouter } from './router.js'
import { createDecide } from './verdict/evaluate-gates.js'

/** The same-origin proxy: a fetch handler, and what its operator needs of it. */
export interface ZerotenProxy {
  /** Answers every request below its base; never rejects. */
  (request: Request, context?: RequestContext): Promise<Response>
  /** The same, for an adapter that needs neither Request nor Response. */
  answer(incoming: Incoming, context?: RequestContext): Promise<PlainAnswer>
  /** Whether it could deliver now: there is a token, and upstream is not given up for the moment. Never rejects. */
  ready(): Promise<boolean>
  /** Counters and durations in the text format of Prometheus. Serve it on a listener of its own. */
  metrics(): string
  /** The path under which browsers see it, as it was given or by default; empty for the root. */
  readonly base: string
  /** Answers what has begun, and 503 to what comes after. */
  close(): Promise<void>
}

function warnOf({ allowUnverified, allowImmediate, logger }: Settings): void {
  if (allowUnverified)
    logger.warn({}, 'allowUnverified: whoever types an e-mail into a page is believed to be its owner')
  if (allowImmediate)
    logger.warn({}, 'allowImmediate: a page may ask again and again; for demonstrations only')
}

/**
 * Makes the proxy that a site mounts below its own origin. It holds the account's token and offers three operations:
 * deliver events, give a verdict, serve the widget's files. Nothing that a browser sends becomes a path, a host or a
 * header of what goes to the API.
 *
 * Makes no request before the first one comes. Holds caches in memory, no file and no timer.
 *
 * @throws TypeError that names the option which cannot work
 * @example
 * const proxy = createProxy({ api: 'https://api.wootric.com', clientId, clientSecret })
 * export const POST = (request: Request) => proxy(request)
 */
export function createProxy(options: ProxyOptions): ZerotenProxy {
  const settings = parseOptions(options)
  const { now, monotonic, random, logger, timeouts, rules, allowImmediate, allowUnverifiedUpdates } = settings
  const client = createClient({
    credentials: { clientId: settings.clientId, clientSecret: settings.clientSecrets },
    baseUrl: settings.api,
    allowInsecure: settings.allowInsecureApi,
    ...(settings.fetch && { fetch: settings.fetch }),
    ...(settings.transport && { transport: settings.transport }),
    timeoutMs: timeouts.upstream,
    // Whoever sent the event sends it again; a wait here would only hold their connection.
    retries: 0,
    now,
    monotonic,
    random,
  })
  const metrics = createMetrics()
  const breaker = createBreaker(monotonic)
  const upstream = createUpstream({ client, breaker, metrics, now, monotonic })
  const rateLimits = createRateLimits(settings.limiter ?? createMemoryLimiter(monotonic), settings.limits)
  const endUsers = createEndUsers({ upstream, rateLimits, metrics, allowUnverifiedUpdates, monotonic })
  const attempts = createEarlierAttempts(timeouts.settle, monotonic)
  const support = createPageViewSupport(metrics, monotonic)
  const tickets = createTickets(settings.ticketSecrets, now)
  const answers = createAnswers({ upstream, endUsers, attempts, tickets, metrics })
  const handleBatch = createBatchHandler({
    settings,
    breaker,
    rateLimits,
    tickets,
    metrics,
    identifier: createIdentifier(settings),
    deliver: createDeliver({
      endUsers,
      pageViews: createPageViews({ upstream, endUsers, attempts, rateLimits, metrics, monotonic }),
      answers,
      attempts,
      once: createOnce(),
      suspects: createSuspects(),
      support,
      rateLimits,
      metrics,
      logger,
      allowUnverifiedUpdates,
      now,
    }),
    decide: createDecide({ endUsers, answers, tickets, support, metrics, rules, allowImmediate, now }),
  })
  const router = createRouter({ settings, metrics, handleBatch })
  warnOf(settings)

  const answer = (incoming: Incoming, context: RequestContext = {}) => router.route(incoming, context)
  return Object.assign(
    async (request: Request, context?: RequestContext) =>
      toResponse(await answer(fromRequest(request), context)),
    {
      answer,
      async ready() {
        if (router.isClosed || breaker.waitMs > 0) return false
        return client.ready().then(
          () => true,
          () => false,
        )
      },
      metrics: () => metrics.render(),
      base: settings.base,
      close: () => router.close(),
    },
  )
}
