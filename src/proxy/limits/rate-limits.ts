import { createBoundedCache } from '../../runtime/bounded-cache.js'
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

/** What was let in takes nothing when it comes again. */
const REMEMBERED = 50_000

/** One limit: by what its keys begin, and how much there is of it for each. */
interface Rule {
  prefix: string
  rate: Rate
}

const perMinute = (prefix: string, points: number): Rule => ({ prefix, rate: { points, windowS: 60 } })
const perHour = (prefix: string, points: number): Rule => ({ prefix, rate: { points, windowS: 3_600 } })

const toRules = (limits: Limits) => ({
  clientRequests: perMinute('cr:', limits.clientRequestsPerMinute * REQUEST_POINTS),
  identityRequests: perMinute('ir:', limits.identityRequestsPerMinute * REQUEST_POINTS),
  clientEvents: perMinute('ce:', limits.clientEventsPerMinute),
  identityEvents: perMinute('ie:', limits.identityEventsPerMinute),
  clientAnonymous: perHour('an:', limits.clientAnonymousPerHour),
  clientClaims: perHour('cl:', limits.clientClaimsPerHour),
  clientAnswers: perHour('ca:', limits.clientAnswersPerHour),
  clientKilobytes: perHour('cb:', limits.clientKilobytesPerHour),
  identityLookUps: perMinute('lu:', limits.identityLookUpPagesPerMinute),
})

/**
 * Each method takes from the limits of one client (undefined: unknown, not limited) or one identity, by key. What refuses a
 * request as a whole rejects with a ProxyError 429; what concerns events returns for how long they must wait, milliseconds,
 * or undefined where they are allowed.
 */
export interface RateLimits {
  /** On arrival, before the body is read. @throws ProxyError 429 */
  arrive(client: string | undefined): Promise<void>
  /** Once the body is read. @throws ProxyError 429 */
  bytes(client: string | undefined, count: number): Promise<void>
  /** Once it is known who asks for what. @throws ProxyError 429 */
  request(client: string | undefined, identity: string | undefined, hasEvents: boolean): Promise<void>
  events(client: string | undefined, identity: string, count: number): Promise<number | undefined>
  newAnonymous(client: string | undefined): Promise<number | undefined>
  /** @param subject key of the bare e-mail that the client speaks for */
  claim(client: string | undefined, subject: string): Promise<number | undefined>
  /** A response or decline of somebody who has not proven who they are. */
  answer(client: string | undefined, eventId: string): Promise<number | undefined>
  lookUpPage(identity: string): Promise<number | undefined>
}

/** How long to wait; at once where the limiter is in memory, as each request takes half a dozen times. */
type Wait = Promise<number | undefined> | number | undefined

const toWaitMs = ({ allowed, retryAfterMs }: Taken) => (allowed ? undefined : retryAfterMs)

/** Takes points of a rule: all that it has where more are asked for, since a batch may hold more than a minute allows. */
const createTake =
  (limiter: Limiter) =>
  ({ prefix, rate }: Rule, key: string | undefined, points: number): Wait => {
    if (key === undefined || points === 0) return undefined
    const taken = limiter.take(prefix + key, Math.min(points, rate.points), rate)
    return 'then' in taken ? taken.then(toWaitMs) : toWaitMs(taken)
  }

function refuseIf(waitMs: number | undefined): void {
  if (waitMs === undefined) return
  throw new ProxyError(429, 'rate_limited', 'too many requests', {
    'Retry-After': String(toRetryAfterS(waitMs)),
  })
}

export function createRateLimits(limiter: Limiter, limits: Limits): RateLimits {
  const rules = toRules(limits)
  const take = createTake(limiter)
  const admitted = createBoundedCache<true>(REMEMBERED)
  async function takeOnce(rule: Rule, key: string | undefined, name: string): Promise<number | undefined> {
    if (key === undefined || admitted.get(name)) return undefined
    const waitMs = await take(rule, key, 1)
    if (waitMs === undefined) admitted.set(name, true)
    return waitMs
  }

  return {
    async arrive(client) {
      refuseIf(await take(rules.clientRequests, client, VERDICT_POINTS))
    },
    async bytes(client, count) {
      refuseIf(await take(rules.clientKilobytes, client, Math.ceil(count / 1_024)))
    },
    async request(client, identity, hasEvents) {
      const points = hasEvents ? REQUEST_POINTS : VERDICT_POINTS
      refuseIf(await take(rules.clientRequests, client, points - VERDICT_POINTS))
      refuseIf(await take(rules.identityRequests, identity, points))
    },
    async events(client, identity, count) {
      // The visitor's own first: what is refused to one takes nothing from the others of an office.
      const waitMs = await take(rules.identityEvents, identity, count)
      return waitMs ?? take(rules.clientEvents, client, count)
    },
    newAnonymous: async client => take(rules.clientAnonymous, client, 1),
    claim: (client, subject) => takeOnce(rules.clientClaims, client, `${client} ${subject}`),
    answer: (client, eventId) => takeOnce(rules.clientAnswers, client, eventId),
    lookUpPage: async identity => take(rules.identityLookUps, identity, 1),
  }
}
