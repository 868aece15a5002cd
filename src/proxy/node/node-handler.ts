import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ZerotenProxy } from '../index.js'

export type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/**
 * The proxy as a listener of `node:http`, and so a handler of Express. Mount it before anything that reads bodies, and
 * where the path is left as it is: `app.all('/zeroten/*splat', toNodeHandler(proxy))`.
 */
export function toNodeHandler(proxy: ZerotenProxy): NodeHandler {
  const listener = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as HttpBindings
      const ip = incoming.socket.remoteAddress
      const { status, headers, body } = await proxy.answer(request, { ip, isLengthEnforced: true })
      const length = typeof body === 'string' && { 'Content-Length': Buffer.byteLength(body) }
      outgoing.writeHead(status, { ...headers, ...length }).end(body)
      return RESPONSE_ALREADY_SENT
    },
    // Importing us must not change the host's Request and Response.
    { overrideGlobalObjects: false },
  )
  return (incoming, outgoing) => void listener(incoming, outgoing)
}

/** As much of Fastify as is needed to mount there. */
interface FastifyLike {
  removeAllContentTypeParsers(): void
  addContentTypeParser(
    type: string,
    parse: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown
  all(
    path: string,
    handler: (request: { raw: IncomingMessage }, reply: { hijack(): unknown; raw: ServerResponse }) => void,
  ): unknown
}

/**
 * The proxy as a plugin of Fastify: `fastify.register(toFastifyPlugin(proxy, '/zeroten'))`.
 *
 * @param base the proxy's own `base`
 */
export function toFastifyPlugin(proxy: ZerotenProxy, base: string) {
  const handle = toNodeHandler(proxy)
  return async (fastify: FastifyLike): Promise<void> => {
    // The proxy counts and reads bodies itself; the plugin's scope keeps the host's parsers as they are.
    fastify.removeAllContentTypeParsers()
    fastify.addContentTypeParser('*', (_request, _payload, done) => done(null))
    fastify.all(`${base}/*`, (request, reply) => {
      reply.hijack()
      handle(request.raw, reply.raw)
    })
  }
}
