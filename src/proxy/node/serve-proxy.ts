import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ZerotenProxy } from '../index.js'
import { toNodeHandler } from './node-handler.js'

export interface ServeOptions {
  /** 0 for a free one. */
  port: number
  /** @default '127.0.0.1' */
  host?: string
  /** Where to serve `/health`, `/ready` and `/metrics`. Keep it from the internet. @default nowhere */
  operations?: { port: number; host?: string }
}

export interface ProxyServer {
  /** Where it listens, `http://127.0.0.1:4020`. */
  readonly url: string
  readonly port: number
  /** Where operations are served, if they are. */
  readonly operationsUrl?: string
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

async function listen(listener: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer(SERVER_LIMITS, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return server
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
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

function operationsListener(proxy: ZerotenProxy): RequestListener {
  return async ({ url }, response) => {
    if (url === '/health') return response.end('ok\n')
    if (url === '/metrics') {
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
      return response.end(proxy.metrics())
    }
    const isReady = url === '/ready' && (await proxy.ready())
    response.statusCode = url === '/ready' ? (isReady ? 200 : 503) : 404
    return response.end(isReady ? 'ready\n' : url === '/ready' ? 'not ready\n' : undefined)
  }
}

/** Listens with `node:http`. */
export async function serveProxy(proxy: ZerotenProxy, options: ServeOptions): Promise<ProxyServer> {
  const { port, host = '127.0.0.1', operations } = options
  const server = await listen(toNodeHandler(proxy), port, host)
  const extra =
    operations && (await listen(operationsListener(proxy), operations.port, operations.host ?? host))
  return {
    url: urlOf(server),
    port: (server.address() as AddressInfo).port,
    ...(extra && { operationsUrl: urlOf(extra) }),
    async close() {
      await drain(server)
      await proxy.close()
      if (extra) await drain(extra)
    },
  }
}
