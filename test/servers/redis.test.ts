import { RateLimiterRedis } from 'rate-limiter-flexible'
import { expect, onTestFinished, test } from 'vitest'
import { createFlexibleLimiter } from '../../src/proxy/node/index.js'
import { batchOf, pageView } from '../support/events.js'
import { freePort } from '../support/free-port.mjs'
import { startApi } from '../support/start-api.js'
import { createVisitor, DONE, post, startProxy } from '../support/start-proxy.js'
import { connectRedis } from './redis-client.js'
import { serverFolder, startServer, stopServer } from './start-server.js'

const REQUESTS = 10

async function startRedis() {
  const port = await freePort()
  const argv = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--daemonize', 'no']
  const server = await startServer(onTestFinished, 'redis-server', argv, {
    cwd: await serverFolder(onTestFinished),
    ready: /Ready to accept connections/,
  })
  return { port, server }
}

async function startTwoProxies(port: number, failures: unknown[] = []) {
  const api = await startApi(onTestFinished)
  const start = async () => {
    const client = await connectRedis(port)
    onTestFinished(() => client.close())
    const limiter = createFlexibleLimiter(
      rate => new RateLimiterRedis({ storeClient: client, useRedisPackage: true, ...rate }),
      { onFailure: error => failures.push(error), timeoutMs: 5_000 },
    )
    return startProxy(onTestFinished, {
      api: api.url,
      limiter,
      limits: { clientRequestsPerMinute: REQUESTS },
    })
  }
  return [await start(), await start()] as const
}

test('two proxies share their limits through Redis, which keeps no address and no e-mail', async () => {
  const { port } = await startRedis()
  const proxies = await startTwoProxies(port)
  const statuses: number[] = []
  for (let n = 0; n < REQUESTS + 2; n++) {
    const { base } = proxies[n % 2 ? 1 : 0]
    const { identity } = createVisitor(base)
    const answer = await post(base, batchOf({ identity, events: [pageView()] }))
    statuses.push(answer.status)
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  }
  expect(statuses).toEqual([...new Array(REQUESTS).fill(200), 429, 429])
  const client = await connectRedis(port)
  onTestFinished(() => client.close())
  const keys = (await client.send('KEYS', '*')) as string[]
  expect(keys.length).toBeGreaterThan(REQUESTS)
  expect(keys.join('\n')).not.toMatch(/@|anonymous|127\.0\.0\.1|[\da-f]{8}-/)
  for (const key of keys) expect(await client.send('PTTL', key)).toBeGreaterThan(0)
})

test('a Redis that ends lets every visitor through, and the operator is told', async () => {
  const { port, server } = await startRedis()
  const failures: unknown[] = []
  const [{ base }] = await startTwoProxies(port, failures)
  const visitor = createVisitor(base)
  expect(await visitor.act(pageView())).toEqual([DONE])
  expect(failures).toEqual([])
  await stopServer(server)
  for (let n = 0; n < REQUESTS + 2; n++) expect(await visitor.act(pageView())).toEqual([DONE])
  expect(failures.length).toBeGreaterThan(0)
})
