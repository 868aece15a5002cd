import type { ZerotenProxy } from '../index.js'

/** One method of a route. */
export type RouteHandler = (request: Request) => Promise<Response>

/** What a route file of Next.js exports. */
export interface RouteHandlers {
  GET: RouteHandler
  HEAD: RouteHandler
  POST: RouteHandler
  OPTIONS: RouteHandler
}

/**
 * A request for a file, without what it says of encodings. Next.js drops `Content-Encoding` from what a route answers, which
 * leaves a script that no browser can read; it compresses on its own.
 */
function uncompressed(request: Request): Request {
  if (request.method !== 'GET' && request.method !== 'HEAD') return request
  const headers = new Headers(request.headers)
  headers.delete('accept-encoding')
  return new Request(request.url, { method: request.method, headers })
}

/**
 * The proxy as a route of Next.js: `app/zeroten/[...path]/route.js` exports what this returns.
 *
 * @param make - makes the proxy. Called by the first request and not before, since `next build` imports routes where there are
 *   no secrets; called again by the next request where it failed
 * @throws whatever `make` throws, by the handlers, so that the framework logs it
 * @example
 * ```ts
 * export const { GET, HEAD, POST, OPTIONS } = toRouteHandlers(() =>
 *   createNodeProxy({ api, clientId: process.env.WOOTRIC_CLIENT_ID, clientSecret: process.env.WOOTRIC_CLIENT_SECRET }),
 * )
 * ```
 */
export function toRouteHandlers(make: () => ZerotenProxy | Promise<ZerotenProxy>): RouteHandlers {
  let made: Promise<ZerotenProxy> | undefined
  async function handle(request: Request): Promise<Response> {
    made ??= Promise.resolve().then(make)
    try {
      return await (await made)(uncompressed(request))
    } catch (error) {
      made = undefined
      throw error
    }
  }
  return { GET: handle, HEAD: handle, POST: handle, OPTIONS: handle }
}
