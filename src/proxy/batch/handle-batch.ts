import { type BatchAnswer, DELIVERY_VERSION, MAX_BATCH_BYTES } from '../../wire/delivery.js'
import { createDeadline, type Deadline } from '../delivery/deadline.js'
import { type createIdentifier, type Identity, limitKey, subjectKey } from '../identity/identity.js'
import type { Tickets } from '../identity/tickets.js'
import type { Breaker } from '../limits/breaker.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { Metrics } from '../metrics.js'
import type { RequestContext } from '../options.js'
import type { Settings } from '../parse-options.js'
import type { RefusalLog } from '../refusal-log.js'
import { type ClientAddress, clientAddress, untrustedForwarder } from '../request/client-address.js'
import { isCrawler } from '../request/is-crawler.js'
import { createBatchParser, type ParsedBatch } from '../request/parse-batch.js'
import { ProxyError, toRetryAfterS } from '../request/proxy-error.js'
import type { ProxyRequest } from '../request/proxy-request.js'
import { readBody } from '../request/read-body.js'
import type { createDecide } from '../verdict/give-verdict.js'
import type { createDeliver } from './deliver.js'
import { createSorter, type Sorted } from './own.js'

export interface BatchHandlerOptions {
  settings: Settings
  breaker: Breaker
  rateLimits: RateLimits
  tickets: Tickets
  identifier: ReturnType<typeof createIdentifier>
  deliver: ReturnType<typeof createDeliver>
  decide: ReturnType<typeof createDecide>
  metrics: Metrics
  refusalLog: RefusalLog
}

/** One batch, and all that is known of how it came. */
interface BatchContext {
  incoming: ProxyRequest
  requestId: string
  batch: ParsedBatch
  client: ClientAddress | undefined
  arrivedMs: number
  deadline: Deadline
}

