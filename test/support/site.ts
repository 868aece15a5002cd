import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Batch } from '../../src/wire/delivery.js'
import type { CleanUp } from './start-api.js'

/** As strict as DESIGN.md promises to work under. */
const POLICY = "default-src 'self'; require-trusted-types-for 'script'"

/**
 * What stands between the browser and the proxy.
 *
 * - `refuse`: the connection breaks before anything is forwarded.
 * - `swallow`: nothing is forwarded, and no answer ever comes.
 * - `lose`: it is forwarded and done, and the answer never comes.
 * - a function: answers itself, or lets it pass by returning undefined.
 */
export type Fault =
  | 'refuse'
  | 'swallow'
  | 'lose'
  | ((batch: Batch) => { status: number; headers?: Record<string, string>; body?: string } | undefined)

/** A customer's site: every path is a page with our tag, and `/zeroten/` leads to the proxy. */
export interface Site {
  url: string
  /** Where the proxy is now; it may be killed and come back on another port. */
  proxyUrl: string
  /** Applies to `POST /zeroten/events` from now on. */
  fault: Fault | undefined
  /** Every batch that reached the site, in order. */
  batches: Batch[]
}

export interface SiteOptions {
  proxyUrl: string
  /** Attributes of the script tag, for example `data-email="a@example.com"`. */
  attributes?: string
  /** HTML before the tag. */
  head?: string
  /** What stands under these paths instead of that page: HTML, or a script where the path ends in `.js`. */
  files?: Record<string, string>
  /** Content-Security-Policy of every page; the empty string for none. @default as strict as can be */
  policy?: string
}

const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export async function startSite(cleanUp: CleanUp, options: SiteOptions): Promise<Site> {
  const page = `<!doctype html><html lang="en"><title>Shop</title>${options.head ?? ''}
<script defer src="/zeroten/widget.js" data-allow-bots ${options.attributes ?? ''}></script>
<h1>Shop</h1><a href="/next">Next</a></html>`

  const forward = async (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    body: Buffer,
    isLost: boolean,
  ) => {
    const { method, url, headers } = incoming
    const target = new URL(url ?? '/', site.proxyUrl)
    const onward = request(target, { method, headers: { ...headers, 'x-forwarded-for': '203.0.113.7' } })
    onward.on('error', () => outgoing.destroy())
    onward.on('response', answer => {
      if (isLost) {
        answer.resume()
        answer.on('end', () => outgoing.destroy())
        return
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.end(body)
  }

  const server = createServer(async (incoming, outgoing) => {
    const path = incoming.url ?? '/'
    if (!path.startsWith('/zeroten/')) {
      const file = options.files?.[path.replace(/\?.*/, '')]
      outgoing.writeHead(200, {
        'content-type': path.endsWith('.js') ? 'text/javascript' : 'text/html',
        'content-security-policy': options.policy ?? POLICY,
      })
      outgoing.end(file ?? page)
      return
    }
    const body = await readBody(incoming)
    if (path !== '/zeroten/events' || incoming.method !== 'POST')
      return forward(incoming, outgoing, body, false)
    const batch = JSON.parse(String(body)) as Batch
    site.batches.push(batch)
    const { fault } = site
    const answer = typeof fault === 'function' ? fault(batch) : undefined
    if (fault === 'refuse') outgoing.destroy()
    else if (answer) outgoing.writeHead(answer.status, answer.headers).end(answer.body)
    else if (fault !== 'swallow') await forward(incoming, outgoing, body, fault === 'lose')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const site: Site = {
    // `localhost` is a secure context on http, as the site's https origin would be.
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    proxyUrl: options.proxyUrl,
    fault: undefined,
    batches: [],
  }
  cleanUp(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return site
}
