import { type BatchAnswer, DELIVERY_VERSION, type EventResult, MAX_BATCH_BYTES } from '../wire/delivery.js'
import type { Breaker } from './breaker.js'
import { clientAddress } from './client-address.js'
import type { createDeliver } from './deliver.js'
import type { createIdentifier, Identity } from './identity.js'
import { subjectKey } from './identity.js'
import type { RateLimits } from './limits.js'
import type { Metrics } from './metrics.js'
import type { RequestContext, Settings } from './options.js'
import { createBatchParser, type ParsedBatch } from './parse-batch.js'
import { ProxyError, toRetryAfterS } from './proxy-error.js'
import { readBody } from './read-body.js'
import { createSorter, type Sorted } from './sort-events.js'
import type { Tickets } from './tickets.js'
import type { createDecide } from './verdict.js'

export interface HandleBatchOptions {
  settings: Settings
  breaker: Breaker
  rateLimits: RateLimits
  tickets: Tickets
  identifier: ReturnType<typeof createIdentifier>
  deliver: ReturnType<typeof createDeliver>
  decide: ReturnType<typeof createDecide>
  metrics: Metrics
}

const unavailable = (waitMs: number) =>
  new ProxyError(503, 'unavailable', 'the API is not to be reached; what was sent should be kept', {
    'Retry-After': String(toRetryAfterS(waitMs)),
  })

/** Resolves with `work`, or with undefined when the signal is aborted first. `work` goes on, watched by nobody. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
    work.then(resolve, reject)
  })
}

/** The whole of `POST {base}/events`: from a request to the answer for each of its events, and the verdict. */
export function createBatchHandler(options: HandleBatchOptions) {
  const { settings, breaker, rateLimits, tickets, identifier, deliver, decide, metrics } = options
  const { now, timeouts, logger } = settings
  const parseBatch = createBatchParser(settings.keepQuery)
  const sortEvents = createSorter(tickets)

  /** Delivers everyone's events and fills in the results; what is not done in time is kept. */
  async function deliverAll(
    sorted: Sorted,
    identity: Identity | undefined,
    clientKey: string | undefined,
    signal: AbortSignal,
  ): Promise<{ results: Record<string, EventResult>; waitMs: number }> {
    const results = new Map<string, EventResult>(sorted.results)
    let waitMs = 0
    const groups = [...sorted.bySubject].map(async ([key, { subject, tasks }]) => {
      const isPresent = identity && subjectKey(identity.subject) === key
      const delivery = { subject, tasks, clientKey, identity: isPresent ? identity : undefined }
      const delivered = await deliver(delivery)
      for (const [id, result] of delivered.results) results.set(id, result)
      waitMs = Math.max(waitMs, delivered.waitMs)
    })
    await untilAborted(Promise.all(groups), signal)
    for (const { tasks } of sorted.bySubject.values())
      for (const { event } of tasks)
        if (!results.has(event.id)) results.set(event.id, { status: 'retry', reason: 'upstream' })
    return { results: Object.fromEntries(results), waitMs }
  }

  async function decideFor(
    { ask }: ParsedBatch,
    identity: Identity | undefined,
    hostConsent: boolean | undefined,
    signal: AbortSignal,
  ): Promise<BatchAnswer['verdict']> {
    if (!ask || !identity) return undefined
    try {
      return await untilAborted(decide({ identity, ask, hostConsent }), signal)
    } catch (error) {
      // The events are safe; whether to ask can wait for the next page.
      logger.warn({ error: error instanceof Error ? error.name : typeof error }, 'no verdict could be given')
      return undefined
    }
  }

  async function answerBatch(
    request: Request,
    batch: ParsedBatch,
    client: ReturnType<typeof clientAddress>,
    arrivedMs: number,
    signal: AbortSignal,
  ): Promise<BatchAnswer> {
    const isAsked = batch.ask !== undefined || batch.identity !== undefined
    const who = isAsked ? await identifier(request, batch.identity) : undefined
    const identity = typeof who === 'object' ? who : undefined
    const hostConsent = settings.consent ? await settings.consent(request) : undefined
    const sorted = await sortEvents({
      batch,
      identity: who,
      hasConsent: hostConsent !== false,
      arrivedMs,
      ipAddress: client?.text,
      signal,
    })
    const [firstKey] = sorted.bySubject.keys()
    const key = identity ? subjectKey(identity.subject) : firstKey
    await rateLimits.request(client?.key, key, batch.events.length > 0)
    const { results, waitMs } = await deliverAll(sorted, identity, client?.key, signal)
    const verdict = await decideFor(batch, identity, hostConsent, signal)
    return {
      v: DELIVERY_VERSION,
      id: batch.id,
      now: now(),
      results,
      ...(waitMs > 0 && { retry_after_s: toRetryAfterS(waitMs) }),
      ...(identity && { ticket: await tickets.delivery(identity.subject), identity: identity.subject.level }),
      ...(typeof who === 'string' && { identity_problem: who }),
      ...(verdict && { verdict }),
    }
  }

  return async (request: Request, context: RequestContext): Promise<BatchAnswer> => {
    const arrivedMs = now()
    const client = clientAddress({
      ip: settings.clientIp ? settings.clientIp(request, context) : context.ip,
      forwarded: request.headers.get('x-forwarded-for'),
      trusted: settings.trusted,
      anonymize: settings.anonymizeIp,
    })
    await rateLimits.arrive(client?.key)
    const batch = parseBatch(await readBody(request, MAX_BATCH_BYTES, timeouts.body))
    for (const [type, count = 0] of Object.entries(batch.evicted)) metrics.evicted(type, count)
    const admission = breaker.enter()
    if (typeof admission === 'number') throw unavailable(admission)
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(new Error('out of time')), timeouts.request)
    try {
      return await answerBatch(request, batch, client, arrivedMs, controller.signal)
    } finally {
      clearTimeout(timer)
      admission.leave()
    }
  }
}
