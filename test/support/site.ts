import type { Batch, DeliveryEvent } from '../../src/wire/delivery.js'
import { type Effect, listen, pass, readBody, type Traffic } from './relay.js'
import type { CleanUp } from './start-api.js'

/** As strict as DESIGN.md promises to work under. */
const POLICY = "default-src 'self'; require-trusted-types-for 'script'"

/** Of a tag that asks a stranger on the first page too. Where the same attribute stands before it, that one counts. */
const ASK_AT_ONCE = 'data-time-delay="0"'

/** What stands between the browser and the proxy: an effect for every batch, or for each its own. */
export type Fault = Effect | ((batch: Batch) => Effect | undefined)

/** A customer's site: every path is a page with our tag, and `/zeroten/` leads to the proxy. */
export interface Site extends Traffic {
  url: string
  /** Where the proxy is now; it may be killed and come back on another port. */
  proxyUrl: string
  /** Applies to `POST /zeroten/events` from now on. */
  fault: Fault | undefined
  /** Every batch that reached the site, in order. */
  batches: Batch[]
  /** What visitors did, of all batches: without impressions, which come of the time that passes. */
  acts(): DeliveryEvent[]
  /** When each batch did, milliseconds. */
  arrivals: number[]
  /** Of the script tag, on pages that are opened from now on. */
  attributes: Attributes
}

/** One for every page, or for each its own by its path. */
export type Attributes = string | ((path: string) => string)

export interface SiteOptions {
  proxyUrl: string
  /** Attributes of the script tag, for example `data-email="a@example.com"`. */
  attributes?: Attributes
  /** HTML before the tag. */
  head?: string
  /** What stands under these paths instead of that page: HTML, or a script where the path ends in `.js`. */
  files?: Record<string, string>
  /** More headers of what stands under these paths. */
  headers?: Record<string, Record<string, string>>
  /** Content-Security-Policy of every page; the empty string for none. @default as strict as can be */
  policy?: string
  /** The visitors' address, as the proxy is told. @default '203.0.113.7' */
  visitorIp?: string
}

export async function startSite(cleanUp: CleanUp, options: SiteOptions): Promise<Site> {
  const {
    proxyUrl,
    attributes = '',
    head = '',
    files,
    headers,
    policy = POLICY,
    visitorIp = '203.0.113.7',
  } = options
  const attributesOf = (path: string) =>
    typeof site.attributes === 'function' ? site.attributes(path) : site.attributes
  const page = (path: string) => `<!doctype html><html lang="en"><title>Shop</title>${head}
<script defer src="/zeroten/widget.js" data-allow-bots ${attributesOf(path)} ${ASK_AT_ONCE}></script>
<h1>Shop</h1><a href="/next">Next</a></html>`

  const effectOn = (body: string): Effect | undefined => {
    const batch = JSON.parse(body) as Batch
    site.batches.push(batch)
    site.arrivals.push(Date.now())
    return typeof site.fault === 'function' ? site.fault(batch) : site.fault
  }

  const site: Site = {
    url: '',
    proxyUrl,
    fault: undefined,
    batches: [],
    acts: () => site.batches.flatMap(({ events }) => events).filter(({ type }) => type !== 'impression'),
    arrivals: [],
    attributes,
    underWay: 0,
  }
  const port = await listen(cleanUp, async (incoming, outgoing) => {
    const { url: path = '/', method } = incoming
    if (!path.startsWith('/zeroten/')) {
      outgoing.writeHead(200, {
        'content-type': path.endsWith('.js') ? 'text/javascript' : 'text/html',
        'content-security-policy': policy,
        ...headers?.[path],
      })
      outgoing.end(files?.[path.replace(/\?.*/, '')] ?? page(path))
      return
    }
    const body = await readBody(incoming)
    await pass(incoming, outgoing, {
      target: () => site.proxyUrl,
      body,
      headers: { 'x-forwarded-for': visitorIp },
      effect: path === '/zeroten/events' && method === 'POST' ? effectOn(body) : undefined,
      traffic: site,
    })
  })
  // `localhost` is a secure context on http, as the site's https origin would be.
  site.url = `http://localhost:${port}`
  return site
}
