import type { PageViewEvent } from '../../wire/delivery.js'
import type { KnownEndUser } from '../end-users/known-end-user.js'
import { limitKey, subjectKey } from '../identity/identity.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { Metrics } from '../metrics.js'
import { RetryLaterError } from './retry-later-error.js'
import type { Task } from './task.js'
import { asRetryable, type Upstream } from './upstream.js'

const PER_PAGE = 50
/** An upstream that gives fewer than it is asked for gives its own default; less than that is the end. */
const LEAST_PER_PAGE = 25
/** 2,000 page views since the one that is looked for; who has more is told to wait. */
const MAX_PAGES = 40
/** Upstream's clock is not the device's. */
const CLOCK_MARGIN_S = 600

/** A page view as upstream has it. */
export interface PageViewRecord {
  id: number
  atS: number
  url: string | null
}

export interface PageViewRecordsOptions {
  upstream: Upstream
  rateLimits: Pick<RateLimits, 'lookUpPage'>
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
) => Promise<readonly PageViewRecord[]>

/** Everything that upstream recorded since `sinceS`. */
async function list(
  { upstream, rateLimits, metrics }: PageViewRecordsOptions,
  { subject }: Task,
  endUserId: number,
  sinceS: number,
): Promise<PageViewRecord[]> {
  const key = subjectKey(subject)
  const found = new Map<number, PageViewRecord>()
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
export function createLookUp(options: PageViewRecordsOptions, sinceS: number): LookUp {
  let records: Promise<PageViewRecord[]> | undefined
  let endUserId: number | undefined
  let readMs = Number.NEGATIVE_INFINITY
  return (task, { id }, sinceMs) => {
    // One that upstream has deleted meanwhile was found or made anew, under another id.
    if (!records || endUserId !== id || readMs < sinceMs) {
      endUserId = id
      readMs = options.monotonic()
      records = list(options, task, id, Math.max(0, sinceS - CLOCK_MARGIN_S))
    }
    return records
  }
}

/** The record that an earlier attempt at the event has left: the nearest in time of those at its address. */
export function findPageView(
  records: readonly PageViewRecord[],
  { event, toleranceS }: Task<PageViewEvent>,
  isFree: (record: PageViewRecord) => boolean,
): PageViewRecord | undefined {
  const distanceS = ({ atS }: PageViewRecord) => Math.abs(atS - event.at)
  const [nearest] = records
    .filter(found => distanceS(found) <= toleranceS && (found.url ?? '') === event.url && isFree(found))
    .sort((a, b) => distanceS(a) - distanceS(b))
  return nearest
}
