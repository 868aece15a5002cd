/** The proxy as a route of Next.js: `app/zeroten/[...path]/route.js`. */
import { createNodeProxy, toRouteHandlers } from 'zeroten/proxy/node'
import { options } from './options.mjs'

export const { GET, HEAD, POST, OPTIONS } = toRouteHandlers(() =>
  createNodeProxy({
    ...options,
    // The platform sets this header itself. Where nothing does, leave it out: a visitor could write whatever they like.
    clientIp: request => request.headers.get('x-real-ip') ?? undefined,
  }),
)
