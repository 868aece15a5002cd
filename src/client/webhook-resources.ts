import * as v from 'valibot'
import type { Webhook, WebhookParameters, WebhookTest, WebhookWithSecret } from '../wire/webhook.js'
import type { RequestOptions } from './client.js'
import { encodeBody, type Parameters } from './encode.js'
import { type Parse, parseList, ShapeError } from './parse-record.js'
import type { Sender } from './send.js'

/** The webhooks of zeroten's own API; other services answer 404. */
export interface WebhookResources {
  /** All of the account. */
  list(options?: RequestOptions): Promise<Webhook[]>
  get(id: number, options?: RequestOptions): Promise<Webhook>
  /** Its secret is told this once. */
  create(parameters: WebhookParameters, options?: RequestOptions): Promise<WebhookWithSecret>
  /** With what waits for it. */
  delete(id: number, options?: RequestOptions): Promise<Webhook>
  /** Sends a test message now. Where it arrives, a webhook that was ended is sent to again. */
  test(id: number, options?: RequestOptions): Promise<WebhookTest>
  /** Gives it a new secret; the former one signs too for another day. */
  rotate(id: number, options?: RequestOptions): Promise<WebhookWithSecret>
}

const parseAs =
  <T>(schema: v.GenericSchema): Parse<T> =>
  value => {
    const result = v.safeParse(schema, value, { abortEarly: true })
    if (result.success) return value as T
    throw new ShapeError(v.getDotPath(result.issues[0]) ?? '')
  }

const entries = { id: v.number(), url: v.string(), state: v.string(), on: v.array(v.string()) }
const parseWebhook = parseAs<Webhook>(v.looseObject(entries))
const parseWithSecret = parseAs<WebhookWithSecret>(v.looseObject({ ...entries, secret: v.string() }))
const parseTest = parseAs<WebhookTest>(v.looseObject({ delivered: v.boolean(), status: v.number() }))

function pathOf(id: number, act = ''): string {
  if (!Number.isSafeInteger(id) || id < 1) throw new TypeError('id must be a whole number above 0')
  return `/v1/webhooks/${id}${act}`
}

export function createWebhookResources({ send }: Sender): WebhookResources {
  async function call<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { parse, options, parameters = {} }: CallOptions<T>,
  ): Promise<T> {
    const body = encodeBody(parameters)
    return (await send(
      { method, path, body: body.text ? body : undefined, signal: options?.signal },
      parse,
    )) as T
  }
  return {
    list: async options =>
      call('GET', '/v1/webhooks', { parse: json => parseList(json, parseWebhook), options }),
    get: async (id, options) => call('GET', pathOf(id), { parse: parseWebhook, options }),
    create: async (parameters, options) =>
      call('POST', '/v1/webhooks', {
        parse: parseWithSecret,
        options,
        parameters: { ...parameters } as Parameters,
      }),
    delete: async (id, options) => call('DELETE', pathOf(id), { parse: parseWebhook, options }),
    test: async (id, options) => call('POST', pathOf(id, '/test'), { parse: parseTest, options }),
    rotate: async (id, options) => call('POST', pathOf(id, '/rotate'), { parse: parseWithSecret, options }),
  }
}

interface CallOptions<T> {
  parse: Parse<T>
  options: RequestOptions | undefined
  parameters?: Parameters
}
