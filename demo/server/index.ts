/** The demo: the v1 API, the proxy and a customer's site in one process, put together as a user would. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { createApi, serveApi } from 'zeroten/api'
import { createClient } from 'zeroten/client'
import { createNodeProxy, toNodeHandler } from 'zeroten/proxy/node'
import { readRecords } from './records.js'
import { createReport } from './report.js'
import { loadSecrets } from './secrets.js'
import { loadSite } from './site.js'
import { mintIdentityToken } from './visitors.js'

export interface DemoOptions {
  /** 0 for a free one. */
  port: number
  /** @default '127.0.0.1' */
  host?: string
  /** Where its data is kept, made where it is missing. */
  folder: string
}

export interface Demo {
  /** Where the site is. */
  url: string
  /** Where the API listens, for whoever wants to ask it. */
  apiUrl: string
  close(): Promise<void>
}

const BASE = '/zeroten'

const cookieOf = ({ headers }: { headers: Headers }, name: string): string =>
  new RegExp(`(?:^|; )${name}=([^;]*)`).exec(headers.get('cookie') ?? '')?.[1] ?? ''

/** The switch "offline" of the console: deliveries get no answer at all. Files still load, as from a cache. */
const isCutOff = ({ method, headers }: IncomingMessage): boolean =>
  method === 'POST' && /(?:^|; )kestrel_offline=1/.test(headers.cookie ?? '')

/** The page is altered on its way, so it must come in clear. */
function withoutEncoding(request: Request): Request {
  const headers = new Headers(request.headers)
  headers.delete('Accept-Encoding')
  return new Request(request, { headers })
}

/** Starts all three; the site and the proxy share a port, as in production they share an origin. */
export async function startDemo({ port, host = '127.0.0.1', folder }: DemoOptions): Promise<Demo> {
  const secrets = await loadSecrets(folder)
  const { email, password, clientId, clientSecret, identitySecret } = secrets
  const api = await createApi({
    db: `${folder}/demo.db`,
    account: { email, password, clientId, clientSecret },
  })
  const apiServer = await serveApi(api, { port: 0 })
  const proxy = await createNodeProxy({
    api: apiServer.url,
    clientId,
    clientSecret,
    identitySecret,
    base: BASE,
    allowImmediate: true,
    // It warns of `allowImmediate`, which is meant here; what breaks is still told.
    logger: { info: () => undefined, warn: () => undefined, error: console.error },
  })
  const client = createClient({ baseUrl: apiServer.url, credentials: { clientId, clientSecret } })
  const site = await loadSite(fileURLToPath(new URL('./site', import.meta.url)))

  const report = createReport({ api, email, password })

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/demo/records') return Response.json(await readRecords(client))
    const figures = await report(withoutEncoding(request))
    if (figures) return figures
    const token = await mintIdentityToken(cookieOf(request, 'kestrel_visitor'), identitySecret)
    return site(pathname, token) ?? new Response('There is no such page.', { status: 404 })
  }

  const toProxy = toNodeHandler(proxy)
  const toSite = getRequestListener(answer)
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url?.startsWith(`${BASE}/`)) void toSite(incoming, outgoing)
    else if (isCutOff(incoming)) incoming.socket.destroy()
    else toProxy(incoming, outgoing)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    apiUrl: apiServer.url,
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeIdleConnections()
      await proxy.close()
      await closed
      await apiServer.close()
      await api.close()
    },
  }
}
