import type { RetryReason } from '../../wire/delivery.js'

/** Thrown where an event can't be written now, and nothing of it has failed: it is answered `retry`. */
export class RetryLaterError extends Error {
  readonly reason: RetryReason
  readonly waitMs: number

  constructor(reason: RetryReason, waitMs: number, options?: ErrorOptions) {
    super(reason, options)
    this.reason = reason
    this.waitMs = waitMs
  }
}
