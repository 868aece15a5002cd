import { AnswerError } from './answer-error.js'
import { ClientError, type RequestLine } from './client-error.js'
import { withDeadline } from './deadline.js'
import { NetworkError } from './network-error.js'
import { TimeoutError } from './timeout-error.js'

export interface FetchInit {
  method: string
  headers: Record<string, string>
  body?: string
  redirect: 'manual'
  signal: AbortSignal
}

export interface FetchAnswer {
  readonly status: number
  readonly type: string
  readonly headers: { get(name: string): string | null }
  readonly body: {
    getReader(): {
      read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
      cancel(): Promise<unknown>
    }
    cancel(): Promise<unknown>
  } | null
}

/** As much of `fetch` as the client uses; the platform's own and undici's both are one. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>

/** An answer that was read to its end. */
export interface Answer {
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
 * @throws NetworkError, TimeoutError, AnswerError, or the reason of the caller's signal
 */
export type Exchange = (request: ExchangeRequest) => Promise<Answer>

export interface ExchangeOptions {
  fetch: Fetch
  /** From the first byte sent to the last byte of the answer. */
  timeoutMs: number
  /** Of the answer's body, decompressed. */
  maxAnswerBytes: number
  userAgent: string | undefined
}

/** Leaves an answer unread, so that its connection is free or closed. */
function discard(answer: FetchAnswer): void {
  answer.body?.cancel().catch(() => {
    // A body that broke is as gone as one that was cancelled.
  })
}

/** Reads a body as UTF-8, as far as it is allowed to go. */
async function readText(
  answer: FetchAnswer,
  { line, maxAnswerBytes, signal }: { line: RequestLine; maxAnswerBytes: number; signal: AbortSignal },
): Promise<string> {
  if (!answer.body) return ''
  const refuse = (code: 'answer_too_large' | 'answer_not_json') => new AnswerError(line, code)
  if (Number(answer.headers.get('content-length')) > maxAnswerBytes) {
    discard(answer)
    throw refuse('answer_too_large')
  }
  const reader = answer.body.getReader()
  const cancel = () =>
    reader.cancel().catch(() => {
      // As in discard.
    })
  // A fetch that takes no notice of its signal would leave the connection open.
  signal.addEventListener('abort', cancel, { once: true })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      throw refuse('answer_not_json')
    }
  }
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done || !value) return text + decode()
      bytes += value.byteLength
      if (bytes > maxAnswerBytes) throw refuse('answer_too_large')
      text += decode(value)
    }
  } catch (error) {
    cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Exchanges within bounds of time and size. Redirects are not followed: the next hop would get the token. */
export function createExchange({ fetch, timeoutMs, maxAnswerBytes, userAgent }: ExchangeOptions): Exchange {
  async function work(request: ExchangeRequest, signal: AbortSignal): Promise<Answer> {
    const { method, url, headers, body } = request
    const answer = await fetch(url, {
      method,
      headers: userAgent === undefined ? headers : { ...headers, 'user-agent': userAgent },
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body }),
    })
    const { status } = answer
    if (signal.aborted) {
      discard(answer)
      throw signal.reason
    }
    if (answer.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      discard(answer)
      throw new AnswerError(request, 'answer_redirected')
    }
    try {
      const text = await readText(answer, { line: request, maxAnswerBytes, signal })
      return { status, headers: answer.headers, text }
    } catch (error) {
      // A refusal is one whatever its page looks like.
      if (status >= 400 && error instanceof AnswerError) return { status, headers: answer.headers, text: '' }
      throw error
    }
  }

  return async request => {
    const { signal } = request
    const expire = () => new TimeoutError(request, timeoutMs)
    try {
      return await withDeadline(inner => work(request, inner), { timeoutMs, expire, signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw error instanceof ClientError ? error : new NetworkError(request, error)
    }
  }
}
