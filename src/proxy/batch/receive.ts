import { MAX_BATCH_BYTES } from '../../wire/delivery.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { Metrics } from '../metrics.js'
import type { RequestContext } from '../options.js'
import type { Settings } from '../parse-options.js'
import { type ClientAddress, clientAddress, untrustedForwarder } from '../request/client-address.js'
import { isCrawler } from '../request/is-crawler.js'
import { createBatchParser, type ParsedBatch } from '../request/parse-batch.js'
import type { ProxyRequest } from '../request/proxy-request.js'
import { readBody } from '../request/read-body.js'
import type { WarnOnce } from '../warn-once.js'
import type { ReceivedBatch } from './batch-context.js'

export interface ReceiveOptions {
  settings: Settings
  rateLimits: Pick<RateLimits, 'arrive' | 'bytes'>
  metrics: Metrics
  warnOnce: WarnOnce
}

/** Where upstream must be told of a page, and the page has told no address: the site's own. */
function siteOf(incoming: ProxyRequest, publicOrigin: string | undefined): string {
  const origin = incoming.header('origin') ?? ''
  const text = publicOrigin ?? (/^https?:\/\//.test(origin) ? origin : `https://${incoming.host}`)
  return URL.canParse(text) ? new URL(text).href : 'https://unknown.invalid/'
}

/** Without an address of its own, a response or decline gets the site's. */
const completeEvents = (batch: ParsedBatch, site: string): ParsedBatch => ({
  ...batch,
  events: batch.events.map(parsed =>
    parsed.event && 'origin_url' in parsed.event && parsed.event.origin_url === ''
      ? { ...parsed, event: { ...parsed.event, origin_url: site } }
      : parsed,
  ),
})

function addressOf(
  { settings, warnOnce }: ReceiveOptions,
  incoming: ProxyRequest,
  context: RequestContext,
): ClientAddress | undefined {
  const addresses = {
    ip: settings.clientIp ? settings.clientIp(incoming.request, context) : context.ip,
    forwarded: incoming.header('x-forwarded-for'),
    trusted: settings.trusted,
    anonymize: settings.anonymizeIp,
  }
  const client = clientAddress(addresses)
  const forwarder = warnOnce.has('untrusted_forwarder') ? undefined : untrustedForwarder(addresses)
  if (forwarder)
    warnOnce(
      'untrusted_forwarder',
      { ...(forwarder.ownAddress && { from: forwarder.ownAddress }) },
      'X-Forwarded-For comes from an address that is not trusted: whoever is behind it counts as one client. ' +
        `If that is a reverse proxy of yours, see trustProxy (--trust-proxy ${forwarder.ownAddress ?? 'CIDR'})`,
    )
  if (!client)
    warnOnce(
      'no_client_address',
      {},
      'no client address (context.ip, clientIp): limits by client and ip_address are off',
    )
  return client
}

/** The first stage: reads a request, within what its client may send. Rejects with a ProxyError where it is no batch. */
export function createReceive(options: ReceiveOptions) {
  const { settings, rateLimits, metrics, warnOnce } = options
  const bounds = { maxBytes: MAX_BATCH_BYTES, deadlineMs: settings.timeouts.body }
  const parseBatch = createBatchParser(settings.keepQuery, () =>
    warnOnce(
      'cut_parameter',
      {},
      'a parameter that a page keeps (keepParams) is cut off here: see keepQuery',
    ),
  )

  return async (
    incoming: ProxyRequest,
    context: RequestContext,
    requestId: string,
  ): Promise<ReceivedBatch> => {
    const arrivedMs = settings.now()
    const client = addressOf(options, incoming, context)
    await rateLimits.arrive(client?.key)
    const text = await readBody(incoming, bounds)
    await rateLimits.bytes(client?.key, text.length)
    const batch = completeEvents(parseBatch(text), siteOf(incoming, settings.publicOrigin))
    for (const [type, count = 0] of Object.entries(batch.evicted)) metrics.evicted(type, count)
    return {
      incoming,
      requestId,
      batch,
      client,
      arrivedMs,
      isCrawler: !settings.recordCrawlers && isCrawler(incoming.header('user-agent')),
    }
  }
}
