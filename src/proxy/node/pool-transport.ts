import type { Dispatcher } from 'undici'
// Not from 'undici' itself, which puts a dispatcher of its own under the host's fetch, and weighs three times as much.
import Pool from 'undici/lib/dispatcher/pool.js'
import type { Fetch, FetchAnswer } from '../../client/index.js'

export interface PoolOptions {
  /** At most so many connections. @default 64 */
  connections?: number
}

export interface PoolTransport {
  /** For `createProxy` and `createClient`; only for the API that the pool was made for. */
  fetch: Fetch
  /** Waits for what is under way; a second call does nothing more. */
  close(): Promise<void>
}

type Read = { done: boolean; value?: Uint8Array | undefined }
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2]

/** The body of an answer as the client reads it: no stream, and no more of it held than has arrived in one piece. */
function createBody(controller: Dispatcher.DispatchController) {
  const arrived: Uint8Array[] = []
  let end: { error?: Error } | undefined
  let waiting: { resolve: (read: Read) => void; reject: (error: Error) => void } | undefined

  async function read(): Promise<Read> {
    const value = arrived.shift()
    if (value) {
      if (arrived.length === 0) controller.resume()
      return { done: false, value }
    }
    if (end?.error) throw end.error
    if (end) return { done: true }
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject }
    })
  }
  async function cancel(): Promise<void> {
    // Unread bytes would have to be drained; the connection is cheaper.
    if (!end) controller.abort(new Error('cancelled'))
  }
  return {
    push(chunk: Uint8Array) {
      // The parser hands one over whenever it is resumed, and being read it would be resumed again, without end.
      if (chunk.length === 0) return
      if (waiting) {
        waiting.resolve({ done: false, value: chunk })
        waiting = undefined
        return
      }
      arrived.push(chunk)
      controller.pause()
    },
    finish(error?: Error) {
      end = error ? { error } : {}
      if (error) waiting?.reject(error)
      else waiting?.resolve({ done: true })
      waiting = undefined
    },
    body: { getReader: () => ({ read, cancel }), cancel },
  }
}

const toHeaders = (headers: Headers): FetchAnswer['headers'] => ({
  get(name) {
    const value = headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  },
})

/** Turns what happens to one request into an answer. */
function createHandler(
  signal: AbortSignal,
  settle: { resolve: (answer: FetchAnswer) => void; reject: (error: Error) => void },
): Dispatcher.DispatchHandler {
  let body: ReturnType<typeof createBody> | undefined
  let abort: () => void = () => undefined
  const finish = (error?: Error) => {
    signal.removeEventListener('abort', abort)
    body?.finish(error)
    if (error) settle.reject(error)
  }
  return {
    onRequestStart(controller) {
      abort = () => controller.abort(signal.reason)
      if (signal.aborted) return abort()
      return signal.addEventListener('abort', abort)
    },
    onResponseStart(controller, status, headers) {
      // What comes before the answer itself, as a 103 does.
      if (status < 200) return
      body = createBody(controller)
      settle.resolve({ status, type: 'basic', headers: toHeaders(headers), body: body.body })
    },
    onResponseData: (_, chunk) => body?.push(chunk),
    onResponseEnd: () => finish(),
    onResponseError: (_, error) => finish(error),
  }
}

/**
 * A `fetch` over connections that stay open: several times as fast as the global one. Follows no redirect, and goes
 * nowhere but to the API.
 *
 * @param api the base URL that the client is given
 */
export function createPoolTransport(api: string, { connections = 64 }: PoolOptions = {}): PoolTransport {
  const { origin } = new URL(api)
  const pool = new Pool(origin, { connections, pipelining: 1 })
  let closed: Promise<void> | undefined
  return {
    fetch: (url, { method, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        if (!url.startsWith(`${origin}/`)) throw new TypeError('this transport leads to one API alone')
        const path = url.slice(origin.length)
        const request = { method: method as Dispatcher.HttpMethod, path, headers, body: body ?? null }
        pool.dispatch(request, createHandler(signal, { resolve, reject }))
      }),
    close() {
      closed ??= pool.close()
      return closed
    },
  }
}
