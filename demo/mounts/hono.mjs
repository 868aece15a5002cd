/** The proxy in Hono, here on Node. */
import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { createNodeProxy } from 'zeroten/proxy/node'
import { host, options, page, port } from './options.mjs'

const proxy = await createNodeProxy(options)

const app = new Hono()
app.all('/zeroten/*', context => proxy(context.req.raw, { ip: getConnInfo(context).remote.address }))
app.get('/', context => context.html(page))

const server = serve({ fetch: app.fetch, port, hostname: host }, info =>
  console.log(`listening on http://${host}:${info.port}`),
)
process.once('SIGTERM', () => server.close(() => proxy.close()))
