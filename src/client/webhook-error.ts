import { ZerotenError } from '../http/zeroten-error.js'

/**
 * Why a message is not to be believed: a header is missing or its signature is none of the secret's (`webhook_not_signed`),
 * it is too old or from the future (`webhook_out_of_time`), or it is signed but no JSON (`webhook_not_json`).
 */
export type WebhookErrorCode = 'webhook_not_signed' | 'webhook_out_of_time' | 'webhook_not_json'

/** A message that is not to be believed. Answer it with 400. */
export class WebhookError extends ZerotenError {
  override name = 'WebhookError'
  declare readonly code: WebhookErrorCode
}
