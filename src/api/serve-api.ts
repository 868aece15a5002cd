import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Api } from './create-api.js'
import { createHostCheck } from './request/host-check.js'

export interface ServeOptions {
  /** 0 for a free one. */
  port: number
  /** @default '127.0.0.1' */
  host?: string
  /**
   * Names that requests may be for (`Host`), besides those of this machine. On a loopback address no other is answered: a page
   * somewhere could bind its own name to it. Elsewhere any is, unless some are given.
   */
  allowedHosts?: readonly string[]
  /** What a client may take its time for. */
  limits?: Partial<ServeLimits>
}

/** Slower clients are cut off. */
export interface ServeLimits {
  /** Until the last header has arrived. @default 10_000 */
  headersTimeoutMs: number
  /** Until the last byte of the body has arrived. @default 30_000 */
  requestTimeoutMs: number
  /** How often the two are looked at. @default 2_000 */
  checkEveryMs: number
}

export interface ApiServer {
  /** Where it listens, `http://127.0.0.1:4010`. */
  readonly url: string
  readonly port: number
  /** Takes no more connections, answers what has arrived, and then lets go. Does not close the API. */
  close(): Promise<void>
}

const DEFAULTS: ServeLimits = { headersTimeoutMs: 10_000, requestTimeoutMs: 30_000, checkEveryMs: 2_000 }

/** Longer than the 60 s for which a load balancer keeps an idle connection, so that it is the one who ends it. */
const KEEP_ALIVE_MS = 65_000

const MAX_HEADER_BYTES = 16_384

/** What is being answered when `close` is called gets so long. */
const GRACE_MS = 10_000

/** Listens with `node:http`. */
export async function serveApi(
  api: Api,
  { port, host = '127.0.0.1', allowedHosts = [], limits }: ServeOptions,
): Promise<ApiServer> {
  const { headersTimeoutMs, requestTimeoutMs, checkEveryMs } = { ...DEFAULTS, ...limits }
  const isAllowed = createHostCheck(host, allowedHosts)
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    getRequestListener((request, env) => {
      const { headers, socket } = (env as HttpBindings).incoming
      return api.fetch(request, { peer: socket.remoteAddress, isMisdirected: !isAllowed(headers.host) })
    }),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    close: () => drain(server),
  }
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // Connections that fall idle after the last answer would be kept for keepAliveTimeout.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
