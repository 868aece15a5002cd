import { ClientError, TokenError } from '../../client/index.js'
import type { DeliveryEvent, EventResult } from '../../wire/delivery.js'
import type { Properties } from '../../wire/v1.js'
import type { Answers } from '../delivery/answers.js'
import type { CollectionSupport } from '../delivery/collection-support.js'
import type { EarlierAttempts } from '../delivery/earlier-attempts.js'
import type { EventDedupe } from '../delivery/event-dedupe.js'
import type { createImpressionWriter } from '../delivery/impressions.js'
import type { createPageViews, LookUp } from '../delivery/page-views.js'
import { IGNORED_PROPERTY, OPT_OUT_PROPERTY } from '../delivery/reserved-properties.js'
import { RetryLaterError } from '../delivery/retry-later-error.js'
import type { Task, Writer } from '../delivery/task.js'
import { resultOf, statusOf, waitOf } from '../delivery/upstream.js'
import type { EndUsers, KnownEndUser } from '../end-users/end-users.js'
import { type Identity, limitKey, type Subject, subjectKey } from '../identity/identity.js'
import type { PoisonEvents } from '../limits/poison-events.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { Logger } from '../logger.js'
import type { Metrics } from '../metrics.js'

/** How many page views of one visitor are written at a time. */
const CONCURRENCY = 4

/** What one visitor has sent, all of it checked. */
export interface Delivery {
  subject: Subject
  tasks: readonly Task[]
  /** Who is on the page, where that is the same person. */
  identity: Identity | undefined
  clientKey: string | undefined
  /** Told of each event as soon as it is decided, and how long it should wait, milliseconds. */
  report(eventId: string, result: EventResult, waitMs: number): void
}

export interface DeliverOptions {
  endUsers: EndUsers
  pageViews: ReturnType<typeof createPageViews>
  answers: Answers
  attempts: EarlierAttempts
  dedupe: EventDedupe
  poisonEvents: PoisonEvents
  support: CollectionSupport
  impressions: { write: ReturnType<typeof createImpressionWriter>; support: CollectionSupport }
  rateLimits: RateLimits
  metrics: Metrics
  logger: Logger
  allowUnverifiedUpdates: boolean
  /** Milliseconds. */
  now: () => number
}

const isTyped = <T extends DeliveryEvent['type']>(
  task: Task,
  ...types: T[]
): task is Task<Extract<DeliveryEvent, { type: T }>> => (types as string[]).includes(task.event.type)

/** Of the client's errors the message too: it names method, path and status, nothing of what was sent. */
const describe = (error: unknown) => ({
  error: error instanceof Error ? error.name : typeof error,
  ...(error instanceof ClientError && { detail: error.message }),
})

/** Whether upstream, or what stands before it, may have choked on the event itself: not where it asks for time, or gives no token. */
const mayBeItsFault = (error: unknown): boolean => statusOf(error) !== 429 && !(error instanceof TokenError)

const ORDER = ['page_view', 'impression'] as const
const rankOf = ({ event }: Task): number => (ORDER as readonly string[]).indexOf(event.type)

/** What visitors gave comes first, impressions last; within a kind, in the order of the acts. */
const byImportance = (a: Task, b: Task): number => rankOf(a) - rankOf(b) || a.event.at - b.event.at

