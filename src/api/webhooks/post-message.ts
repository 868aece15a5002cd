import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { Agent as HttpsAgent, request as requestTls } from 'node:https'
import type { LookupFunction } from 'node:net'
import { parseRetryAfter } from '../../http/retry-after.js'
import type { Target } from './resolve-target.js'

/** From the first byte sent to the last byte that is read. */
const TIMEOUT_MS = 15_000

/** More of a response is not read: what it says is of no use to us. */
const MAX_RESPONSE_BYTES = 65_536

export interface PostedMessage {
  headers: Readonly<Record<string, string>>
  body: string
}

export interface PostResult {
  /** 0 where there was no HTTP response in time. */
  status: number
  /** The wait that the receiver asked for. */
  retryAfterMs: number | undefined
}

/** Connects to the address that was checked, whatever the name resolves to by now. */
const pinTo =
  ({ address, family }: Target): LookupFunction =>
  (_hostname, options, done) => {
    if (options.all) done(null, [{ address, family }])
    else done(null, address, family)
  }

/** Reads to the end, or to the bound. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0
  for await (const chunk of response) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_RESPONSE_BYTES) return
  }
}

/** Posts messages. Redirects are a status like any other: they are not followed. */
export function createPost(now: () => number, timeoutMs = TIMEOUT_MS) {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true }),
  }

  function send(target: Target, { headers, body }: PostedMessage, signal: AbortSignal) {
    const { url } = target
    const options: RequestOptions = {
      method: 'POST',
      headers: {
        'user-agent': 'zeroten-webhooks',
        ...headers,
        'content-length': String(Buffer.byteLength(body)),
      },
      lookup: pinTo(target),
      agent: agents[url.protocol as keyof typeof agents],
      signal,
    }
    return new Promise<IncomingMessage>((resolve, reject) => {
      const post = url.protocol === 'https:' ? requestTls : request
      post(url, options).on('response', resolve).on('error', reject).end(body)
    })
  }

  return {
    /** Never rejects. */
    async post(target: Target, message: PostedMessage, stop?: AbortSignal): Promise<PostResult> {
      const timeout = AbortSignal.timeout(timeoutMs)
      const signal = stop ? AbortSignal.any([timeout, stop]) : timeout
      try {
        const response = await send(target, message, signal)
        const status = response.statusCode ?? 0
        const retryAfterMs = parseRetryAfter(response.headers['retry-after'] ?? null, now())
        await drain(response)
        return { status, retryAfterMs }
      } catch {
        // Refused, reset, too slow, or not HTTP: for the receiver's operator to find out; here it is one more failure.
        return { status: 0, retryAfterMs: undefined }
      }
    },
    /** Lets go of the connections. */
    close(): void {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

export type Post = ReturnType<typeof createPost>
