import type { ZerotenProxy } from '../index.js'
import { type FastifyReplyLike, type FastifyRequestLike, toNodeHandler } from './node-handler.js'

/** As much of Fastify as is needed to mount there. */
export interface FastifyLike {
  /** What `register(plugin, { prefix })` puts before every route of the plugin; empty where it does not. */
  readonly prefix: string
  removeAllContentTypeParsers(): void
  addContentTypeParser(
    type: string,
    parse: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown
  all(path: string, handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => void): unknown
}

/**
 * The proxy as a plugin of Fastify: `fastify.register(toFastifyPlugin(proxy))`. A `prefix` given to `register` comes before
 * the base, or stands for it where it ends in the base itself.
 *
 * @param base - where to mount it; the proxy's own `base` where nothing is said
 */
export function toFastifyPlugin(proxy: ZerotenProxy, base: string = proxy.base) {
  const handle = toNodeHandler(proxy)
  return async (fastify: FastifyLike): Promise<void> => {
    const { prefix } = fastify
    // The proxy counts and reads bodies itself; the plugin's scope keeps the host's parsers as they are.
    fastify.removeAllContentTypeParsers()
    fastify.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const mount = base !== '' && prefix.endsWith(base) ? '' : base
    fastify.all(`${mount}/*`, (request, reply) => {
      // Fastify leaves the prefix in the address, unlike Express.
      const { url = '' } = request.raw
      if (prefix && url.startsWith(`${prefix}/`)) {
        Object.assign(request.raw, { originalUrl: url, url: url.slice(prefix.length) })
      }
      handle(request, reply)
    })
  }
}
