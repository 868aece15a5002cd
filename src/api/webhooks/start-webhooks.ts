import type { Logger } from '../../runtime/logger.js'
import { describeError } from '../describe-error.js'
import type { Endpoint } from '../endpoint.js'
import type { Metrics } from '../metrics.js'
import { webhookEndpoints } from '../resources/webhooks.js'
import type { Ids } from '../storage/ids.js'
import type { Storage } from '../storage/storage.js'
import { countWebhooks } from '../storage/webhooks.js'
import { createWebhookSender } from './create-sender.js'
import { createWebhooks } from './manage-webhooks.js'

export interface StartWebhooksOptions {
  storage: Storage
  ids: Ids
  now: () => number
  logger: Logger
  metrics: Metrics
  allowPrivate: boolean
  /** False where another process sends: this one only writes the outbox. */
  isSending: boolean
}

export interface RunningWebhooks {
  endpoints: Endpoint[]
  wake(): void
  /** Brings the metrics up to date. Never rejects. */
  count(): Promise<void>
  stop(): Promise<void>
}

/** What an API has of webhooks: its endpoints, and the sender of the outbox. */
export function startWebhooks(options: StartWebhooksOptions): RunningWebhooks {
  const { storage, logger, metrics, isSending } = options
  const sender = isSending ? createWebhookSender({ ...options, onAttempt: metrics.attempted }) : undefined
  return {
    endpoints: webhookEndpoints(createWebhooks(options)),
    wake: () => sender?.wake(),
    async count() {
      try {
        metrics.webhooks(await countWebhooks(storage.db))
      } catch (error) {
        logger.warn(describeError(error), 'webhooks were not counted')
      }
    },
    stop: async () => sender?.stop(),
  }
}
