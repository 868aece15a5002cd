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

export type { Logger } from '../runtime/logger.js'
export type { Properties, UnixSeconds } from '../wire/v1.js'
export { createProxy, type ZerotenProxy } from './create-proxy.js'
export { type HostIdentity, signIdentity } from './identity/identity-token.js'
export type { Limiter, Rate, Taken } from './limits/limiter.js'
export type { Limits } from './limits/rate-limits.js'
export type { ProxyOptions, RequestContext, Timeouts } from './options.js'
export type { Readiness, ReadinessCheck } from './readiness.js'
export type { Files, StaticFile } from './request/files.js'
export type { Bytes, PlainAnswer } from './request/http-response.js'
export type { ProxyRequest } from './request/proxy-request.js'
export type { BodyBounds } from './request/read-stream.js'
export type { PropertyRule, VerdictRules } from './verdict/verdict-rules.js'
