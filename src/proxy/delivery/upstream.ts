import { ApiError, type Client, type RateLimit, TokenError } from '../../client/index.js'
import { isOutage, isTransientStatus, isUncertainStatus, proxyAction } from '../../http/retry-table.js'
import type { EventResult } from '../../wire/delivery.js'
import type { UnixSeconds } from '../../wire/v1.js'
import type { Breaker } from '../limits/breaker.js'
import { createPoisonEvents } from '../limits/poison-events.js'
import type { Metrics } from '../metrics.js'
import { RetryLaterError } from './retry-later-error.js'

/** What the proxy does upstream, and all that it does. */
export type Operation =
  | 'find_end_user'
  | 'get_end_user'
  | 'create_end_user'
  | 'update_end_user'
  | 'create_page_view'
  | 'create_response'
  | 'create_decline'
  | 'create_impression'
  | 'list_page_views'
  | 'list_responses'
  | 'list_declines'
  | 'get_settings'

export interface CallOptions {
  operation: Operation
  /** Key of whom it is about. */
  subject: string
  /** False where a failure says nothing of upstream's health: an event that it has choked on before. @default true */
  counts?: boolean
}

/** The API, behind the breaker. Every call upstream goes through here. */
export interface Upstream {
  call<T>(options: CallOptions, work: (client: Client) => Promise<T>): Promise<T>
  /** Whether a POST for an act of then may be repeated under its key, which is kept for a while. Unknown counts as no. */
  honoursKey(atS: UnixSeconds): boolean
  /** Whether upstream is ours, which wants to know when somebody acted: they may have been erased since. */
  readonly heedsErasures: boolean
}

const DEFAULT_PAUSE_MS = 1_000

const untilReset = (rateLimit: RateLimit | undefined, nowMs: number): number | undefined =>
  rateLimit?.resetAtMs === undefined ? undefined : Math.max(0, rateLimit.resetAtMs - nowMs)

/** The status of a refusal; 0 where there was no answer, or none of the API's. */
export const statusOf = (error: unknown): number => (error instanceof ApiError ? error.status : 0)

/** False for a 404. @throws whatever else it is */
export const unlessMissing = (error: unknown): false => {
  if (statusOf(error) === 404) return false
  throw error
}

/** The wait that upstream asked for, milliseconds. */
export const waitOf = (error: unknown, nowMs: number): number | undefined => {
  if (error instanceof ApiError) return error.retryAfterMs ?? untilReset(error.rateLimit, nowMs)
  return error instanceof TokenError ? error.retryAfterMs : undefined
}

/** Whether upstream may have written what it did not confirm. */
export const isUncertain = (error: unknown): boolean => isUncertainStatus(statusOf(error))

/** Whether the same request may succeed a little later. */
export const isTransientError = (error: unknown): boolean => isTransientStatus(statusOf(error))

/** Whether our own API says that the end user was erased after the event. */
export const isErased = (error: unknown): boolean =>
  error instanceof ApiError &&
  error.status === 422 &&
  error.apiErrors.some(({ status }) => status === 'erased')

/** What becomes of an event that could not be written. */
export function resultOf(error: unknown): EventResult {
  if (isErased(error)) return { status: 'rejected', reason: 'erased' }
  const action = proxyAction(statusOf(error))
  if (action === 'duplicate') return { status: 'duplicate' }
  if (action === 'reject') return { status: 'rejected', reason: 'refused_upstream' }
  return { status: 'retry', reason: 'upstream' }
}

/**
 * For calls that an event needs and that do not write it: should upstream refuse one, or say that it has that already, it
 * says nothing of the event, which is kept; but for an erasure, which does.
 */
export const asRetryable = <T>(work: Promise<T>): Promise<T> =>
  work.catch(error => {
    if (resultOf(error).status === 'retry' || isErased(error)) throw error
    throw new RetryLaterError('upstream', 0, { cause: error })
  })

/** A read succeeds also for whom every write is refused. */
const isWrite = (operation: Operation): boolean => /^(?:create|update)_/.test(operation)

export interface UpstreamOptions {
  client: Client
  breaker: Breaker
  metrics: Metrics
  /** Wall time, milliseconds: what upstream says of its limits is in that. */
  now: () => number
  /** Milliseconds. */
  monotonic: () => number
}

export function createUpstream({ client, breaker, metrics, now, monotonic }: UpstreamOptions): Upstream {
  /** End users with whom upstream fails again and again: something before it may not like what they say. */
  const poisonSubjects = createPoisonEvents()
  let reading: Promise<boolean> | undefined

  /** Whether upstream answers what no visitor has said anything in. However many ask, one call is under way. */
  function isReachable(): Promise<boolean> {
    reading ??= client.endUsers
      .list({ per_page: 1 })
      .page()
      .then(
        () => true,
        (error: unknown) => !isOutage(statusOf(error)),
      )
      .finally(() => {
        reading = undefined
      })
    return reading
  }

  async function learn(error: unknown, { subject, counts = true }: CallOptions): Promise<void> {
    const status = statusOf(error)
    if (status === 429) return breaker.pause(waitOf(error, now()) ?? DEFAULT_PAUSE_MS)
    if (!isOutage(status)) return breaker.succeed()
    const isPoison = !counts || poisonSubjects.has(subject)
    poisonSubjects.add(subject)
    if (isPoison && !breaker.isOpen) return
    // Several visitors may be refused for what they say, as by a firewall, while upstream is well.
    if (breaker.wouldOpen(subject) && (await isReachable())) breaker.succeed()
    else breaker.fail(subject)
  }

  return {
    async call(options, work) {
      const startMs = monotonic()
      const observe = (outcome: string) =>
        metrics.upstream(options.operation, outcome, (monotonic() - startMs) / 1_000)
      try {
        const result = await work(client)
        breaker.succeed()
        if (isWrite(options.operation)) poisonSubjects.clear(options.subject)
        if (client.rateLimit?.remaining === 0) breaker.pause(untilReset(client.rateLimit, now()) ?? 0)
        observe('ok')
        return result
      } catch (error) {
        // Of our own making: it says nothing of upstream.
        if (error instanceof RetryLaterError) throw error
        await learn(error, options)
        observe(String(statusOf(error)))
        throw error
      }
    },
    get heedsErasures() {
      return (client.idempotencyRetentionS ?? 0) > 0
    },
    // A device's clock may be ahead of ours.
    honoursKey: atS => (client.idempotencyRetentionS ?? 0) > Math.max(0, now() / 1_000 - atS),
  }
}
