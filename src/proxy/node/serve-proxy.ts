import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ZerotenProxy } from '../index.js'
import { toNodeHandler } from './node-handler.js'

export interface ServeOptions {
  /** 0 for a free one. */
  port: number
  /** @default '127.0.0.1' */
  host?: string
  /** A client that takes longer for its headers is answered 408 and cut off. @default 10000 */
  headersTimeoutMs?: number
}

export interface ProxyServer {
  /** Where it listens, `http://127.0.0.1:4020`. */
  readonly url: string
  readonly port: number
  /** Takes no more connections, answers what has arrived, lets go, and closes the proxy. */
  close(): Promise<void>
}

/** Beyond the headers; the proxy itself gives a body five seconds. */
const BODY_MS = 5_000
/** Longer than the usual minute of a balancer before us, which would else send into a connection that we are closing. */
const KEEP_ALIVE_MS = 65_000
const MAX_HEADER_BYTES = 16_384

/** What is being answered when `close` is called gets so long; an orchestrator kills after ten seconds. */
const GRACE_MS = 8_000

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // Connections that fall idle after the last answer would be kept for keepAliveTimeout.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}

const isLoopbackHost = (host: string): boolean => /^(?:localhost|127\.|::1$)/.test(host)

/** Listens with `node:http`. */
export async function serveProxy(
  proxy: ZerotenProxy,
  { port, host = '127.0.0.1', headersTimeoutMs = 10_000 }: ServeOptions,
): Promise<ProxyServer> {
  const limits = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: headersTimeoutMs + BODY_MS,
    connectionsCheckingInterval: Math.min(headersTimeoutMs / 2, 2_000),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  }
  const server = createServer(limits, toNodeHandler(proxy, { isLoopback: isLoopbackHost(host) }))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    async close() {
      await drain(server)
      await proxy.close()
    },
  }
}
