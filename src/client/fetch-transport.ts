import { untilAborted } from './deadline.js'
import type { Transport, TransportRequest, TransportResponse } from './transport.js'

/** What a client hands to `fetch`. */
export interface FetchInit {
  method: string
  headers: Record<string, string>
  body?: string
  redirect: 'manual'
  signal: AbortSignal
}

/** What a client reads of a `Response`. */
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

/** Leaves a response unread, so that its connection is free or closed. */
function discard(response: FetchAnswer): void {
  response.body?.cancel().catch(() => {
    // A body that broke is as gone as one that was cancelled.
  })
}

/** The body as text, as far as it may go; or why it has none. */
async function readText(
  response: FetchAnswer,
  { maxAnswerBytes, signal }: { maxAnswerBytes: number; signal: AbortSignal },
): Promise<Pick<TransportResponse, 'text' | 'problem'>> {
  if (!response.body) return { text: '' }
  if (Number(response.headers.get('content-length')) > maxAnswerBytes) {
    discard(response)
    return { text: '', problem: 'answer_too_large' }
  }
  const reader = response.body.getReader()
  const cancel = () =>
    reader.cancel().catch(() => {
      // As in discard.
    })
  // A fetch that takes no notice of its signal would leave the connection open.
  signal.addEventListener('abort', cancel, { once: true })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  /** Undefined where it is not UTF-8. */
  const decode = (chunk?: Uint8Array): string | undefined => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch {
      cancel()
      return undefined
    }
  }
  let text = ''
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      const piece = decode(done ? undefined : value)
      if (piece === undefined) return { text: '', problem: 'answer_not_json' }
      text += piece
      if (done || !value) return { text }
      bytes += value.byteLength
      if (bytes > maxAnswerBytes) {
        cancel()
        return { text: '', problem: 'answer_too_large' }
      }
    }
  } catch (error) {
    cancel()
    throw error
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** A transport made of a `fetch`. */
export function createFetchTransport(fetch: Fetch): Transport {
  async function work(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    const { method, url, headers, body, maxAnswerBytes } = request
    const init = { method, headers, redirect: 'manual' as const, signal }
    const response = await fetch(url, body === undefined ? init : { ...init, body })
    if (signal.aborted) {
      discard(response)
      throw signal.reason
    }
    const { status } = response
    if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      discard(response)
      return { status, headers: response.headers, text: '', problem: 'answer_redirected' }
    }
    return { status, headers: response.headers, ...(await readText(response, { maxAnswerBytes, signal })) }
  }
  return request => {
    const controller = new AbortController()
    return {
      response: untilAborted(work(request, controller.signal), controller.signal),
      abort: reason => controller.abort(reason),
    }
  }
}
