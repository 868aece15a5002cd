import { createHmac, randomBytes } from 'node:crypto'
import { WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP, WOOTRIC_SIGNATURE } from '../../wire/webhook.js'
import type { WebhookRow } from '../storage/tables.js'

const PREFIX = 'whsec_'

/** As Standard Webhooks wants it: 24 to 64 random bytes. */
export const newWebhookSecret = (): string => PREFIX + randomBytes(32).toString('base64')

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64')

export interface SignOptions {
  webhook: Pick<WebhookRow, 'format' | 'secret' | 'former_secret' | 'former_until_ms'>
  messageId: string
  body: string
  nowMs: number
}

/**
 * The headers that prove a message. Standard Webhooks takes a signature for each secret that is valid
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md); Wootric's header has room for
 * one, by the new secret. Slack's URL is itself the secret.
 */
export function signMessage({ webhook, messageId, body, nowMs }: SignOptions): Record<string, string> {
  const headers = { 'content-type': 'application/json', [WEBHOOK_ID]: messageId }
  const { format, secret, former_secret: former, former_until_ms: untilMs } = webhook
  if (format === 'slack') return headers
  if (format === 'wootric') {
    const digest = createHmac('sha1', secret).update(body).digest('hex')
    return { ...headers, [WOOTRIC_SIGNATURE]: `sha1=${digest}` }
  }
  const timestamp = String(Math.floor(nowMs / 1_000))
  const isFormerValid = former !== null && untilMs !== null && nowMs < untilMs
  const signatures = [secret, ...(isFormerValid ? [former] : [])].map(valid => {
    const digest = createHmac('sha256', keyOf(valid)).update(`${messageId}.${timestamp}.${body}`)
    return `v1,${digest.digest('base64')}`
  })
  return { ...headers, [WEBHOOK_TIMESTAMP]: timestamp, [WEBHOOK_SIGNATURE]: signatures.join(' ') }
}
