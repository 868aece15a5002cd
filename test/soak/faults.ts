import type { Deployment } from '../support/deployment.js'
import type { Effect, OwnAnswer, RelayedRequest } from '../support/relay.js'
import type { Scene } from '../support/scene.js'
import type { Service } from '../support/service.js'
import { createRandom, type Trouble } from './plan.js'

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

const plain = (status: number, headers: Record<string, string> = {}, body = 'no'): OwnAnswer => ({
  status,
  headers: { 'content-type': 'text/plain', ...headers },
  body,
})

/** Between the browser and the proxy, with how often each comes. */
export const NEAR = {
  offline: 4,
  refused: 6,
  swallowed: 2,
  'answers lost': 6,
  delayed: 6,
  unreliable: 6,
  'status 500': 2,
  'status 503': 2,
  'status 429 with seconds': 1,
  'status 429 with a date': 1,
  'status 429 with garbage': 1,
  'status 413': 2,
  'status 422': 2,
  'status 401': 1,
  'status 403': 1,
  'status 404': 1,
  'captive portal': 2,
  'captive redirect': 2,
  'foreign answer': 2,
}

/** Longer would be two proxies that get copies of one event, which is told apart from what is promised. */
const MOST_NEAR_DELAY_MS = 2_000
const MOST_FAR_DELAY_MS = 1_200

function nearEffect({
  kind,
  number,
}: Trouble<Exclude<keyof typeof NEAR, 'offline'>>): () => Effect | undefined {
  const random = createRandom(number, kind)
  const always = (effect: Effect) => () => effect
  const delay = () => ({ before: sleep(random() * MOST_NEAR_DELAY_MS) })
  switch (kind) {
    case 'refused':
      return always('refuse')
    case 'swallowed':
      return always('swallow')
    case 'answers lost':
      return always('lose')
    case 'delayed':
      return delay
    case 'unreliable':
      return () => {
        const drawn = random()
        if (drawn < 0.3) return 'refuse'
        if (drawn < 0.6) return 'lose'
        return drawn < 0.8 ? delay() : undefined
      }
    case 'status 503':
      return always(plain(503, { 'retry-after': '2' }))
    case 'status 429 with seconds':
      return always(plain(429, { 'retry-after': '3' }))
    case 'status 429 with a date':
      return () => plain(429, { 'retry-after': new Date(Date.now() + 4_000).toUTCString() })
    case 'status 429 with garbage':
      return always(plain(429, { 'retry-after': 'soon' }))
    case 'captive portal':
      return always(plain(200, { 'content-type': 'text/html' }, '<h1>Welcome to our café</h1>'))
    case 'captive redirect':
      return always(plain(302, { location: 'http://127.0.0.1:9/login' }))
    case 'foreign answer':
      return always(
        plain(200, { 'content-type': 'application/json' }, '{"v":1,"id":"other","now":0,"results":{}}'),
      )
    default:
      return always(plain(Number(kind.slice('status '.length))))
  }
}

/** A tab that crashes in that very moment breaks off what is said to the whole browser. */
async function comeOnline(scene: Scene): Promise<void> {
  for (let tries = 5; tries--; ) {
    try {
      return await scene.goOnline()
    } catch (error) {
      if (!tries) throw error
      await sleep(200)
    }
  }
}

/** One thing goes wrong between browser and proxy, for its time. */
export async function troubleNear(
  scene: Scene,
  { kind, ...rest }: Trouble<keyof typeof NEAR>,
): Promise<void> {
  const { site } = scene
  if (kind === 'offline') {
    try {
      await scene.goOffline()
      await sleep(rest.lastMs)
    } finally {
      await comeOnline(scene)
    }
    return
  }
  site.fault = nearEffect({ kind, ...rest })
  await sleep(rest.lastMs)
  site.fault = undefined
}

/** Between the proxy and the API, and of the two themselves. */
export const FAR = {
  'API refuses': 4,
  'API swallows': 1,
  'API answers lost': 5,
  'API delayed': 4,
  'API status 500': 3,
  'API status 429': 1,
  'API token expires': 3,
  'proxy killed': 4,
  'API killed': 4,
  'proxy killed after a write': 5,
  'API killed after a write': 5,
}

const isWrite = ({ method, path }: RelayedRequest) =>
  method === 'POST' && /\/(page_views|responses|declines)$/.test(path)

async function kill(service: Service, lastMs: number): Promise<void> {
  await service.kill()
  await sleep(lastMs)
  await service.start()
}

/** Kills the service in the moment after the API has written something, should there be such a moment in its time. */
async function killAfterWrite({ wire }: Deployment, service: Service, lastMs: number): Promise<void> {
  const written = new Promise<void>(resolve => {
    let isOver = false
    const after = async () => {
      if (isOver) return
      isOver = true
      wire.fault = undefined
      await service.kill()
      resolve()
    }
    wire.fault = request => (isWrite(request) ? { after } : undefined)
  })
  const isKilled = await Promise.race([written.then(() => true), sleep(5_000).then(() => false)])
  wire.fault = undefined
  if (!isKilled) return kill(service, lastMs)
  await sleep(lastMs)
  await service.start()
}

/** One thing goes wrong beyond the proxy, or with it, for its time. */
export async function troubleFar(
  deployment: Deployment,
  { kind, lastMs, number }: Trouble<keyof typeof FAR>,
): Promise<void> {
  const { wire, proxy, api } = deployment
  const random = createRandom(number, kind)
  const during = async (fault: (request: RelayedRequest) => Effect | undefined) => {
    wire.fault = fault
    await sleep(lastMs)
    wire.fault = undefined
  }
  const json = (status: number, headers = {}) =>
    plain(status, { 'content-type': 'application/json', ...headers }, '{}')
  switch (kind) {
    case 'API refuses':
      return during(() => 'refuse')
    case 'API swallows':
      return during(() => 'swallow')
    case 'API answers lost':
      return during(request => (isWrite(request) ? 'lose' : undefined))
    case 'API delayed':
      return during(() => ({ before: sleep(random() * MOST_FAR_DELAY_MS) }))
    case 'API status 500':
      return during(() => json(500))
    case 'API status 429':
      return during(() => json(429, { 'retry-after': '1' }))
    case 'API token expires': {
      const expired = wire.requests.findLast(({ headers }) => headers.authorization)?.headers.authorization
      return during(({ headers }) => (expired && headers.authorization === expired ? json(401) : undefined))
    }
    case 'proxy killed':
      return kill(proxy, lastMs)
    case 'API killed':
      return kill(api, lastMs)
    case 'proxy killed after a write':
      return killAfterWrite(deployment, proxy, lastMs)
    case 'API killed after a write':
      return killAfterWrite(deployment, api, lastMs)
  }
}
