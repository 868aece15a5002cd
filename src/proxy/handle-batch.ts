import { type BatchAnswer, DELIVERY_VERSION, MAX_BATCH_BYTES } from '../wire/delivery.js'
import { createSorter, type Sorted } from './delivery/admit-events.js'
import { createDeadline, type Deadline } from './delivery/deadline.js'
import type { createDeliver } from './delivery/deliver.js'
import { type createIdentifier, type Identity, subjectKey } from './identity/identity.js'
import type { Tickets } from './identity/tickets.js'
import type { Breaker } from './limits/breaker.js'
import type { RateLimits } from './limits/rate-limits.js'
import type { Metrics } from './metrics.js'
import type { RequestContext } from './options.js'
import type { Settings } from './parse-options.js'
import { type ClientAddress, clientAddress } from './request/client-address.js'
import { createBatchParser, type ParsedBatch } from './request/parse-batch.js'
import { ProxyError, toRetryAfterS } from './request/proxy-error.js'
import type { Incoming } from './request/proxy-request.js'
import { readBody } from './request/read-body.js'
import type { createDecide } from './verdict/evaluate-gates.js'

export interface BatchHandlerOptions {
  settings: Settings
  breaker: Breaker
  rateLimits: RateLimits
  tickets: Tickets
  identifier: ReturnType<typeof createIdentifier>
  deliver: ReturnType<typeof createDeliver>
  decide: ReturnType<typeof createDecide>
  metrics: Metrics
}

/** One batch, and all that is known of how it came. */
interface Arrival {
  incoming: Incoming
  requestId: string
  batch: ParsedBatch
  client: ClientAddress | undefined
  arrivedMs: number
  deadline: Deadline
}

/** A host that could not say anything in time is asked again after so long. */
const HOST_WAIT_MS = 5_000

const unavailable = (waitMs: number) =>
  new ProxyError(503, 'unavailable', 'the API is not to be reached; keep what was sent', {
    'Retry-After': String(toRetryAfterS(waitMs)),
  })

/**
 * What a verdict on whoever is here would not know of. It comes again soon, and the page asks again with it: without a page
 * view, the verdict might be a wrong no; without an answer, a wrong yes.
 */
function keptBack(
  { events }: ParsedBatch,
  results: BatchAnswer['results'],
  isOfOthers: (id: string) => boolean,
) {
  const kept = new Set<'clock' | 'page_view' | 'answer'>()
  for (const { id, event } of events) {
    const result = results[id]
    if (result?.status !== 'retry' || isOfOthers(id)) continue
    if (result.reason === 'clock') kept.add('clock')
    if (result.reason === 'upstream' || result.reason === 'rate_limited')
      kept.add(event?.type === 'page_view' ? 'page_view' : 'answer')
  }
  return kept
}

