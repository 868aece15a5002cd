/** The proxy as a route handler of Next.js: `app/zeroten/[...path]/route.js`. */
import { createNodeProxy } from 'zeroten/proxy/node'
import { options } from './options.mjs'

const proxy = await createNodeProxy({
  ...options,
  // The platform sets this header itself. Where nothing does, leave it out: a visitor could write whatever they like.
  clientIp: request => request.headers.get('x-real-ip') ?? undefined,
})

/** @param {Request} request */
const handle = request => proxy(request)

export { handle as GET, handle as HEAD, handle as POST }
