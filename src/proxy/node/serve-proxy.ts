import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ZerotenProxy } from '../index.js'
import { toNodeHandler } from './node-handler.js'

export interface ServeOptions {
  /** 0 for a free one. */
  port: number
  /** @default '127.0.0.1' */
  host?: string
}

export interface ProxyServer {
  /** Where it listens, `http://127.0.0.1:4020`. */
  readonly url: string
  readonly port: number
  /** Takes no more connections, answers what has arrived, lets go, and closes the proxy. */
  close(): Promise<void>
}

/** What a client may take its time for. Slower ones are answered 408 and cut off. */
const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
}

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

/** Listens with `node:http`. */
export async function serveProxy(
  proxy: ZerotenProxy,
  { port, host = '127.0.0.1' }: ServeOptions,
): Promise<ProxyServer> {
  const server = createServer(SERVER_LIMITS, toNodeHandler(proxy))
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
