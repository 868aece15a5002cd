import { createBoundedCache } from '../bounded-cache.js'
import { ProxyError, toRetryAfterS } from '../request/proxy-error.js'
import type { Limiter, Rate, Taken } from './limiter.js'

/**
 * What one visitor and one client may do. A client is an address, behind which an office may sit, or a carrier's customers:
 * sized for six hundred people who open the site within minutes, after an e-mail to all of them.
 */
export interface Limits {
  /** @default 60 */
  identityRequestsPerMinute: number
  /** @default 300 */
  identityEventsPerMinute: number
  /** @default 3000 */
  clientRequestsPerMinute: number
  /** @default 6000 */
  clientEventsPerMinute: number
  /** New anonymous end users of one client. @default 600 */
  clientAnonymousPerHour: number
  /** Bare e-mails that one client may speak for, where `allowUnverified` is on; known ones or new, so that it tells neither. @default 600 */
  clientClaimsPerHour: number
  /** Responses and declines of visitors who have not proven who they are. @default 300 */
  clientAnswersPerHour: number
  /** What one client may send, in units of 1,024 bytes. @default 65536 */
  clientKilobytesPerHour: number
  /** Pages of upstream's records that may be read for one visitor, to find what has arrived already. @default 120 */
  identityLookUpPagesPerMinute: number
}

export const DEFAULT_LIMITS: Limits = {
  identityRequestsPerMinute: 60,
  identityEventsPerMinute: 300,
  clientRequestsPerMinute: 3_000,
  clientEventsPerMinute: 6_000,
  clientAnonymousPerHour: 600,
  clientClaimsPerHour: 600,
  clientAnswersPerHour: 300,
  clientKilobytesPerHour: 65_536,
  identityLookUpPagesPerMinute: 120,
}

/** A request costs ten, one that asks for a verdict alone costs one. */
const REQUEST_POINTS = 10
const VERDICT_POINTS = 1

const perMinute = (points: number): Rate => ({ points, windowS: 60 })
const perHour = (points: number): Rate => ({ points, windowS: 3_600 })

/** What was let in takes nothing when it comes again. */
const REMEMBERED = 50_000

/** Each method is about one client (undefined: unknown, not limited) or one identity, by key. */
export interface RateLimits {
  /** On arrival, before the body is read. @throws ProxyError 429 */
  arrive(client: string | undefined): Promise<void>
  /** Once it is known who asks for what. @throws ProxyError 429 */
  request(client: string | undefined, identity: string | undefined, hasEvents: boolean): Promise<void>
  /** @returns undefined where they are allowed, else how long to wait, milliseconds */
  events(client: string | undefined, identity: string, count: number): Promise<number | undefined>
  newAnonymous(client: string | undefined): Promise<number | undefined>
  /** @param subject key of the bare e-mail that the client speaks for */
  claim(client: string | undefined, subject: string): Promise<number | undefined>
  /** A response or decline of somebody who has not proven who they are. */
  answer(client: string | undefined, eventId: string): Promise<number | undefined>
  /** Once the body is read. @throws ProxyError 429 */
  bytes(client: string | undefined, count: number): Promise<void>
  lookUpPage(identity: string): Promise<number | undefined>
}

export function createRateLimits(limiter: Limiter, limits: Limits): RateLimits {
  const requests = (perMinuteCount: number) => perMinute(perMinuteCount * REQUEST_POINTS)

  const waitOf = ({ allowed, retryAfterMs }: Taken) => (allowed ? undefined : retryAfterMs)

  /** The wait; at once where the limiter is in memory, as each request takes half a dozen times. */
  function take(
    key: string | undefined,
    points: number,
    rate: Rate,
  ): Promise<number | undefined> | number | undefined {
    if (key === undefined || points === 0) return undefined
    const taken = limiter.take(key, points, rate)
    return 'then' in taken ? taken.then(waitOf) : waitOf(taken)
  }
  const prefixed = (prefix: string, key: string | undefined) => (key === undefined ? undefined : prefix + key)

  const admitted = createBoundedCache<true>(REMEMBERED)
  async function takeOnce(key: string | undefined, name: string, rate: Rate): Promise<number | undefined> {
    if (key === undefined || admitted.get(name)) return undefined
    const waitMs = await take(key, 1, rate)
    if (waitMs === undefined) admitted.set(name, true)
    return waitMs
  }

  function refuse(waitMs: number | undefined): void {
    if (waitMs === undefined) return
    throw new ProxyError(429, 'rate_limited', 'too many requests', {
      'Retry-After': String(toRetryAfterS(waitMs)),
    })
  }

  return {
    async arrive(client) {
      refuse(await take(prefixed('cr:', client), VERDICT_POINTS, requests(limits.clientRequestsPerMinute)))
    },
    async request(client, identity, hasEvents) {
      const rest = hasEvents ? REQUEST_POINTS - VERDICT_POINTS : 0
      refuse(await take(prefixed('cr:', client), rest, requests(limits.clientRequestsPerMinute)))
      const points = hasEvents ? REQUEST_POINTS : VERDICT_POINTS
      refuse(await take(prefixed('ir:', identity), points, requests(limits.identityRequestsPerMinute)))
    },
    async events(client, identity, count) {
      // A batch may hold more than is allowed in a minute: then it takes the minute.
      const takeOf = (key: string | undefined, most: number) =>
        take(key, Math.min(count, most), perMinute(most))
      // The visitor's own first: what is refused to one takes nothing from the others of an office.
      const waitMs = await takeOf(`ie:${identity}`, limits.identityEventsPerMinute)
      return waitMs ?? takeOf(prefixed('ce:', client), limits.clientEventsPerMinute)
    },
    newAnonymous: async client => take(prefixed('an:', client), 1, perHour(limits.clientAnonymousPerHour)),
    claim: (client, subject) =>
      takeOnce(prefixed('cl:', client), `${client} ${subject}`, perHour(limits.clientClaimsPerHour)),
    answer: (client, eventId) =>
      takeOnce(prefixed('ca:', client), eventId, perHour(limits.clientAnswersPerHour)),
    async bytes(client, count) {
      const size = limits.clientKilobytesPerHour
      refuse(await take(prefixed('cb:', client), Math.min(Math.ceil(count / 1_024), size), perHour(size)))
    },
    lookUpPage: async identity => take(`lu:${identity}`, 1, perMinute(limits.identityLookUpPagesPerMinute)),
  }
}
