import { listen, type NodeServer } from '../../runtime/node/listen.js'
import type { ZerotenProxy } from '../index.js'
import { toNodeHandler } from './node-handler.js'

/** Where a proxy listens, and what it puts up with. */
export interface ServeOptions {
  /** 0 for a free one. */
  port: number
  /** @default '127.0.0.1' */
  host?: string
  /** A client that takes longer for its headers is answered 408 and cut off. @default 10000 */
  headersTimeoutMs?: number
}

/** A listening server. Closing it closes the proxy as well. */
export type ProxyServer = NodeServer

/** Beyond the headers; the proxy itself gives a body five seconds. */
const BODY_MS = 5_000
/** What is being answered when `close` is called gets so long; an orchestrator kills after ten seconds. */
const GRACE_MS = 8_000

const isLoopbackHost = (host: string): boolean => /^(?:localhost|127\.|::1$)/.test(host)

/** Listens with `node:http`. */
export async function serveProxy(
  proxy: ZerotenProxy,
  { port, host = '127.0.0.1', headersTimeoutMs = 10_000 }: ServeOptions,
): Promise<ProxyServer> {
  const server = await listen(toNodeHandler(proxy, { isLoopback: isLoopbackHost(host) }), {
    port,
    host,
    headersTimeoutMs,
    requestTimeoutMs: headersTimeoutMs + BODY_MS,
    checkEveryMs: Math.min(headersTimeoutMs / 2, 2_000),
    graceMs: GRACE_MS,
    onRefused: ({ status, code }) => proxy.noteRefusal(status, code),
  })
  return {
    ...server,
    async close() {
      await server.close()
      await proxy.close()
    },
  }
}
