import { DAY_S } from '../../domain/retention.js'
import { type BatchAnswer, DELIVERY_VERSION } from '../../wire/delivery.js'
import type { Tickets } from '../identity/tickets.js'
import type { Metrics } from '../metrics.js'
import type { Settings } from '../parse-options.js'
import type { RefusalLog } from '../refusal-log.js'
import { toRetryAfterS } from '../request/proxy-error.js'
import type { WarnOnce } from '../warn-once.js'
import type { DecidedBatch, ReceivedBatch } from './batch-context.js'

export interface RespondOptions {
  tickets: Pick<Tickets, 'delivery'>
  metrics: Metrics
  refusalLog: RefusalLog
  warnOnce: WarnOnce
  settings: Pick<Settings, 'now' | 'logger'>
}

/** For how long a crawler's page need not ask again. */
const CRAWLER_VERDICT_S = DAY_S

async function toAnswer(
  { tickets, settings }: RespondOptions,
  { batch, who, identity, results, waitMs, verdict }: DecidedBatch,
): Promise<BatchAnswer> {
  return {
    v: DELIVERY_VERSION,
    id: batch.id,
    now: settings.now(),
    results,
    ...(waitMs > 0 && { retry_after_s: toRetryAfterS(waitMs) }),
    ...(identity && { ticket: await tickets.delivery(identity.subject), identity: identity.subject.level }),
    ...(typeof who === 'string' && { identity_problem: who }),
    ...(verdict && { verdict }),
  }
}

const increment = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1
}

/** One line for what is sent back, with its reasons; what upstream refused has a line of its own already. */
function noteResults(
  { metrics, refusalLog, warnOnce, settings: { logger, now } }: RespondOptions,
  { requestId, batch, arrivedMs, results, verdict }: DecidedBatch,
): void {
  const counts: Record<string, number> = {}
  const reasons: Record<string, number> = {}
  for (const { id, event } of batch.events) {
    const result = results[id]
    if (!result) continue
    const reason = 'reason' in result ? result.reason : ''
    metrics.event(event?.type ?? 'unknown', result.status, reason)
    increment(counts, result.status)
    if (reason && reason !== 'upstream') increment(reasons, reason)
    if (reason === 'ticket_invalid') metrics.count('zeroten_tickets_invalid_total')
  }
  if (reasons.ticket_invalid)
    warnOnce(
      'unopened_ticket',
      { request_id: requestId },
      'a ticket can’t be opened: its secret is none of ticketSecret (ZEROTEN_TICKET_SECRET=new,old), nor of clientSecret. ' +
        'Its event waits until its owner is here again',
    )
  if (Object.keys(reasons).length > 0)
    refusalLog('events', { request_id: requestId, ...reasons }, 'events are sent back')
  const fields = { request_id: requestId, events: batch.events.length, ...counts, survey: verdict?.survey }
  logger.info({ ...fields, ms: now() - arrivedMs }, 'batch')
}

/** The last stage: what the page is told, and what the operator is. */
export function createRespond(options: RespondOptions) {
  return async (context: DecidedBatch): Promise<BatchAnswer> => {
    const answer = await toAnswer(options, context)
    noteResults(options, context)
    return answer
  }
}

/** Nothing waits for a crawler, and nothing is written of it: its events are taken, and it is not asked. */
export function respondToCrawler(
  { metrics, settings: { now } }: Pick<RespondOptions, 'metrics' | 'settings'>,
  { batch }: ReceivedBatch,
): BatchAnswer {
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
