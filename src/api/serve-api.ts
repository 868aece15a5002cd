import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Api } from './create-api.js'

export interface ServeOptions {
  /** 0 for a free one. */
  port: number
  /** @default '127.0.0.1' */
  host?: string
}

export interface ApiServer {
  /** Where it listens, `http://127.0.0.1:4010`. */
  readonly url: string
  readonly port: number
  /** Takes no more connections, answers what has arrived, and then lets go. Does not close the API. */
  close(): Promise<void>
}

/** What a client may take its time for. Slower ones are answered 408 and cut off. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
}

/** What is being answered when `close` is called gets so long. */
const GRACE_MS = 10_000

/** Listens with `node:http`. */
export async function serveApi(api: Api, { port, host = '127.0.0.1' }: ServeOptions): Promise<ApiServer> {
  const server = createServer(
    LIMITS,
    getRequestListener(request => api.fetch(request)),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(server.off('error', reject) && undefined))
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
