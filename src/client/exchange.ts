import { ClientError, type RequestLine } from './client-error.js'
import { NetworkError } from './network-error.js'
import { ResponseError } from './response-error.js'
import { TimeoutError } from './timeout-error.js'
import type { Transport } from './transport.js'

/** An answer that was read to its end. */
export interface HttpResponse {
  status: number
  headers: { get(name: string): string | null }
  text: string
}

interface ExchangeRequest extends RequestLine {
  url: string
  headers: Record<string, string>
  body?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * One request and its whole answer.
 *
 * @throws NetworkError, TimeoutError, ResponseError, or the reason of the caller's signal
 */
export type Exchange = (request: ExchangeRequest) => Promise<HttpResponse>

export interface ExchangeOptions {
  transport: Transport
  /** From the first byte sent to the last byte of the answer. */
  timeoutMs: number
  /** Of the answer's body, decompressed. */
  maxAnswerBytes: number
  userAgent: string | undefined
}

/** Exchanges within bounds of time and size. */
export function createExchange(options: ExchangeOptions): Exchange {
  const { transport, timeoutMs, maxAnswerBytes, userAgent } = options
  return async request => {
    const { method, url, body, signal } = request
    signal?.throwIfAborted()
    let end: () => void = () => undefined
    try {
      const headers =
        userAgent === undefined ? request.headers : { ...request.headers, 'user-agent': userAgent }
      const pending = transport({ method, url, headers, body, maxAnswerBytes })
      const timer = setTimeout(() => pending.abort(new TimeoutError(request, timeoutMs)), timeoutMs)
      const onAbort = () => pending.abort(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
      const response = await pending.response
      // A refusal is one whatever its page looks like.
      if (response.problem && response.status < 400) throw new ResponseError(request, response.problem)
      return response
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof ClientError ? error : new NetworkError(request, error)
    } finally {
      end()
    }
  }
}
