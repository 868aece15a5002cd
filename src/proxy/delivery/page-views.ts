import type { PageViewEvent } from '../../wire/delivery.js'
import type { EndUsers, KnownEndUser } from '../end-users/end-users.js'
import { limitKey, type Subject, subjectKey } from '../identity/identity.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { Metrics } from '../metrics.js'
import type { EarlierAttempts } from './earlier-attempts.js'
import { createMutex } from './mutex.js'
import { RetryLaterError } from './retry-later-error.js'
import type { Task, Writer } from './task.js'
import { asRetryable, isUncertain, type Upstream, unlessMissing } from './upstream.js'

const PER_PAGE = 50
/** An upstream that gives fewer than it is asked for gives its own default; less than that is the end. */
const LEAST_PER_PAGE = 25
/** 2,000 page views since the one that is looked for; who has more is told to wait. */
const MAX_PAGES = 40
/** Upstream's clock is not the device's. */
const CLOCK_MARGIN_S = 600

interface Record {
  id: number
  atS: number
  url: string | null
}

export interface PageViewsOptions {
  upstream: Upstream
  endUsers: EndUsers
  attempts: EarlierAttempts
  rateLimits: RateLimits
  metrics: Metrics
  /** Milliseconds. */
  monotonic: () => number
}

/**
 * What a batch knows of one end user's page views: read at the first event that needs it, and again only where that was
 * before `sinceMs`, monotonic.
 */
export type LookUp = (
  task: Task<PageViewEvent>,
  endUser: KnownEndUser,
  sinceMs: number,
) => Promise<readonly Record[]>

export function createPageViews(options: PageViewsOptions) {
  const { upstream, endUsers, attempts, rateLimits, metrics, monotonic } = options
  /** Without keys, a record that appears while another event looks must not be taken for that event's. */
  const mutex = createMutex()

  /** Everything that upstream recorded since `sinceS`. */
  async function list({ subject }: Task, endUserId: number, sinceS: number): Promise<Record[]> {
    const key = subjectKey(subject)
    const found = new Map<number, Record>()
    for (let page = 1; page <= MAX_PAGES; page++) {
      const waitMs = await rateLimits.lookUpPage(limitKey(subject))
      if (waitMs !== undefined) throw new RetryLaterError('rate_limited', waitMs)
      metrics.count('zeroten_look_ups_total')
      const parameters = { created: { gte: sinceS }, per_page: PER_PAGE }
      const records = await asRetryable(
        upstream.call({ operation: 'list_page_views', subject: key }, client =>
          client.pageViews.listOf(endUserId, parameters).page(page),
        ),
      )
      const { size } = found
      for (const { id, at, url } of records) found.set(id, { id, atS: Math.floor(at.getTime() / 1_000), url })
      if (records.length < LEAST_PER_PAGE || found.size === size) return [...found.values()]
    }
    throw new RetryLaterError('rate_limited', 60_000)
  }

  /** @param sinceS the earliest `at` of the events that will ask */
  function createLookUp(sinceS: number): LookUp {
    let records: Promise<Record[]> | undefined
    let endUserId: number | undefined
    let readMs = Number.NEGATIVE_INFINITY
    return (task, { id }, sinceMs) => {
      // One that upstream has deleted meanwhile was found or made anew, under another id.
      if (!records || endUserId !== id || readMs < sinceMs) {
        endUserId = id
        readMs = monotonic()
        records = list(task, id, Math.max(0, sinceS - CLOCK_MARGIN_S))
      }
      return records
    }
  }

  async function post(
    { event, subject, isSuspect, deadline }: Task<PageViewEvent>,
    endUserId: number,
  ): Promise<undefined> {
    deadline.check()
    try {
      const record = await upstream.call(
        { operation: 'create_page_view', subject: subjectKey(subject), counts: !isSuspect },
        client =>
          client.pageViews.create(
            endUserId,
            { at: event.at, ...(event.url && { url: event.url }) },
            { idempotencyKey: event.id, beforeSend: deadline.check },
          ),
      )
      if (record) attempts.claim(`page_view ${record.id}`, event.id)
    } catch (error) {
      if (isUncertain(error)) attempts.failed(event.id)
      throw error
    }
    endUsers.remember(subject, ({ pageViews }) => ({
      pageViews: pageViews === null ? null : pageViews + 1,
    }))
  }

  async function isThere(task: Task<PageViewEvent>, endUser: KnownEndUser, lookUp: LookUp): Promise<boolean> {
    const { event, deadline, toleranceS } = task
    if (!event.tried) return false
    const sinceMs = await attempts.settled(event.id, deadline)
    const records = await lookUp(task, endUser, sinceMs)
    const isOff = ({ atS }: Record) => Math.abs(atS - event.at)
    const [record] = records
      .filter(
        found =>
          isOff(found) <= toleranceS &&
          (found.url ?? '') === event.url &&
          attempts.isFree(`page_view ${found.id}`, event.id),
      )
      .sort((a, b) => isOff(a) - isOff(b))
    if (!record) return false
    attempts.claim(`page_view ${record.id}`, event.id)
    // The end user may have been read before it was written.
    endUsers.remember(task.subject, ({ pageViews }) => ({
      pageViews: pageViews === null ? null : Math.max(pageViews, records.length),
    }))
    return true
  }

  const createWriter =
    (lookUp: LookUp): Writer<PageViewEvent> =>
    (task, endUser) => {
      if (upstream.honoursKey(task.event.at)) return post(task, endUser.id)
      return mutex.run(subjectKey(task.subject), async () => {
        if (!(await isThere(task, endUser, lookUp))) await post(task, endUser.id)
        return undefined
      })
    }

  /** Whether upstream keeps page views of an end user that it has: false where it answers 404. */
  const areListed = (subject: Subject, { id }: KnownEndUser): Promise<boolean> =>
    upstream
      .call({ operation: 'list_page_views', subject: subjectKey(subject) }, client =>
        client.pageViews.listOf(id, { per_page: 1 }).page(),
      )
      .then(() => true, unlessMissing)

  return { createLookUp, createWriter, areListed }
}
