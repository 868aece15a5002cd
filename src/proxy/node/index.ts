/**
 * The proxy on Node: a server of its own, a handler for `node:http` and Express, a plugin for Fastify, a route for Next.js.
 *
 * @example
 * ```ts
 * import { createNodeProxy, serveProxy } from 'zeroten/proxy/node'
 *
 * const proxy = await createNodeProxy({ api: 'https://api.wootric.com', clientId, clientSecret })
 * const server = await serveProxy(proxy, { port: 4020 })
 * console.log(`listening on ${server.url}`)
 * ```
 *
 * @module
 */
export type { NodeServer } from '../../runtime/node/listen.js'
export { createNodeProxy, type NodeProxyOptions } from './create-node-proxy.js'
export { type FastifyLike, toFastifyPlugin } from './fastify-plugin.js'
export {
  createFlexibleLimiter,
  type FlexibleLimiterOptions,
  type MakeFlexibleLimiter,
} from './flexible-limiter.js'
export { loadFiles } from './load-files.js'
export {
  type FastifyReplyLike,
  type FastifyRequestLike,
  type NodeHandler,
  toNodeHandler,
} from './node-handler.js'
export { createPoolTransport, type PoolOptions, type PoolTransport } from './pool-transport.js'
export { type RouteHandler, type RouteHandlers, toRouteHandlers } from './route-handlers.js'
export { type ProxyServer, type ServeOptions, serveProxy } from './serve-proxy.js'
