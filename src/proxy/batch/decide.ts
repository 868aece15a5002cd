import type { Logger } from '../../runtime/logger.js'
import type { BatchAnswer } from '../../wire/delivery.js'
import { subjectKey } from '../identity/identity.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { GiveVerdict } from '../verdict/give-verdict.js'
import type { DecidedBatch, DeliveredBatch } from './batch-context.js'

export interface DecideOptions {
  giveVerdict: GiveVerdict
  rateLimits: Pick<RateLimits, 'claim'>
  logger: Logger
}

/**
 * What a verdict on whoever is here would not know of. It comes again soon, and the page asks again with it: without a page
 * view, the verdict might be a wrong no; without an answer, a wrong yes.
 */
function pendingKinds({ batch, results, bySubject, ownerKey }: DeliveredBatch) {
  const others = [...bySubject].filter(([key]) => key !== ownerKey).flatMap(([, { tasks }]) => tasks)
  const pending = new Set<'clock' | 'page_view' | 'answer'>()
  for (const { id, event } of batch.events) {
    const result = results[id]
    if (result?.status !== 'retry' || others.some(task => task.event.id === id)) continue
    if (result.reason === 'clock') pending.add('clock')
    if (result.reason === 'upstream' || result.reason === 'rate_limited')
      pending.add(event?.type === 'page_view' ? 'page_view' : 'answer')
  }
  return pending
}

/** What upstream's records say now. */
async function judge(
  { giveVerdict, rateLimits, logger }: DecideOptions,
  { batch: { ask }, client, deadline, requestId, identity, hostConsent }: DeliveredBatch,
): Promise<BatchAnswer['verdict']> {
  if (!ask || !identity) return undefined
  const { subject } = identity
  if (subject.level === 'claimed' && (await rateLimits.claim(client?.key, subjectKey(subject))) !== undefined)
    return undefined
  try {
    return await deadline.within(giveVerdict({ identity, ask, hostConsent }))
  } catch (error) {
    // The events are safe; whether to ask can wait for the next page.
    const name = error instanceof Error ? error.name : typeof error
    logger.warn({ request_id: requestId, error: name }, 'no verdict could be given')
    return undefined
  }
}

/** The sixth stage: whether to ask whoever is on the page. No verdict where what is still to come could turn it. */
export function createDecide(options: DecideOptions) {
  return async (context: DeliveredBatch): Promise<DecidedBatch> => {
    const pending = pendingKinds(context)
    const judged = pending.has('clock') ? undefined : await judge(options, context)
    const isUncertain = pending.has('answer') || (pending.has('page_view') && !judged?.survey)
    return { ...context, verdict: isUncertain ? undefined : judged }
  }
}
