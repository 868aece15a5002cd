import {
  WEBHOOK_ID,
  WEBHOOK_SIGNATURE,
  WEBHOOK_TIMESTAMP,
  type WebhookMessage,
  WOOTRIC_SIGNATURE,
} from '../wire/webhook.js'
import { WebhookError } from './webhook-error.js'

/** What {@link verifyWebhook} is given. */
export interface VerifyWebhookOptions {
  /** Of the request, whatever the case of their names: a `Headers`, or the object of `node:http`. */
  headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The body as it came, before anything has parsed it. */
  body: string | Uint8Array
  /** `whsec_…`; several while one is replaced. */
  secret: string | readonly string[]
  /** How old a message of Standard Webhooks may be, or how far ahead, seconds. @default 300 */
  toleranceS?: number
  /** Wall time, milliseconds since 1970. @default Date.now */
  now?: () => number
}

/** A message that is believed. */
export interface VerifiedWebhook<Message = WebhookMessage> {
  /** The same at every attempt: whoever has seen it has been told. Absent where the sender gives none. */
  id: string | undefined
  message: Message
}

type Hash = 'SHA-256' | 'SHA-1'

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const PREFIX = 'whsec_'

/**
 * Verifies a message of a webhook: by the headers of Standard Webhooks, or by Wootric's where only that is there. Needs Web
 * standards alone.
 *
 * @returns its id and its body, parsed: of the format `standard` a {@link WebhookMessage}, of `wootric` what Wootric sends
 * @throws WebhookError where it is not to be believed
 * @example
 * ```ts
 * import { verifyWebhook } from 'zeroten/client'
 *
 * export async function POST(request: Request): Promise<Response> {
 *   const secret = process.env.WEBHOOK_SECRET ?? ''
 *   const { id, message } = await verifyWebhook({ headers: request.headers, body: await request.text(), secret })
 *   if (message.type === 'response.created') console.log(id, message.data.response.score)
 *   return new Response(null, { status: 204 })
 * }
 * ```
 */
export async function verifyWebhook<Message = WebhookMessage>(
  options: VerifyWebhookOptions,
): Promise<VerifiedWebhook<Message>> {
  const { body, secret } = options
  const header = readerOf(options.headers)
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body)
  const secrets = typeof secret === 'string' ? [secret] : secret
  if (secrets.length === 0 || secrets.includes('')) throw new TypeError('secret must not be empty')
  const signature = header(WEBHOOK_SIGNATURE)
  if (signature === undefined) await verifyWootric(header(WOOTRIC_SIGNATURE), bytes, secrets)
  else await verifyStandard({ signature, header, bytes, secrets }, options)
  return { id: header(WEBHOOK_ID), message: parse(bytes) as Message }
}

interface Signed {
  signature: string
  header(name: string): string | undefined
  bytes: Uint8Array<ArrayBuffer>
  secrets: readonly string[]
}

async function verifyStandard(
  { signature, header, bytes, secrets }: Signed,
  { toleranceS = 300, now = Date.now }: VerifyWebhookOptions,
): Promise<void> {
  const id = header(WEBHOOK_ID)
  const timestamp = header(WEBHOOK_TIMESTAMP)
  if (id === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) throw notSigned()
  const signed = new Uint8Array([...new TextEncoder().encode(`${id}.${timestamp}.`), ...bytes])
  const given = signature
    .split(' ')
    .filter(part => part.startsWith('v1,'))
    .map(part => decodeBase64(part.slice(3)))
  await assertSigned('SHA-256', given, { signed, keys: secrets.map(standardKey) })
  // After the signature, so that nobody without a secret learns the clock.
  if (Math.abs(now() / 1_000 - Number(timestamp)) > toleranceS)
    throw new WebhookError('webhook_out_of_time', 'the message is too old, or from the future')
}

async function verifyWootric(
  signature: string | undefined,
  signed: Uint8Array<ArrayBuffer>,
  secrets: readonly string[],
): Promise<void> {
  const hex = /^sha1=([\da-f]{40})$/i.exec(signature ?? '')?.[1]
  if (hex === undefined) throw notSigned()
  const given = Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
  await assertSigned('SHA-1', [given], { signed, keys: secrets.map(text => new TextEncoder().encode(text)) })
}

/** The comparison is the platform's, and takes as long whatever is wrong. */
async function assertSigned(
  hash: Hash,
  signatures: readonly (Uint8Array<ArrayBuffer> | undefined)[],
  { signed, keys }: { signed: Uint8Array<ArrayBuffer>; keys: readonly Uint8Array<ArrayBuffer>[] },
): Promise<void> {
  for (const bytes of keys) {
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['verify'])
    for (const signature of signatures)
      if (signature && (await crypto.subtle.verify('HMAC', key, signature, signed))) return
  }
  throw notSigned()
}

function standardKey(secret: string): Uint8Array<ArrayBuffer> {
  const key = decodeBase64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret)
  if (!key || key.length === 0) throw new TypeError('secret must be whsec_ and base64')
  return key
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), character => character.charCodeAt(0))
  } catch {
    // No base64: a signature that is none.
    return undefined
  }
}

function readerOf(headers: VerifyWebhookOptions['headers']): (name: string) => string | undefined {
  if (headers instanceof Headers) return name => headers.get(name) ?? undefined
  const entries = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return name => {
    const value = entries.get(name)
    return typeof value === 'string' ? value : value?.[0]
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // What JSON.parse throws quotes the text.
    throw new WebhookError('webhook_not_json', 'the message is no JSON')
  }
}

const notSigned = () => new WebhookError('webhook_not_signed', 'the message is not signed by the secret')
