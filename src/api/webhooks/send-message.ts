import { ZerotenError } from '../../http/zeroten-error.js'
import type { WebhookMessage } from '../../wire/webhook.js'
import type { WebhookRow } from '../storage/tables.js'
import type { Post, PostResult } from './post-message.js'
import { renderMessage } from './render-message.js'
import { resolveTarget, type TargetOptions } from './resolve-target.js'
import { signMessage } from './sign-message.js'

export interface SendOptions extends TargetOptions {
  post: Post['post']
  now: () => number
}

export interface SendResult extends PostResult {
  /** Why nothing was sent; undefined where something was. */
  refusal: ZerotenError | undefined
}

/** Renders, signs and posts one message. Never rejects. */
export async function sendMessage(
  { webhook, messageId, message, stop }: Delivery,
  { post, now, ...options }: SendOptions,
): Promise<SendResult> {
  try {
    const target = await resolveTarget(webhook.url, options)
    const nowMs = now()
    const body = renderMessage(message, webhook.format, new Date(nowMs))
    const headers = signMessage({ webhook, messageId, body, nowMs })
    return { ...(await post(target, { headers, body }, stop)), refusal: undefined }
  } catch (error) {
    if (!(error instanceof ZerotenError)) throw error
    return { status: 0, retryAfterMs: undefined, refusal: error }
  }
}

export interface Delivery {
  webhook: WebhookRow
  messageId: string
  message: WebhookMessage
  /** Ends the request. */
  stop?: AbortSignal
}

export const isDelivered = ({ status }: PostResult): boolean => status >= 200 && status < 300
