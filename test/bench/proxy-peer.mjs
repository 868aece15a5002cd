/** What the proxy is compared with: fastify passing requests on with a token put in, and no check: `node proxy-peer.mjs API`. */
import httpProxy from '@fastify/http-proxy'
import fastify from 'fastify'

const app = fastify()
await app.register(httpProxy, {
  upstream: process.argv[2],
  prefix: '/zeroten/events',
  rewritePrefix: '/v1/end_users/1/page_views',
  replyOptions: { rewriteRequestHeaders: (_, headers) => ({ ...headers, authorization: 'Bearer bench' }) },
})
const url = await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${JSON.stringify({ url })}\n`)
process.once('SIGTERM', async () => {
  await app.close()
  process.exit(0)
})
