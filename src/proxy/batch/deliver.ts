import {
  type DeliverEventOptions,
  deliverEvent,
  type EventOutcome,
  type Owner,
} from '../delivery/deliver-event.js'
import type { EarlierAttempts } from '../delivery/earlier-attempts.js'
import type { LookUp } from '../delivery/page-view-records.js'
import type { Task } from '../delivery/task.js'
import { isTyped } from '../delivery/write-event.js'
import { limitKey, type Subject, subjectKey } from '../identity/identity.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { DeliveredBatch, EventResults, OwnedBatch, OwnedEvents } from './batch-context.js'

/** How many page views of one visitor are written at a time. */
const CONCURRENCY = 4

export interface DeliverOptions extends DeliverEventOptions {
  attempts: EarlierAttempts
  rateLimits: Pick<RateLimits, 'answer' | 'events' | 'claim'>
}

const ORDER = ['page_view', 'impression'] as const
const rankOf = ({ event }: Task): number => (ORDER as readonly string[]).indexOf(event.type)

/** What visitors gave comes first, impressions last; within a kind, in the order of the acts. */
const byImportance = (a: Task, b: Task): number => rankOf(a) - rankOf(b) || a.event.at - b.event.at

/** In the order in which they are to be written. A first request may come after a later one, which says that there was a first. */
function prepare({ attempts }: DeliverOptions, tasks: readonly Task[]): readonly Task[] {
  const ordered = tasks
    .map(task =>
      attempts.isKnown(task.event.id) ? { ...task, event: { ...task.event, tried: true as const } } : task,
    )
    .toSorted(byImportance)
  attempts.see(ordered.filter(({ event }) => event.tried).map(({ event }) => event.id))
  return ordered
}

/** One event; what is not done in time is kept. */
async function deliverInTime(
  options: DeliverOptions,
  task: Task,
  owner: Owner,
  lookUp: LookUp,
): Promise<EventOutcome> {
  const outcome = await task.deadline.within(deliverEvent(options, task, owner, lookUp))
  return outcome ?? { id: task.event.id, result: { status: 'retry', reason: 'upstream' }, waitMs: 0 }
}

/** Those that are well run a few at a time; one that chokes upstream runs alone, after them. */
async function deliverEach(
  options: DeliverOptions,
  tasks: readonly Task[],
  owner: Owner,
): Promise<readonly EventOutcome[]> {
  const times = tasks
    .filter(task => isTyped(task, 'page_view') && task.event.tried)
    .map(task => task.event.at)
  const lookUp = options.pageViews.createLookUp(Math.min(...times, Number.MAX_SAFE_INTEGER))
  const isPoison = ({ event }: Task): boolean => options.poisonEvents.has(event.id)
  const suspected = tasks.filter(isPoison)
  const well = tasks.filter(task => !isPoison(task))
  const queue = well.values()
  const outcomes: EventOutcome[] = []
  const work = async (queue: Iterable<Task>) => {
    for (const task of queue) outcomes.push(await deliverInTime(options, task, owner, lookUp))
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, well.length) }, () => work(queue)))
  await work(suspected)
  return outcomes
}

/** @returns for how long the events must wait, milliseconds; undefined where they are within all limits */
async function countEvents(
  { rateLimits }: DeliverOptions,
  subject: Subject,
  clientKey: string | undefined,
  count: number,
): Promise<number | undefined> {
  const waitMs = await rateLimits.events(clientKey, limitKey(subject), count)
  if (waitMs !== undefined || subject.level !== 'claimed') return waitMs
  return rateLimits.claim(clientKey, subjectKey(subject))
}

/** What one visitor has sent, within what they and their client may send. */
async function deliverOwned(
  options: DeliverOptions,
  { subject, tasks }: OwnedEvents,
  { client, deadline, identity }: OwnedBatch,
): Promise<readonly EventOutcome[]> {
  const ordered = prepare(options, tasks)
  const waitMs = await deadline.within(countEvents(options, subject, client?.key, ordered.length))
  if (waitMs === undefined) {
    const isPresent = identity !== undefined && subjectKey(identity.subject) === subjectKey(subject)
    return deliverEach(options, ordered, {
      subject,
      identity: isPresent ? identity : undefined,
      clientKey: client?.key,
    })
  }
  options.metrics.count('zeroten_rate_limited_total')
  return ordered.map(({ event: { id } }) => ({
    id,
    result: { status: 'retry', reason: 'rate_limited' },
    waitMs,
  }))
}

/** The fifth stage: brings everyone's events upstream, and has a result for each when the request's time is over. */
export function createDeliver(options: DeliverOptions) {
  return async (context: OwnedBatch): Promise<DeliveredBatch> => {
    const owned = [...context.bySubject.values()]
    const outcomes = await Promise.all(owned.map(events => deliverOwned(options, events, context)))
    const results: Record<keyof EventResults, EventResults[string]> = Object.assign(
      Object.create(null),
      context.refused,
    )
    let waitMs = 0
    for (const { id, result, waitMs: eventWaitMs } of outcomes.flat()) {
      results[id] = result
      waitMs = Math.max(waitMs, eventWaitMs)
    }
    return { ...context, results, waitMs }
  }
}
