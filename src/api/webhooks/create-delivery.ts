import type { Logger } from '../../runtime/logger.js'
import type { Storage } from '../storage/storage.js'
import type { WebhookRow } from '../storage/tables.js'
import { deleteMessages, selectNextMessages, type WaitingMessage } from '../storage/webhook-messages.js'
import { selectWebhook, updateWebhook } from '../storage/webhooks.js'
import { describeMessage } from './describe-message.js'
import { createPost } from './post-message.js'
import { type Resolve, resolveBySystem } from './resolve-target.js'
import { ORDERED_FAILURES, RETRY_SCHEDULE_MS } from './retry-schedule.js'
import { isDelivered, type SendResult, sendMessage } from './send-message.js'
import { type Outcome, settleDelivered, settleFailed } from './settle-message.js'

/** One attempt takes up to 15 s. Where a process dies, another takes over after this. */
export const LEASE_MS = 20_000

/** A lease that is as old as this is renewed before an attempt. */
const RENEW_MS = 3_000

/** Messages that are read at a time. */
const BATCH = 20

/** What has arrived is written down after this at the latest: should the process die before, it is sent again. */
const UNSETTLED_MS = 1_000

export interface DeliveryOptions {
  storage: Storage
  now: () => number
  logger: Logger
  /** Told of every attempt, and of each message whose record had been deleted. */
  onAttempt(outcome: Outcome | 'delivered' | 'dropped'): void
  allowPrivate: boolean
  /** @default the system's */
  resolve?: Resolve
  /** Uniform in [0, 1). @default Math.random */
  random?: () => number
  /** Milliseconds after each failure. @default three days of them */
  schedule?: readonly number[]
}

/** Ends the request that is under way. */
export interface Stop {
  signal: AbortSignal
  /** Whether no other is to be begun. */
  isStopped(): boolean
}

interface Round extends Stop {
  webhook: WebhookRow
}

const keyOf = ({ account_id, id }: WebhookRow) => ({ accountId: account_id, id })

/** What has arrived and is not written down yet. */
function createUnsettled({ storage, now }: Pick<DeliveryOptions, 'storage' | 'now'>, webhook: WebhookRow) {
  let ids: number[] = []
  let sinceMs = 0
  let status = 0
  return {
    add(id: number, answered: number) {
      if (ids.length === 0) sinceMs = now()
      ids.push(id)
      status = answered
    },
    isOld: () => ids.length > 0 && now() - sinceMs > UNSETTLED_MS,
    async settle() {
      if (ids.length === 0) return
      const settled = ids
      ids = []
      await storage.write(db => settleDelivered(db, { webhook, ids: settled, status }, now()))
    },
  }
}

/** @returns until when the lease holds */
async function renewLease(
  { storage, now }: Pick<DeliveryOptions, 'storage' | 'now'>,
  webhook: WebhookRow,
  leaseUntilMs: number,
): Promise<number> {
  if (leaseUntilMs - now() > LEASE_MS - RENEW_MS) return leaseUntilMs
  const renewedMs = now() + LEASE_MS
  await storage.write(db => updateWebhook(db, keyOf(webhook), { lease_until_ms: renewedMs }))
  return renewedMs
}

/** @returns until when the first message is to wait; undefined where none is */
async function sendAll(
  { storage, now }: Pick<DeliveryOptions, 'storage' | 'now'>,
  key: ReturnType<typeof keyOf>,
  sendBatch: (webhook: WebhookRow, batch: readonly WaitingMessage[]) => Promise<boolean | number>,
): Promise<number | undefined> {
  for (;;) {
    const webhook = await selectWebhook(storage.db, key)
    if (webhook?.state !== 'active') return undefined
    const batch = await selectNextMessages(storage.db, webhook, {
      nowMs: now(),
      orderedFailures: ORDERED_FAILURES,
      limit: BATCH,
    })
    const result = batch.length > 0 && (await sendBatch(webhook, batch))
    if (typeof result === 'number') return result
    if (!result) return undefined
  }
}

/** Sends to one webhook, until nothing is due for it, an attempt fails, or it is to stop. */
export function createDelivery(options: DeliveryOptions) {
  const { storage, now, logger, onAttempt, allowPrivate } = options
  const { resolve = resolveBySystem, random = Math.random, schedule = RETRY_SCHEDULE_MS } = options
  const { post, close } = createPost(now)
  const sending = { post, now, allowPrivate, resolve }

  async function noteFailure(webhook: WebhookRow, message: WaitingMessage, result: SendResult) {
    const outcome = await storage.write(db =>
      settleFailed(db, { webhook, message, result }, { nowMs: now(), random, schedule }),
    )
    onAttempt(outcome)
    const { status, refusal } = result
    logger.warn({ webhook: webhook.id, status, outcome, reason: refusal?.code }, 'a webhook failed')
  }

  /** @returns whether all of them have arrived; where the first is to wait, until when */
  async function sendBatch(
    { webhook, signal, isStopped }: Round,
    batch: readonly WaitingMessage[],
  ): Promise<boolean | number> {
    const described = await Promise.all(batch.map(waiting => describeMessage(storage.db, waiting)))
    const unsettled = createUnsettled(options, webhook)
    let leaseUntilMs = webhook.lease_until_ms
    try {
      for (const [index, waiting] of batch.entries()) {
        if (isStopped()) return false
        // The first of those that keep their order waits, and all behind it.
        if (waiting.due_ms > now()) return waiting.due_ms
        const message = described[index]
        if (!message) {
          await storage.write(db => deleteMessages(db, [waiting.id]))
          onAttempt('dropped')
          continue
        }
        if (unsettled.isOld()) await unsettled.settle()
        leaseUntilMs = await renewLease(options, webhook, leaseUntilMs)
        const delivery = { webhook, messageId: waiting.message_id, message, stop: signal }
        const result = await sendMessage(delivery, sending)
        // An attempt that we ended ourselves says nothing of the receiver.
        if (signal.aborted && result.status === 0) return false
        if (!isDelivered(result)) {
          await unsettled.settle()
          await noteFailure(webhook, waiting, result)
          return false
        }
        unsettled.add(waiting.id, result.status)
        onAttempt('delivered')
      }
      return true
    } finally {
      await unsettled.settle()
    }
  }

  return {
    async sendTo(webhook: WebhookRow, stop: Stop): Promise<void> {
      // Where this throws, the lease is left to run out, so that what fails at once does not fail all the time.
      const dueMs = await sendAll(options, keyOf(webhook), (current, batch) =>
        sendBatch({ webhook: current, ...stop }, batch),
      )
      await storage.write(db =>
        updateWebhook(db, keyOf(webhook), {
          lease_until_ms: 0,
          ...(dueMs !== undefined && { due_ms: dueMs }),
        }),
      )
    },
    close,
  }
}
