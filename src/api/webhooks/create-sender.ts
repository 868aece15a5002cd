import { describeError } from '../describe-error.js'
import { claimWebhooks, endLeases, isAnythingDue } from '../storage/webhook-messages.js'
import { createDelivery, type DeliveryOptions, LEASE_MS } from './create-delivery.js'

/** Webhooks that are sent to at a time. */
const CONCURRENCY = 10

/** How often it is looked for what became due, or what another process has written. */
const POLL_MS = 1_000

/** What is being sent at shutdown gets so long; it is sent again after the next start. */
const GRACE_MS = 3_000

export interface WebhookSender {
  /** Something was written that may have to be told. */
  wake(): void
  /** Ends when what is being sent has been, or has been given up for now. */
  stop(): Promise<void>
}

/** Tells webhooks what the outbox holds for them: each in its order, several at a time. */
export function createWebhookSender(options: DeliveryOptions): WebhookSender {
  const { storage, now, logger } = options
  const delivery = createDelivery(options)
  const stopping = new AbortController()
  let running = 0
  let isStopped = false
  let isAwake = false
  let sleeping: { end(): void } | undefined

  function wake(): void {
    isAwake = true
    sleeping?.end()
  }

  const sleep = (ms: number) =>
    new Promise<void>(resolve => {
      const end = () => {
        clearTimeout(timer)
        sleeping = undefined
        resolve()
      }
      const timer = setTimeout(end, ms).unref()
      sleeping = { end }
    })

  async function claim(): Promise<void> {
    const limit = CONCURRENCY - running
    const nowMs = now()
    if (limit <= 0 || !(await isAnythingDue(storage.db, nowMs))) return
    const options = { nowMs, leaseUntilMs: nowMs + LEASE_MS, limit, locksRows: storage.locksRows }
    for (const webhook of await storage.write(db => claimWebhooks(db, options))) {
      running++
      void delivery
        .sendTo(webhook, { signal: stopping.signal, isStopped: () => isStopped })
        .catch(error => logger.warn(describeError(error), 'webhooks were not sent'))
        .finally(() => {
          running--
          wake()
        })
    }
  }

  async function run(): Promise<void> {
    // On SQLite, where this process is the only one that sends: what one before it took is free.
    if (!storage.locksRows) await storage.write(endLeases)
    while (!isStopped) {
      isAwake = false
      await claim()
      if (!isAwake && !isStopped) await sleep(POLL_MS)
    }
  }

  async function runOn(): Promise<void> {
    while (!isStopped) {
      await run().catch(error => logger.warn(describeError(error), 'webhooks were not looked for'))
      if (!isStopped) await sleep(POLL_MS)
    }
  }

  const ended = runOn()
  return {
    wake,
    async stop() {
      isStopped = true
      wake()
      const grace = setTimeout(() => stopping.abort(), GRACE_MS)
      await ended
      while (running > 0) await sleep(POLL_MS)
      clearTimeout(grace)
      delivery.close()
    },
  }
}
