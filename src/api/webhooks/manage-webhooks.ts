import { randomUUID } from 'node:crypto'
import type { ZerotenError } from '../../http/zeroten-error.js'
import type {
  Webhook,
  WebhookClass,
  WebhookFormat,
  WebhookKind,
  WebhookTest,
  WebhookWithSecret,
} from '../../wire/webhook.js'
import type { Ids } from '../storage/ids.js'
import type { Storage } from '../storage/storage.js'
import type { WebhookRow } from '../storage/tables.js'
import { makeMessagesDue } from '../storage/webhook-messages.js'
import {
  deleteWebhook,
  insertWebhook,
  selectWebhooks,
  updateWebhook,
  type WebhookWithWaiting,
} from '../storage/webhooks.js'
import { createPost } from './post-message.js'
import { resolveBySystem, resolveTarget } from './resolve-target.js'
import { isDelivered, sendMessage } from './send-message.js'
import { newWebhookSecret } from './sign-message.js'

/** For how long messages are signed by a former secret too. */
const KEEP_FORMER_MS = 86_400_000

export const WEBHOOK_KINDS: readonly WebhookKind[] = ['response', 'decline', 'opt_out']
export const WEBHOOK_FORMATS: readonly WebhookFormat[] = ['standard', 'wootric', 'slack']
export const WEBHOOK_CLASSES: readonly WebhookClass[] = ['detractor', 'passive', 'promoter']

/** `response,decline` as a list. @returns undefined where it says something else, or nothing */
export function parseKinds(text: string): WebhookKind[] | undefined {
  const words = text.split(',').map(word => word.trim())
  const kinds = WEBHOOK_KINDS.filter(kind => words.includes(kind))
  return kinds.length > 0 && kinds.length === new Set(words).size ? kinds : undefined
}

export interface NewWebhook {
  url: string
  kinds: readonly WebhookKind[]
  npsClass: WebhookClass | undefined
  format: WebhookFormat
}

export interface WebhooksOptions {
  storage: Storage
  ids: Ids
  allowPrivate: boolean
  now: () => number
}

const isoOr = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

const toWebhook = (row: WebhookWithWaiting): Webhook => ({
  id: row.id,
  url: row.url,
  on: WEBHOOK_KINDS.filter(kind => row.kinds.includes(`,${kind},`)),
  class: row.nps_class || null,
  format: row.format,
  state: row.state,
  waiting: row.waiting,
  failures: row.failures,
  given_up: row.given_up,
  last_status: row.last_status,
  last_success_at: isoOr(row.last_success_ms),
  created_at: new Date(row.created_ms).toISOString(),
})

const withSecret = (row: WebhookRow, waiting: number): WebhookWithSecret => ({
  ...toWebhook({ ...row, waiting }),
  secret: row.secret,
  former_until: isoOr(row.former_until_ms),
})

/** @throws ZerotenError with the code of what is wrong with the URL */
async function newRow(
  { ids, allowPrivate, now }: WebhooksOptions,
  accountId: number,
  { url, kinds, npsClass, format }: NewWebhook,
): Promise<WebhookRow> {
  await resolveTarget(url, { allowPrivate, resolve: resolveBySystem })
  const nowMs = now()
  return {
    account_id: accountId,
    id: await ids.next('webhooks'),
    url,
    kinds: `,${kinds.join(',')},`,
    nps_class: npsClass ?? '',
    format,
    secret: newWebhookSecret(),
    former_secret: null,
    former_until_ms: null,
    state: 'active',
    failures: 0,
    given_up: 0,
    last_status: null,
    last_success_ms: null,
    due_ms: 0,
    lease_until_ms: 0,
    created_ms: nowMs,
    updated_ms: nowMs,
  }
}

/** Sends a message of no meaning now. Where it arrives, a webhook that had been ended is sent to again. */
async function sendTest(
  { storage, allowPrivate, now }: WebhooksOptions,
  webhook: WebhookRow,
): Promise<WebhookTest> {
  const key = { accountId: webhook.account_id, id: webhook.id }
  const { post, close } = createPost(now)
  const messageId = `msg_${randomUUID().replaceAll('-', '')}`
  const message = {
    type: 'test' as const,
    timestamp: new Date(now()).toISOString(),
    data: { webhook_id: webhook.id },
  }
  const options = { post, now, allowPrivate, resolve: resolveBySystem }
  const result = await sendMessage({ webhook, messageId, message }, options).finally(close)
  const delivered = isDelivered(result)
  const { status, refusal } = result
  await storage.write(async db => {
    await updateWebhook(db, key, {
      last_status: status,
      ...(delivered && { state: 'active', failures: 0, due_ms: 0, last_success_ms: now() }),
    })
    if (delivered) await makeMessagesDue(db, webhook, now())
  })
  return { delivered, status, reason: delivered ? null : reasonOf(status, refusal) }
}

/** What an operator does with an account's webhooks, by the API or by the command. Undefined is: there is none of that id. */
export function createWebhooks(options: WebhooksOptions) {
  const { storage, now } = options

  async function list(accountId: number, id?: number): Promise<Webhook[]> {
    return (await selectWebhooks(storage.db, accountId, id)).map(toWebhook)
  }

  return {
    list,
    async get(accountId: number, id: number): Promise<Webhook | undefined> {
      return (await list(accountId, id))[0]
    },

    async add(accountId: number, webhook: NewWebhook): Promise<WebhookWithSecret> {
      const row = await newRow(options, accountId, webhook)
      await storage.write(db => insertWebhook(db, row))
      return withSecret(row, 0)
    },

    async remove(accountId: number, id: number): Promise<Webhook | undefined> {
      const row = await storage.write(db => deleteWebhook(db, { accountId, id }))
      return row && toWebhook({ ...row, waiting: 0 })
    },

    /** Gives a webhook a new secret; messages are signed by the former one too for another day. */
    async rotate(accountId: number, id: number): Promise<WebhookWithSecret | undefined> {
      const nowMs = now()
      const row = await storage.write(async db => {
        const [former] = await selectWebhooks(db, accountId, id)
        return (
          former &&
          updateWebhook(
            db,
            { accountId, id },
            {
              secret: newWebhookSecret(),
              former_secret: former.secret,
              former_until_ms: nowMs + KEEP_FORMER_MS,
              updated_ms: nowMs,
            },
          )
        )
      })
      const [webhook] = await list(accountId, id)
      return row && withSecret(row, webhook?.waiting ?? 0)
    },

    async test(accountId: number, id: number): Promise<WebhookTest | undefined> {
      const [webhook] = await selectWebhooks(storage.db, accountId, id)
      return webhook && sendTest(options, webhook)
    },
  }
}

export type Webhooks = ReturnType<typeof createWebhooks>

function reasonOf(status: number, refusal: ZerotenError | undefined): string {
  if (refusal) return `the URL ${refusal.message}`
  return status === 0 ? 'no HTTP response within 15 s' : `the receiver answered ${status}`
}
