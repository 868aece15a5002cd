import type { Db } from '../storage/storage.js'
import type { WebhookRow } from '../storage/tables.js'
import { delayMessage, deleteMessages, type WaitingMessage } from '../storage/webhook-messages.js'
import { updateWebhook } from '../storage/webhooks.js'
import type { PostResult } from './post-message.js'
import { ORDERED_FAILURES, retryWaitMs } from './retry-schedule.js'

const GONE = 410

/** After a failure that holds nothing up, the next message waits so long: its receiver may be down as a whole. */
const PAUSE_MS = 5_000

export type Outcome = 'failed' | 'given_up' | 'gone'

export interface SettleOptions {
  nowMs: number
  random: () => number
  schedule: readonly number[]
}

/** Takes what has arrived from the outbox. */
export async function settleDelivered(
  db: Db,
  { webhook, ids, status }: { webhook: WebhookRow; ids: readonly number[]; status: number },
  nowMs: number,
): Promise<void> {
  await deleteMessages(db, ids)
  const key = { accountId: webhook.account_id, id: webhook.id }
  await updateWebhook(db, key, { failures: 0, last_status: status, last_success_ms: nowMs })
}

/** Writes what came of an attempt that failed. @returns what it was */
export async function settleFailed(
  db: Db,
  { webhook, message, result }: { webhook: WebhookRow; message: WaitingMessage; result: PostResult },
  { nowMs, random, schedule }: SettleOptions,
): Promise<Outcome> {
  const key = { accountId: webhook.account_id, id: webhook.id }
  const { status } = result
  const failures = webhook.failures + 1
  if (status === GONE) {
    await updateWebhook(db, key, { state: 'gone', failures, last_status: status, updated_ms: nowMs })
    return 'gone'
  }
  const attempts = message.attempts + 1
  const waitMs = retryWaitMs({ failures: attempts, askedMs: result.retryAfterMs }, random, schedule)
  if (waitMs === undefined) {
    await deleteMessages(db, [message.id])
    // Where nothing has arrived since the message was written, nothing will.
    const isDead = (webhook.last_success_ms ?? 0) <= message.created_ms
    await updateWebhook(db, key, {
      failures,
      last_status: status,
      given_up: webhook.given_up + 1,
      ...(isDead && { state: 'dead', updated_ms: nowMs }),
    })
    return 'given_up'
  }
  await delayMessage(db, { id: message.id, attempts }, nowMs + waitMs)
  const pauseMs = attempts < ORDERED_FAILURES ? waitMs : Math.min(waitMs, PAUSE_MS)
  await updateWebhook(db, key, { failures, last_status: status, due_ms: nowMs + pauseMs })
  return 'failed'
}