/** The whole of `POST {base}/events`: from a request to an answer for each of its events, and the verdict. */
export function createBatchHandler(options: BatchHandlerOptions) {
  const { settings, breaker, rateLimits, tickets, identifier, deliver, decide, metrics } = options
  const { now, monotonic, timeouts, logger } = settings
  let isCutTold = false
  const parseBatch = createBatchParser(settings.keepQuery, () => {
    if (!isCutTold)
      logger.warn({}, 'a parameter that a page keeps (keepParams) is cut off here: see keepQuery')
    isCutTold = true
  })
  const sortEvents = createSorter(tickets)
  let isAddressMissed = false

  function addressOf(incoming: Incoming, context: RequestContext): ClientAddress | undefined {
    const client = clientAddress({
      ip: settings.clientIp ? settings.clientIp(incoming.request, context) : context.ip,
      forwarded: incoming.header('x-forwarded-for'),
      trusted: settings.trusted,
      anonymize: settings.anonymizeIp,
    })
    if (!client && !isAddressMissed) {
      isAddressMissed = true
      logger.warn({}, 'no client address (context.ip, clientIp): limits by client and ip_address are off')
    }
    return client
  }

  /** Delivers everyone's events; what is not done in time is kept. */
  async function deliverAll(sorted: Sorted, identity: Identity | undefined, arrival: Arrival) {
    const results = sorted.results
    let waitMs = 0
    const deliveries = [...sorted.bySubject].map(async ([key, { subject, tasks }]) => {
      const isPresent = identity !== undefined && subjectKey(identity.subject) === key
      await deliver({
        subject,
        tasks,
        clientKey: arrival.client?.key,
        identity: isPresent ? identity : undefined,
        report(id, result, eventWaitMs) {
          results[id] = result
          waitMs = Math.max(waitMs, eventWaitMs)
        },
      })
    })
    await arrival.deadline.within(Promise.all(deliveries))
    for (const { id } of arrival.batch.events) results[id] ??= { status: 'retry', reason: 'upstream' }
    return { results, waitMs }
  }

  async function verdictFor(
    { batch: { ask }, deadline, requestId }: Arrival,
    identity: Identity | undefined,
    hostConsent: boolean | undefined,
  ): Promise<BatchAnswer['verdict']> {
    if (!ask || !identity) return undefined
    try {
      return await deadline.within(decide({ identity, ask, hostConsent }))
    } catch (error) {
      // The events are safe; whether to ask can wait for the next page.
      const name = error instanceof Error ? error.name : typeof error
      logger.warn({ request_id: requestId, error: name }, 'no verdict could be given')
      return undefined
    }
  }

  /** What the host says of whoever is on the page. One that hangs leaves time for what needs no word of its. */
  async function askHost({ incoming, batch }: Arrival) {
    const deadline = createDeadline(timeouts.request / 2, monotonic)
    const ask = <T>(work: Promise<T> | T) =>
      deadline.within(Promise.resolve(work).then(answer => ({ answer })))
    try {
      const consent = await ask(settings.consent?.(incoming.request))
      if (!consent) throw unavailable(HOST_WAIT_MS)
      // Whose page views are refused must be known even where nobody says who it is.
      const isPresent = batch.ask !== undefined || batch.identity !== undefined || consent.answer === false
      if (!isPresent) return { who: undefined, hostConsent: consent.answer }
      const who = await ask(identifier(incoming, batch.identity))
      return { who: who ? who.answer : ('identity_invalid' as const), hostConsent: consent.answer }
    } finally {
      deadline.clear()
    }
  }

  async function answerBatch(arrival: Arrival): Promise<BatchAnswer> {
    const { requestId, batch, client, arrivedMs, deadline } = arrival
    const { who, hostConsent } = await askHost(arrival)
    const identity = typeof who === 'object' ? who : undefined
    const hasConsent = hostConsent !== false
    const ipAddress = client?.text
    const sorted = await sortEvents({ batch, who, hasConsent, arrivedMs, ipAddress, requestId, deadline })
    const [firstKey] = sorted.bySubject.keys()
    const key = identity ? subjectKey(identity.subject) : firstKey
    await rateLimits.request(client?.key, key, batch.events.length > 0)
    const { results, waitMs } = await deliverAll(sorted, identity, arrival)
    const others = [...sorted.bySubject].filter(([other]) => other !== key).flatMap(([, { tasks }]) => tasks)
    const kept = keptBack(batch, results, id => others.some(({ event }) => event.id === id))
    const judged = kept.has('clock') ? undefined : await verdictFor(arrival, identity, hostConsent)
    const isUncertain = kept.has('answer') || (kept.has('page_view') && !judged?.survey)
    const verdict = isUncertain ? undefined : judged
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

  function log({ requestId, batch, arrivedMs }: Arrival, { results, verdict }: BatchAnswer): void {
    const counts: Record<string, number> = {}
    for (const { status } of Object.values(results)) counts[status] = (counts[status] ?? 0) + 1
    const fields = { request_id: requestId, events: batch.events.length, ...counts, survey: verdict?.survey }
    logger.info({ ...fields, ms: now() - arrivedMs }, 'batch')
  }

  return async (incoming: Incoming, context: RequestContext, requestId: string): Promise<BatchAnswer> => {
    const arrivedMs = now()
    const client = addressOf(incoming, context)
    await rateLimits.arrive(client?.key)
    const bounds = { maxBytes: MAX_BATCH_BYTES, deadlineMs: timeouts.body }
    const batch = parseBatch(await readBody(incoming, bounds))
    for (const [type, count = 0] of Object.entries(batch.evicted)) metrics.evicted(type, count)
    const admission = breaker.enter()
    if (typeof admission === 'number') throw unavailable(admission)
    const deadline = createDeadline(timeouts.request, monotonic)
    const arrival = { incoming, requestId, batch, client, arrivedMs, deadline }
    try {
      const answer = await answerBatch(arrival)
      log(arrival, answer)
      return answer
    } finally {
      deadline.clear()
      admission.leave()
    }
  }
}
