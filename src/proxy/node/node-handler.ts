import type { IncomingMessage, ServerResponse } from 'node:http'
import { MAX_BATCH_BYTES } from '../../wire/delivery.js'
import type { RequestContext, ZerotenProxy } from '../index.js'
import { fromNode, isMounted, type MountedMessage } from './node-incoming.js'

/** As much of a Fastify request as is needed to answer it. */
export interface FastifyRequestLike {
  raw: IncomingMessage
  /** What the host's content type parser made of the body, where one ran. */
  body?: unknown
  /** Fastify's own reading of `X-Forwarded-For`, where its `trustProxy` is set. */
  ip?: string
}

/** As much of a Fastify reply as is needed to answer by it. */
export interface FastifyReplyLike {
  raw: ServerResponse
  /** Takes the response over from Fastify. */
  hijack(): unknown
}

/** A listener of `node:http`, a handler of Express or Connect, and a handler of a Fastify route. */
export interface NodeHandler {
  (incoming: IncomingMessage, outgoing: ServerResponse, next?: (error?: unknown) => void): void
  (request: FastifyRequestLike, reply: FastifyReplyLike): void
}

/** What nobody has read of a body is read and dropped, so that the connection can be used again: if it is not too much. */
function isWorthReading({ complete, headers }: IncomingMessage): boolean {
  return complete || Number(headers['content-length']) <= MAX_BATCH_BYTES
}

async function respond(
  proxy: ZerotenProxy,
  message: MountedMessage,
  outgoing: ServerResponse,
  context: Pick<RequestContext, 'isLoopback'>,
): Promise<void> {
  // Express' `ip` follows its "trust proxy" setting; without that it is the connection's address.
  const ip = typeof message.ip === 'string' ? message.ip : message.socket.remoteAddress
  const { status, headers, body } = await proxy.answer(fromNode(message, proxy.base), { ...context, ip })
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  // HTTP/2 has no such header: Node throws where it is set.
  const end = message.httpVersionMajor < 2 && !isWorthReading(message) && { Connection: 'close' }
  const length = bytes && { 'Content-Length': bytes.length }
  outgoing.writeHead(status, { ...headers, ...length, ...end }).end(bytes)
}

/** Whether a request that a framework hands over is below the proxy's base, or below the path where it was mounted. */
function isBelow(base: string, message: MountedMessage): boolean {
  return isMounted(message) || Boolean(message.url?.startsWith(`${base}/`))
}

/**
 * The proxy as a listener of `node:http`, as a handler of Express, `app.use('/zeroten', toNodeHandler(proxy))`, or of one
 * route of Fastify, `fastify.all('/zeroten/*', toNodeHandler(proxy))`.
 *
 * The path may come whole or without the base. A body that a parser of the host has read already (`express.json()`) is taken
 * from `request.body`; mounted before the parsers, the proxy counts bodies as it reads them. The visitor's address is the
 * framework's own, so Express' "trust proxy" and Fastify's `trustProxy` hold. Used without a path, as `app.use(handler)`, it
 * passes on what is not below the proxy's base.
 */
export function toNodeHandler(
  proxy: ZerotenProxy,
  context: Pick<RequestContext, 'isLoopback'> = {},
): NodeHandler {
  function handle(
    given: IncomingMessage | FastifyRequestLike,
    reply: ServerResponse | FastifyReplyLike,
    next?: (error?: unknown) => void,
  ): void {
    let message: MountedMessage
    let outgoing: ServerResponse
    if ('raw' in given && 'raw' in reply) {
      reply.hijack()
      message = Object.assign(given.raw, { body: given.body, ip: given.ip })
      outgoing = reply.raw
    } else {
      message = given as MountedMessage
      outgoing = reply as ServerResponse
      if (typeof next === 'function' && !isBelow(proxy.base, message)) {
        next()
        return
      }
    }
    respond(proxy, message, outgoing, context).catch((error: unknown) => {
      // The host has answered already, a time-out of its own perhaps; an unhandled rejection would end its process.
      if (typeof next === 'function') next(error)
      else outgoing.destroy()
    })
  }
  return handle as NodeHandler
}
