import { discard, readText } from '../runtime/read-text.js'
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
function discardBody({ body }: FetchAnswer): void {
  if (body) discard(body)
}

const PROBLEMS = { too_large: 'answer_too_large', not_utf8: 'answer_not_json' } as const

/** The body as text, as far as it may go; or why it has none. */
async function readBody(
  response: FetchAnswer,
  { maxAnswerBytes, signal }: { maxAnswerBytes: number; signal: AbortSignal },
): Promise<Pick<TransportResponse, 'text' | 'problem'>> {
  if (!response.body) return { text: '' }
  if (Number(response.headers.get('content-length')) > maxAnswerBytes) {
    discardBody(response)
    return { text: '', problem: 'answer_too_large' }
  }
  const reader = response.body.getReader()
  const cancel = () => discard(reader)
  // A fetch that takes no notice of its signal would leave the connection open.
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const read = await readText(reader, maxAnswerBytes)
    return read.problem ? { text: '', problem: PROBLEMS[read.problem] } : { text: read.text }
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
      discardBody(response)
      throw signal.reason
    }
    const { status } = response
    if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      discardBody(response)
      return { status, headers: response.headers, text: '', problem: 'answer_redirected' }
    }
    return { status, headers: response.headers, ...(await readBody(response, { maxAnswerBytes, signal })) }
  }
  return request => {
    const controller = new AbortController()
    return {
      response: untilAborted(work(request, controller.signal), controller.signal),
      abort: reason => controller.abort(reason),
    }
  }
}
