/**
 * The same-origin proxy: Web standards alone, for Next.js route handlers, Hono, Workers, Deno and Bun. For `node:http`,
 * Express and Fastify see `zeroten/proxy/node`.
 *
 * @example
 * ```ts
 * import { createProxy } from 'zeroten/proxy'
 *
 * const proxy = createProxy({
 *   api: 'https://api.wootric.com',
 *   clientId: 'my-app',
 *   clientSecret: mySecret,
 *   identify: async request => (await sessionOf(request))?.user ?? null,
 * })
 * export default { fetch: (request: Request) => proxy(request) }
 * ```
 *
 * @module
 */
export type { Files, StaticFile } from './files.js'
export { type HostIdentity, signIdentity } from './identity-token.js'
export type { Limiter, Rate, Taken } from './limiter.js'
export type { Limits } from './limits.js'
export type { Logger } from './logger.js'
export type { ProxyOptions, RequestContext, Timeouts } from './options.js'
export { createProxy, type ZerotenProxy } from './proxy.js'
export type { PropertyRule, VerdictRules } from './verdict-rules.js'
