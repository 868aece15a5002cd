import { type ClientOptions, createClient } from '../client/index.js'
import { type BatchHandlerOptions, createBatchHandler } from './batch/handle-batch.js'
import { createAnswers } from './delivery/answers.js'
import { createCollectionSupport } from './delivery/collection-support.js'
import { createEarlierAttempts } from './delivery/earlier-attempts.js'
import { createEventDedupe } from './delivery/event-dedupe.js'
import { createImpressionWriter } from './delivery/impressions.js'
import { createPageViews } from './delivery/page-views.js'
import { createUpstream } from './delivery/upstream.js'
import { createEndUsers } from './end-users/end-users.js'
import { createIdentifier } from './identity/identity.js'
import { createTickets } from './identity/tickets.js'
import { createBreaker } from './limits/breaker.js'
import { createMemoryLimiter } from './limits/limiter.js'
import { createPoisonEvents } from './limits/poison-events.js'
import { createRateLimits } from './limits/rate-limits.js'
import { type CounterName, createMetrics } from './metrics.js'
import type { ProxyOptions, RequestContext } from './options.js'
import { parseOptions, type Settings } from './parse-options.js'
import { type ClockSkew, createClockSkew, createReadiness, type Readiness } from './readiness.js'
import { createRefusalLog } from './refusal-log.js'
import { type PlainAnswer, toResponse } from './request/http-response.js'
import { fromRequest, type ProxyRequest } from './request/proxy-request.js'
import { createRouter } from './router.js'
import { createEndUserSettings } from './verdict/end-user-settings.js'
import { createGiveVerdict } from './verdict/give-verdict.js'
import { createWarnOnce } from './warn-once.js'

/** The same-origin proxy: a fetch handler, and what its operator needs of it. */
export interface ZerotenProxy {
  /** Answers every request below its base; never rejects. */
  (request: Request, context?: RequestContext): Promise<Response>
  /** The same, for an adapter that needs neither Request nor Response. */
  answer(incoming: ProxyRequest, context?: RequestContext): Promise<PlainAnswer>
  /** Whether it could deliver now; see {@link ZerotenProxy.check}. Never rejects. */
  ready(): Promise<boolean>
  /**
   * Looks at what delivery needs: upstream is not given up for the moment, gives a token, can be read, and has our time.
   * Writes nothing there. Never rejects.
   */
  check(): Promise<Readiness>
  /** Logs and counts a request that the server refused before the proxy could see it. */
  noteRefusal(status: number, code: string): void
  /** Counters and durations in the text format of Prometheus. Serve it on a listener of its own. */
  metrics(): string
  /** The path under which browsers see it, as it was given or by default; empty for the root. */
  readonly base: string
  /** Answers what has begun, and 503 to what comes after. */
  close(): Promise<void>
}

/** The client's way to the API, with an eye on what time it is there. */
function observeClock(
  { fetch = (url, init) => globalThis.fetch(url, init), transport }: Settings,
  skew: ClockSkew,
): Pick<ClientOptions, 'fetch' | 'transport'> {
  if (!transport)
    return {
      async fetch(url, init) {
        const response = await fetch(url, init)
        skew.note(response.headers.get('date'))
        return response
      },
    }
  return {
    transport(request) {
      const pending = transport(request)
      pending.response.then(
        ({ headers }) => skew.note(headers.get('date')),
        () => {
          // No response says no time; whoever sent the request is told of the failure.
        },
      )
      return pending
    },
  }
}

function warnOf({ allowUnverified, allowImmediate, logger }: Settings): void {
  if (allowUnverified)
    logger.warn({}, 'allowUnverified: whoever types an e-mail into a page is believed to be its owner')
  if (allowImmediate)
    logger.warn({}, 'allowImmediate: a page may ask again and again; for demonstrations only')
}

/** The API, behind token, breaker and metrics. */
function createApi(settings: Settings) {
  const { now, monotonic, random, timeouts } = settings
  const skew = createClockSkew(now)
  const client = createClient({
    credentials: { clientId: settings.clientId, clientSecret: settings.clientSecrets },
    baseUrl: settings.api,
    allowInsecure: settings.allowInsecureApi,
    ...observeClock(settings, skew),
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
  return { skew, client, metrics, breaker, upstream }
}

/** What the stages of a batch need, wired to each other. */
function createBatchOptions(
  settings: Settings,
  { metrics, breaker, upstream }: ReturnType<typeof createApi>,
): Omit<BatchHandlerOptions, 'refusalLog'> {
  const { now, monotonic, logger, rules, allowImmediate, allowUnverifiedUpdates } = settings
  const rateLimits = createRateLimits(settings.limiter ?? createMemoryLimiter(monotonic), settings.limits)
  const endUsers = createEndUsers({ upstream, rateLimits, metrics, allowUnverifiedUpdates, monotonic })
  const attempts = createEarlierAttempts(settings.timeouts.settle, monotonic)
  const supportOf = (counter: CounterName) => createCollectionSupport(metrics, monotonic, counter)
  const support = {
    pageViews: supportOf('zeroten_page_views_unsupported_total'),
    impressions: supportOf('zeroten_impressions_unsupported_total'),
  }
  const tickets = createTickets({
    secrets: settings.ticketSecrets,
    base: settings.base,
    acceptsClaims: settings.allowUnverified,
    now,
  })
  const answers = createAnswers({ upstream, endUsers, attempts, tickets, metrics })
  return {
    settings,
    breaker,
    rateLimits,
    tickets,
    metrics,
    logger,
    now,
    allowUnverifiedUpdates,
    endUsers,
    attempts,
    support,
    answers,
    warnOnce: createWarnOnce(logger),
    identifier: createIdentifier(settings),
    pageViews: createPageViews({ upstream, endUsers, attempts, rateLimits, metrics, monotonic }),
    writeImpression: createImpressionWriter({ upstream, endUsers, support: support.impressions }),
    dedupe: createEventDedupe(),
    poisonEvents: createPoisonEvents(),
    giveVerdict: createGiveVerdict({
      endUsers,
      answers,
      tickets,
      support: support.pageViews,
      settings: createEndUserSettings({ upstream, endUsers, monotonic }),
      metrics,
      rules,
      allowImmediate,
      now,
    }),
  }
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
 * ```ts
 * const proxy = createProxy({ api: 'https://api.wootric.com', clientId, clientSecret })
 * export const POST = (request: Request) => proxy(request)
 * ```
 */
export function createProxy(options: ProxyOptions): ZerotenProxy {
  const settings = parseOptions(options)
  const api = createApi(settings)
  const { client, breaker, skew, metrics } = api
  const refusalLog = createRefusalLog(settings.logger, settings.monotonic)
  const handleBatch = createBatchHandler({ ...createBatchOptions(settings, api), refusalLog })
  const router = createRouter({ settings, metrics, refusalLog, handleBatch })
  const check = createReadiness({ client, breaker, skew, isClosed: () => router.isClosed })
  warnOf(settings)

  const answer = (incoming: ProxyRequest, context: RequestContext = {}) => router.route(incoming, context)
  return Object.assign(
    async (request: Request, context?: RequestContext) =>
      toResponse(await answer(fromRequest(request), context)),
    {
      answer,
      check,
      ready: async () => (await check()).ready,
      noteRefusal(status: number, code: string) {
        metrics.refusal(status, code)
        refusalLog(code, { status, code }, 'a request is refused')
      },
      metrics: () => metrics.render(),
      base: settings.base,
      close: () => router.close(),
    },
  )
}
