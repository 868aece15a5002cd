/** The proxy in a server of node:http. */
import { createServer } from 'node:http'
import { createNodeProxy, toNodeHandler } from 'zeroten/proxy/node'
import { host, options, page, port } from './options.mjs'

const proxy = await createNodeProxy(options)
const handleProxy = toNodeHandler(proxy)

const server = createServer((request, response) => {
  if (request.url?.startsWith('/zeroten/')) return handleProxy(request, response)
  response.setHeader('content-type', 'text/html').end(page)
})
server.listen(port, host, () => {
  const address = server.address()
  if (typeof address === 'object') console.log(`listening on http://${host}:${address?.port}`)
})
process.once('SIGTERM', () => server.close(() => proxy.close()))
