import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ConnectionRefusal, onConnectionRefused } from './connection-refusal.js'

export interface ListenOptions {
  /** 0 for a free one. */
  port: number
  host: string
  /** Until the last header has arrived; a slower client is answered 408. */
  headersTimeoutMs: number
  /** Until the last byte of the body has arrived. */
  requestTimeoutMs: number
  /** How often the two are looked at. */
  checkEveryMs: number
  /** Requests that are being answered when `close` is called get so long. */
  graceMs: number
  /** Is told of each request that never reached `listener`. */
  onRefused: (refusal: ConnectionRefusal) => void
}

/** A server that listens. */
export interface NodeServer {
  /** Where it listens, `http://127.0.0.1:4010`. */
  readonly url: string
  readonly port: number
  /** Takes no more connections, answers what has arrived, and then lets go. */
  close(): Promise<void>
}

/** Longer than the 60 s for which a load balancer keeps an idle connection, so that the balancer ends it and not we. */
const KEEP_ALIVE_MS = 65_000

const MAX_HEADER_BYTES = 16_384

/** Listens with `node:http`. Rejects where the port is taken. */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<NodeServer> {
  const { port, host, graceMs, onRefused } = options
  const server = createServer(
    {
      headersTimeout: options.headersTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: options.checkEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    listener,
  )
  onConnectionRefused(server, onRefused)
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
    close: () => drain(server, graceMs),
  }
}

async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // Connections that fall idle after the last answer would be kept for keepAliveTimeout.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
