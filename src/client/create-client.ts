import { parseBaseUrl } from './base-url.js'
import type { Client } from './client.js'
import { type Credentials, createGrants } from './credentials.js'
import { createExchange } from './exchange.js'
import { createFetchTransport, type Fetch } from './fetch-transport.js'
import { createReportResources } from './report-resources.js'
import { createResources } from './resources.js'
import { createSender } from './send.js'
import { TOKEN_PATH } from './token-request.js'
import { createTokenSource } from './token-source.js'
import type { Transport } from './transport.js'
import { createWebhookResources } from './webhook-resources.js'

/** What a client is made with. */
export interface ClientOptions {
  credentials: Credentials
  /**
   * Where the API is. Must be https, loopback, or allowed by `allowInsecure`.
   * @default 'https://api.wootric.com'
   */
  baseUrl?: string
  /**
   * Allows a base URL by which tokens travel in clear, or that is link-local.
   * @default false
   */
  allowInsecure?: boolean
  /**
   * How requests travel.
   * @default globalThis.fetch
   */
  fetch?: Fetch
  /**
   * How requests travel, where a `fetch` costs too much: `createPoolTransport` of `./proxy/node` makes one.
   * @default made of `fetch`
   */
  transport?: Transport
  /**
   * Milliseconds for one attempt, from the first byte sent to the last byte of the answer. A request for a token, where
   * one is needed, has as long again.
   * @default 10_000
   */
  timeoutMs?: number
  /**
   * How often a request that is safe to repeat is repeated. A POST is so only where the API honours keys and one is
   * given.
   * @default 2
   */
  retries?: number
  /**
   * Bytes of one answer, decompressed.
   * @default 1_048_576
   */
  maxAnswerBytes?: number
  /** The `User-Agent` header. Without it the runtime's own is sent. */
  userAgent?: string
  /**
   * Wall time, milliseconds since 1970.
   * @default Date.now
   */
  now?: () => number
  /**
   * A clock that never goes back, milliseconds.
   * @default performance.now
   */
  monotonic?: () => number
  /**
   * Uniform in [0, 1), for jitter.
   * @default Math.random
   */
  random?: () => number
}

function assertRange(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new TypeError(`${name} must be a whole number, ${least} or more`)
}

/**
 * A client of the v1 API. Makes no request before a method is called; holds no timer and no connection of its own, so
 * there is nothing to close.
 *
 * @throws TypeError where an option cannot work
 */
export function createClient(options: ClientOptions): Client {
  const {
    credentials,
    baseUrl: givenUrl = 'https://api.wootric.com',
    allowInsecure = false,
    fetch = (url, init) => globalThis.fetch(url, init),
    transport = createFetchTransport(fetch),
    timeoutMs = 10_000,
    retries = 2,
    maxAnswerBytes = 1_048_576,
    userAgent,
    now = Date.now,
    monotonic = () => performance.now(),
    random = Math.random,
  } = options
  assertRange('timeoutMs', timeoutMs, 1)
  assertRange('retries', retries, 0)
  assertRange('maxAnswerBytes', maxAnswerBytes, 1)
  if (userAgent !== undefined && !/^[\x20-\x7e]+$/.test(userAgent))
    throw new TypeError('userAgent must be visible ASCII characters')
  const baseUrl = parseBaseUrl(givenUrl, allowInsecure)
  const clock = { now, monotonic }
  const exchange = createExchange({ transport, timeoutMs, maxAnswerBytes, userAgent })
  const tokens = createTokenSource({
    obtain: createGrants(credentials, {
      baseUrl,
      now,
      post: ({ headers, body }) =>
        exchange({ method: 'POST', path: TOKEN_PATH, url: baseUrl + TOKEN_PATH, headers, body }),
    }),
    clock,
    random,
    // A grant is at most two requests: a refresh token that is refused, and the password; or a new secret, and the old.
    maxFlightMs: 2 * timeoutMs + 1_000,
  })
  const sender = createSender({
    baseUrl,
    tokens,
    exchange,
    clock,
    random,
    retries,
  })

  return {
    ...createResources(sender),
    report: createReportResources(sender),
    webhooks: createWebhookResources(sender),
    ready: async ({ signal } = {}) => {
      await tokens.get(signal)
    },
    get idempotencyRetentionS() {
      return sender.idempotencyRetentionS
    },
    get rateLimit() {
      return sender.rateLimit
    },
  }
}
