import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { listen, type NodeServer } from '../runtime/node/listen.js'
import type { Api } from './create-api.js'
import { createHostCheck } from './request/host-check.js'

/** Where an API listens, and what it puts up with. */
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

/** A listening server. Closing it does not close the API. */
export type ApiServer = NodeServer

const DEFAULTS: ServeLimits = { headersTimeoutMs: 10_000, requestTimeoutMs: 30_000, checkEveryMs: 2_000 }

/** What is being answered when `close` is called gets so long. */
const GRACE_MS = 10_000

/** Listens with `node:http`. */
export async function serveApi(
  api: Api,
  { port, host = '127.0.0.1', allowedHosts = [], limits }: ServeOptions,
): Promise<ApiServer> {
  const isAllowed = createHostCheck(host, allowedHosts)
  return listen(
    getRequestListener((request, env) => {
      const { headers, socket } = (env as HttpBindings).incoming
      return api.fetch(request, { peer: socket.remoteAddress, isMisdirected: !isAllowed(headers.host) })
    }),
    {
      port,
      host,
      ...DEFAULTS,
      ...limits,
      graceMs: GRACE_MS,
      onRefused: ({ status, code }) => api.noteRefusal(status, code),
    },
  )
}
