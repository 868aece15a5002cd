import { ClientError, TokenError } from '../../client/index.js'
import type { Logger } from '../../runtime/logger.js'
import type { EventResult } from '../../wire/delivery.js'
import type { EnsureOptions } from '../end-users/end-users.js'
import type { KnownEndUser } from '../end-users/known-end-user.js'
import type { Subject } from '../identity/identity.js'
import type { PoisonEvents } from '../limits/poison-events.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { Metrics } from '../metrics.js'
import type { CollectionSupport } from './collection-support.js'
import type { EventDedupe } from './event-dedupe.js'
import type { LookUp } from './page-view-records.js'
import { RetryLaterError } from './retry-later-error.js'
import type { Task } from './task.js'
import { resultOf, statusOf, waitOf } from './upstream.js'
import { isTyped, type WriteEventOptions, writeEvent } from './write-event.js'

export interface DeliverEventOptions extends WriteEventOptions {
  dedupe: EventDedupe
  poisonEvents: PoisonEvents
  /** Whether upstream has the collections that not every edition of the API has. */
  support: { pageViews: CollectionSupport; impressions: CollectionSupport }
  rateLimits: Pick<RateLimits, 'answer'>
  metrics: Metrics
  logger: Logger
  /** Milliseconds. */
  now: () => number
}

/** What became of one event. */
export interface EventOutcome {
  id: string
  result: EventResult
  /** For how long it should wait before it comes again, milliseconds. */
  waitMs: number
}

/** Whose events they are; who is on the page, where that is the same person; and by which client they came. */
export type Owner = Omit<EnsureOptions, 'atS'>

/** Of the client's errors the message too: it names method, path and status, nothing of what was sent. */
const describe = (error: unknown) => ({
  error: error instanceof Error ? error.name : typeof error,
  ...(error instanceof ClientError && { detail: error.message }),
})

/** Whether upstream, or what stands before it, may have choked on the event itself: not where it asks for time, or gives no token. */
const mayBeItsFault = (error: unknown): boolean => statusOf(error) !== 429 && !(error instanceof TokenError)

function collectionOf({ support }: DeliverEventOptions, task: Task): CollectionSupport | undefined {
  if (isTyped(task, 'page_view')) return support.pageViews
  return isTyped(task, 'impression') && !task.event.ignored ? support.impressions : undefined
}

const arePageViewsMissing = async (
  { endUsers, pageViews }: DeliverEventOptions,
  subject: Subject,
  endUser: KnownEndUser,
): Promise<boolean> =>
  (await endUsers.exists(subject, endUser)) && !(await pageViews.areListed(subject, endUser))

/** Writes one event, by an end user that may have been deleted upstream since we last looked. */
async function attempt(
  options: DeliverEventOptions,
  task: Task,
  owner: Owner,
  lookUp: LookUp,
): Promise<EventResult> {
  const { endUsers, support } = options
  const collection = collectionOf(options, task)
  for (let isSecond = false; ; isSecond = true) {
    if (collection?.isMissing) {
      collection.passOver()
      return { status: 'done' }
    }
    let endUser: KnownEndUser | undefined
    try {
      endUser = await endUsers.ensure({ ...owner, atS: task.event.at })
      const refusal = await writeEvent(options, task, endUser, lookUp)
      return refusal ? { status: 'rejected', reason: refusal } : { status: 'done' }
    } catch (error) {
      if (statusOf(error) !== 404) throw error
      if (!isSecond) endUsers.forget(owner.subject)
      // One address that is refused so, by a firewall perhaps, says nothing of all page views.
      else if (
        collection === support.pageViews &&
        endUser &&
        (await arePageViewsMissing(options, owner.subject, endUser))
      )
        collection.noteMissing()
      else throw error
    }
  }
}

/** @throws RetryLaterError where its client has answered for too many visitors who have not proven who they are */
async function admitAnswer(
  { rateLimits, metrics }: DeliverEventOptions,
  task: Task,
  { clientKey }: Owner,
): Promise<void> {
  if (!isTyped(task, 'response', 'decline') || task.subject.level === 'proven') return
  const waitMs = await rateLimits.answer(clientKey, task.event.id)
  if (waitMs === undefined) return
  metrics.count('zeroten_rate_limited_total')
  throw new RetryLaterError('rate_limited', waitMs)
}

/** What an error means for the event. */
function outcomeOfError(
  { poisonEvents, logger, now }: DeliverEventOptions,
  { event: { id, type }, requestId }: Task,
  error: unknown,
): EventOutcome {
  const { cause } = error instanceof RetryLaterError ? error : { cause: error }
  if (cause) logger.warn({ request_id: requestId, type, ...describe(cause) }, 'an event is not written')
  if (error instanceof RetryLaterError)
    return { id, result: { status: 'retry', reason: error.reason }, waitMs: error.waitMs }
  if (mayBeItsFault(error)) poisonEvents.add(id)
  return { id, result: resultOf(error), waitMs: waitOf(error, now()) ?? 0 }
}

async function deliverFirst(
  options: DeliverEventOptions,
  task: Task,
  owner: Owner,
  lookUp: LookUp,
): Promise<EventOutcome> {
  const { poisonEvents } = options
  const { id } = task.event
  try {
    task.deadline.check()
    await admitAnswer(options, task, owner)
    const result = await attempt(options, { ...task, isSuspect: poisonEvents.has(id) }, owner, lookUp)
    poisonEvents.clear(id)
    return { id, result, waitMs: 0 }
  } catch (error) {
    return outcomeOfError(options, task, error)
  }
}

/** Brings one event upstream, once, whoever brings it how often. Never rejects. */
export async function deliverEvent(
  options: DeliverEventOptions,
  task: Task,
  owner: Owner,
  lookUp: LookUp,
): Promise<EventOutcome> {
  const { id } = task.event
  // A copy shares the first one's result, and has no wait of its own.
  let waitMs = 0
  const result = await options.dedupe.run(id, async () => {
    const outcome = await deliverFirst(options, task, owner, lookUp)
    waitMs = outcome.waitMs
    return outcome.result
  })
  return { id, result, waitMs }
}