/** Brings what one visitor sent upstream, event by event. Never rejects. */
export function createDeliver(options: DeliverOptions) {
  const {
    now,
    endUsers,
    pageViews,
    answers,
    attempts,
    dedupe,
    poisonEvents,
    support,
    rateLimits,
    metrics,
    logger,
  } = options

  /** A first request may come after a later one, which says that there was a first. */
  const marked = (task: Task): Task =>
    attempts.isKnown(task.event.id) ? { ...task, event: { ...task.event, tried: true } } : task

  const isWell = ({ event }: Task): boolean => !poisonEvents.has(event.id)

  const isCollectionMissing = async (subject: Subject, endUser: KnownEndUser): Promise<boolean> =>
    (await endUsers.exists(subject, endUser)) && !(await pageViews.areListed(subject, endUser))

  async function setProperty(subject: Subject, property: Properties): Promise<undefined> {
    // Whose e-mail a stranger can type, a stranger could opt out; the device remembers it for itself.
    if (subject.level === 'claimed' && !options.allowUnverifiedUpdates) return
    await endUsers.setProperties(subject, property).catch((error: unknown) => {
      // Elsewhere that status says that the event is there already; here, that upstream has changed the end user meanwhile.
      throw statusOf(error) === 409 ? new RetryLaterError('upstream', 0, { cause: error }) : error
    })
  }

  function write(task: Task, endUser: KnownEndUser, lookUp: LookUp): ReturnType<Writer<DeliveryEvent>> {
    if (isTyped(task, 'response', 'decline')) return answers.write(task, endUser)
    if (isTyped(task, 'page_view')) return pageViews.createWriter(lookUp)(task, endUser)
    if (isTyped(task, 'impression') && !task.event.ignored) return options.impressions.write(task, endUser)
    const { type, at } = task.event
    return setProperty(
      task.subject,
      type === 'opt_out' ? { [OPT_OUT_PROPERTY]: true } : { [IGNORED_PROPERTY]: at },
    )
  }

  /** One event, by an end user that may have been deleted upstream since we last looked. */
  async function attempt(task: Task, delivery: Delivery, lookUp: LookUp): Promise<EventResult> {
    const isPageView = task.event.type === 'page_view'
    const isImpression = isTyped(task, 'impression') && !task.event.ignored
    const collection = isPageView ? support : isImpression ? options.impressions.support : undefined
    for (let isSecond = false; ; isSecond = true) {
      if (collection?.isMissing) {
        collection.passOver()
        return { status: 'done' }
      }
      let endUser: KnownEndUser | undefined
      try {
        endUser = await endUsers.ensure(delivery)
        const refusal = await write(task, endUser, lookUp)
        return refusal ? { status: 'rejected', reason: refusal } : { status: 'done' }
      } catch (error) {
        if (statusOf(error) !== 404) throw error
        if (!isSecond) endUsers.forget(delivery.subject)
        // One address that is refused so, by a firewall perhaps, says nothing of all page views.
        else if (isPageView && endUser && (await isCollectionMissing(delivery.subject, endUser)))
          support.noteMissing()
        else throw error
      }
    }
  }

  /** @throws RetryLaterError where its client has answered for too many visitors who have not proven who they are */
  async function admitAnswer({ event, subject }: Task, { clientKey }: Delivery): Promise<void> {
    const isAnswer = event.type === 'response' || event.type === 'decline'
    if (!isAnswer || subject.level === 'proven') return
    const waitMs = await rateLimits.answer(clientKey, event.id)
    if (waitMs === undefined) return
    metrics.count('zeroten_rate_limited_total')
    throw new RetryLaterError('rate_limited', waitMs)
  }

  async function deliverOne(task: Task, delivery: Delivery, lookUp: LookUp): Promise<void> {
    const { event, deadline, requestId } = task
    let waitMs = 0
    const work = async (): Promise<EventResult> => {
      try {
        deadline.check()
        await admitAnswer(task, delivery)
        const result = await attempt({ ...task, isSuspect: poisonEvents.has(event.id) }, delivery, lookUp)
        poisonEvents.clear(event.id)
        return result
      } catch (error) {
        const { cause } = error instanceof RetryLaterError ? error : { cause: error }
        if (cause)
          logger.warn(
            { request_id: requestId, type: event.type, ...describe(cause) },
            'an event is not written',
          )
        if (error instanceof RetryLaterError) {
          waitMs = error.waitMs
          return { status: 'retry', reason: error.reason }
        }
        if (mayBeItsFault(error)) poisonEvents.add(event.id)
        waitMs = waitOf(error, now()) ?? 0
        return resultOf(error)
      }
    }
    const result = await dedupe.run(event.id, work)
    delivery.report(event.id, result, waitMs)
  }

  /** Those that are well run a few at a time; one that chokes upstream runs alone, after them. */
  async function deliverAll(delivery: Delivery, tasks: readonly Task[]): Promise<void> {
    const times = tasks
      .filter(task => isTyped(task, 'page_view') && task.event.tried)
      .map(task => task.event.at)
    const lookUp = pageViews.createLookUp(Math.min(...times, Number.MAX_SAFE_INTEGER))
    const run = (task: Task) => deliverOne(task, delivery, lookUp)
    const [well, suspected] = [tasks.filter(isWell), tasks.filter(task => !isWell(task))]
    const queue = well.values()
    const work = async () => {
      for (const task of queue) await run(task)
    }
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, well.length) }, work))
    for (const task of suspected) await run(task)
  }

  return async (delivery: Delivery): Promise<void> => {
    const tasks = delivery.tasks.map(marked).toSorted(byImportance)
    attempts.see(tasks.filter(({ event }) => event.tried).map(({ event }) => event.id))
    const { subject, clientKey } = delivery
    const waitMs =
      (await rateLimits.events(clientKey, limitKey(subject), tasks.length)) ??
      (subject.level === 'claimed' ? await rateLimits.claim(clientKey, subjectKey(subject)) : undefined)
    if (waitMs === undefined) return deliverAll(delivery, tasks)
    metrics.count('zeroten_rate_limited_total')
    for (const { event } of tasks)
      delivery.report(event.id, { status: 'retry', reason: 'rate_limited' }, waitMs)
    return undefined
  }
}
