/** The proxy in a process of its own, all checks on, its limits out of reach: `node proxy-server.mjs API`. */
import { createNodeProxy, serveProxy } from '../../dist/proxy-node.js'

const outOfReach = 1_000_000_000
const proxy = await createNodeProxy({
  api: process.argv[2],
  clientId: 'bench',
  clientSecret: 'd8e8fca2dc0f896fd7cb4cb0031ba249',
  logger: { info: () => undefined, warn: () => undefined, error: console.error },
  limits: {
    identityRequestsPerMinute: outOfReach,
    identityEventsPerMinute: outOfReach,
    clientRequestsPerMinute: outOfReach,
    clientEventsPerMinute: outOfReach,
    clientAnonymousPerHour: outOfReach,
  },
})
const server = await serveProxy(proxy, { port: 0 })
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
process.once('SIGTERM', async () => {
  await server.close()
  process.exit(0)
})
