/** The proxy in Express 5. */
import express from 'express'
import { createNodeProxy, toNodeHandler } from 'zeroten/proxy/node'
import { host, options, page, port } from './options.mjs'

const proxy = await createNodeProxy(options)

const app = express()
// Before whatever reads bodies: the proxy counts them as it reads them.
app.all('/zeroten/*path', toNodeHandler(proxy))
app.use(express.json())
app.get('/', (_request, response) => void response.send(page))

const server = app.listen(port, host, () => {
  const address = server.address()
  if (typeof address === 'object') console.log(`listening on http://${host}:${address?.port}`)
})
process.once('SIGTERM', () => server.close(() => proxy.close()))
