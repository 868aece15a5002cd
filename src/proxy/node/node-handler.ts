import type { IncomingMessage, ServerResponse } from 'node:http'
import { MAX_BATCH_BYTES } from '../../wire/delivery.js'
import type { ZerotenProxy } from '../index.js'
import { fromNode } from './node-incoming.js'

export type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** What nobody has read of a body is read and dropped, so that the connection can be used again: if it is not too much. */
function isWorthReading({ complete, headers }: IncomingMessage): boolean {
  return complete || Number(headers['content-length']) <= MAX_BATCH_BYTES
}

/**
 * The proxy as a listener of `node:http`, and so a handler of Express. Mount it before anything that reads bodies, and
 * where the path is left as it is: `app.all('/zeroten/*splat', toNodeHandler(proxy))`.
 */
export function toNodeHandler(proxy: ZerotenProxy): NodeHandler {
  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { status, headers, body } = await proxy.answer(fromNode(incoming), {
      ip: incoming.socket.remoteAddress,
    })
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const end = !isWorthReading(incoming) && { Connection: 'close' }
    const length = bytes && { 'Content-Length': bytes.length }
    outgoing.writeHead(status, { ...headers, ...length, ...end }).end(bytes)
  }
  return (incoming, outgoing) => void handle(incoming, outgoing)
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
