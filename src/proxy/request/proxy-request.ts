import { type BodyBounds, readStream } from './read-stream.js'

/**
 * A request as the proxy reads it, whichever server took it: an adapter that makes one of its own saves most of a
 * Request's cost.
 */
export interface ProxyRequest {
  readonly method: string
  /** The path, without the query. Compared as it is: what is spelt otherwise is not found. */
  readonly path: string
  /** Where the browser believes to be, port included where it is not the scheme's own; empty where nobody said. */
  readonly host: string
  /** @param name - lower case */
  header(name: string): string | null
  /**
   * The body as text, counted while it is read: `Content-Length` may lie.
   *
   * @throws ProxyError 400, 408, 413
   */
  readText(bounds: BodyBounds): Promise<string>
  /** For what the host asks of it: identity, consent, address. */
  readonly request: Request
}

export function fromRequest(request: Request): ProxyRequest {
  const url = new URL(request.url)
  return {
    method: request.method,
    path: url.pathname,
    // Next.js puts the name that it listens on into the address, whatever the browser asked for.
    host: request.headers.get('host')?.toLowerCase() ?? url.host,
    header: name => request.headers.get(name),
    readText: bounds => readStream(request.body, bounds),
    request,
  }
}