/** For how long a crawler's page need not ask again. */
const CRAWLER_VERDICT_S = 86_400

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
function pendingKinds(
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

/** Where upstream must be told of a page, and the page has told no address: the site's own. */
function siteOf(incoming: ProxyRequest, publicOrigin: string | undefined): string {
  const origin = incoming.header('origin') ?? ''
  const text = publicOrigin ?? (/^https?:\/\//.test(origin) ? origin : `https://${incoming.host}`)
  return URL.canParse(text) ? new URL(text).href : 'https://unknown.invalid/'
}

/** Without an address of its own, a response or decline gets the site's. */
const completeEvents = (batch: ParsedBatch, site: string): ParsedBatch => ({
  ...batch,
  events: batch.events.map(parsed =>
    parsed.event && 'origin_url' in parsed.event && parsed.event.origin_url === ''
      ? { ...parsed, event: { ...parsed.event, origin_url: site } }
      : parsed,
  ),
})

/** The whole of `POST {base}/events`: from a request to an answer for each of its events, and the verdict. */
export function createBatchHandler(options: BatchHandlerOptions) {
  const { settings, breaker, rateLimits, tickets, identifier, deliver, decide, metrics, refusalLog } = options
  const { now, monotonic, timeouts, logger } = settings
  let isCutTold = false
  const parseBatch = createBatchParser(settings.keepQuery, () => {
    if (!isCutTold)
      logger.warn({}, 'a parameter that a page keeps (keepParams) is cut off here: see keepQuery')
    isCutTold = true
  })
  const sortEvents = createSorter(tickets)
  let isAddressMissed = false
  let isForwarderTold = false
  let isTicketTold = false

  function addressOf(incoming: ProxyRequest, context: RequestContext): ClientAddress | undefined {
    const addresses = {
      ip: settings.clientIp ? settings.clientIp(incoming.request, context) : context.ip,
      forwarded: incoming.header('x-forwarded-for'),
      trusted: settings.trusted,
      anonymize: settings.anonymizeIp,
    }
    const client = clientAddress(addresses)
    const forwarder = isForwarderTold ? undefined : untrustedForwarder(addresses)
    if (forwarder) {
      isForwarderTold = true
      logger.warn(
        { ...(forwarder.ownAddress && { from: forwarder.ownAddress }) },
        'X-Forwarded-For comes from an address that is not trusted: whoever is behind it counts as one client. ' +
          `If that is a reverse proxy of yours, see trustProxy (--trust-proxy ${forwarder.ownAddress ?? 'CIDR'})`,
      )
    }
    if (!client && !isAddressMissed) {
      isAddressMissed = true
      logger.warn({}, 'no client address (context.ip, clientIp): limits by client and ip_address are off')
    }
    return client
  }

  /** Delivers everyone's events; what is not done in time is kept. */
  async function deliverAll(sorted: Sorted, identity: Identity | undefined, context: BatchContext) {
    const results = sorted.results
    let waitMs = 0
    const deliveries = [...sorted.bySubject].map(async ([key, { subject, tasks }]) => {
      const isPresent = identity !== undefined && subjectKey(identity.subject) === key
      await deliver({
        subject,
        tasks,
        clientKey: context.client?.key,
        identity: isPresent ? identity : undefined,
        report(id, result, eventWaitMs) {
          results[id] = result
          waitMs = Math.max(waitMs, eventWaitMs)
        },
      })
    })
    await context.deadline.within(Promise.all(deliveries))
    for (const { id } of context.batch.events) results[id] ??= { status: 'retry', reason: 'upstream' }
    return { results, waitMs }
  }

  async function verdictFor(
    { batch: { ask }, client, deadline, requestId }: BatchContext,
    identity: Identity | undefined,
    hostConsent: boolean | undefined,
  ): Promise<BatchAnswer['verdict']> {
    if (!ask || !identity) return undefined
    const { subject } = identity
    if (
      subject.level === 'claimed' &&
      (await rateLimits.claim(client?.key, subjectKey(subject))) !== undefined
    )
      return undefined
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
  async function askHost({ incoming, batch }: BatchContext) {
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

  async function answerBatch(context: BatchContext): Promise<BatchAnswer> {
    const { requestId, batch, client, arrivedMs, deadline } = context
    const { who, hostConsent } = await askHost(context)
    const identity = typeof who === 'object' ? who : undefined
    const hasConsent = hostConsent !== false
    const ipAddress = client?.text
    const sorted = await sortEvents({ batch, who, hasConsent, arrivedMs, ipAddress, requestId, deadline })
    const [[firstKey, first] = []] = sorted.bySubject
    const key = identity ? subjectKey(identity.subject) : firstKey
    const subject = identity?.subject ?? first?.subject
    await rateLimits.request(client?.key, subject && limitKey(subject), batch.events.length > 0)
    const { results, waitMs } = await deliverAll(sorted, identity, context)
    const others = [...sorted.bySubject].filter(([other]) => other !== key).flatMap(([, { tasks }]) => tasks)
    const kept = pendingKinds(batch, results, id => others.some(({ event }) => event.id === id))
    const judged = kept.has('clock') ? undefined : await verdictFor(context, identity, hostConsent)
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

  /** One line for what is sent back, with its reasons; what upstream refused has a line of its own already. */
  function noteResults(
    { requestId, batch, arrivedMs }: BatchContext,
    { results, verdict }: BatchAnswer,
  ): void {
    const counts: Record<string, number> = {}
    const reasons: Record<string, number> = {}
    for (const { id, event } of batch.events) {
      const result = results[id]
      if (!result) continue
      const reason = 'reason' in result ? result.reason : ''
      metrics.event(event?.type ?? 'unknown', result.status, reason)
      counts[result.status] = (counts[result.status] ?? 0) + 1
      if (reason && reason !== 'upstream') reasons[reason] = (reasons[reason] ?? 0) + 1
      if (reason === 'ticket_invalid') metrics.count('zeroten_tickets_invalid_total')
    }
    if (reasons.ticket_invalid && !isTicketTold) {
      isTicketTold = true
      logger.warn(
        { request_id: requestId },
        'a ticket can’t be opened: its secret is none of ticketSecret (ZEROTEN_TICKET_SECRET=new,old), nor of clientSecret. ' +
          'Its event waits until its owner is here again',
      )
    }
    if (Object.keys(reasons).length > 0)
      refusalLog('events', { request_id: requestId, ...reasons }, 'events are sent back')
    const fields = { request_id: requestId, events: batch.events.length, ...counts, survey: verdict?.survey }
    logger.info({ ...fields, ms: now() - arrivedMs }, 'batch')
  }

  /** Nothing waits for a crawler, and nothing is written of it: its events are taken, and it is not asked. */
  function answerCrawler(batch: ParsedBatch): BatchAnswer {
    metrics.count('zeroten_crawler_requests_total')
    const until = Math.floor(now() / 1_000) + CRAWLER_VERDICT_S
    const results: BatchAnswer['results'] = Object.create(null)
    for (const { id, event } of batch.events) {
      results[id] = { status: 'done' }
      metrics.event(event?.type ?? 'unknown', 'done', 'crawler')
    }
    return {
      v: DELIVERY_VERSION,
      id: batch.id,
      now: now(),
      results,
      ...(batch.ask && { verdict: { survey: false, level: 'anonymous', until } }),
    }
  }

  return async (incoming: ProxyRequest, context: RequestContext, requestId: string): Promise<BatchAnswer> => {
    const arrivedMs = now()
    const client = addressOf(incoming, context)
    await rateLimits.arrive(client?.key)
    const bounds = { maxBytes: MAX_BATCH_BYTES, deadlineMs: timeouts.body }
    const text = await readBody(incoming, bounds)
    await rateLimits.bytes(client?.key, text.length)
    const batch = completeEvents(parseBatch(text), siteOf(incoming, settings.publicOrigin))
    for (const [type, count = 0] of Object.entries(batch.evicted)) metrics.evicted(type, count)
    if (!settings.recordCrawlers && isCrawler(incoming.header('user-agent'))) return answerCrawler(batch)
    const admission = breaker.enter()
    if (typeof admission === 'number') throw unavailable(admission)
    const deadline = createDeadline(timeouts.request, monotonic)
    const batchContext = { incoming, requestId, batch, client, arrivedMs, deadline }
    try {
      const answer = await answerBatch(batchContext)
      noteResults(batchContext, answer)
      return answer
    } finally {
      deadline.clear()
      admission.leave()
    }
  }
}
