import { ProxyError } from './proxy-error.js'
import type { ProxyRequest } from './proxy-request.js'

export interface OriginRules {
  /** Where browsers see this proxy: `https://shop.example`. Undefined: whatever `Host` says, and any scheme. */
  publicOrigin: string | undefined
  /** Other origins whose pages may use it. */
  trustedOrigins: ReadonlySet<string>
}

/** This machine by name or number, with or without a port. */
const LOOPBACK_HOST = /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/

/**
 * Refuses what a page of another site sends. Browsers put `Origin` on every POST and can't be made to lie; who leaves it
 * out is no browser, and no visitor's session can be abused by it.
 *
 * @param isLoopback where nobody but this machine can connect; see `RequestContext`
 * @returns the trusted origin that sent it, where that is not our own
 * @throws ProxyError 403 `cross_site`
 */
export function checkOrigin(
  incoming: Pick<ProxyRequest, 'header' | 'host'>,
  { publicOrigin, trustedOrigins }: OriginRules,
  isLoopback = false,
): string | undefined {
  const refuse = () => new ProxyError(403, 'cross_site', 'this site alone may use its proxy')
  const origin = incoming.header('origin')
  if (origin !== null && trustedOrigins.has(origin)) return origin
  const site = incoming.header('sec-fetch-site')
  if (site !== null && site !== 'same-origin') throw refuse()
  if (origin === null) return undefined
  if (publicOrigin !== undefined) {
    if (origin !== publicOrigin) throw refuse()
    return undefined
  }
  // A page can't set this header. Where a reverse proxy or a development server puts a `Host` of its own, it alone still tells.
  if (site !== null) return undefined
  // `null` is what sandboxed frames and redirects send; it parses as no URL.
  const host = /^https?:\/\/([^/]+)$/.exec(origin)?.[1]
  if (host === undefined || host.toLowerCase() !== incoming.host) throw refuse()
  // Any site can make its own name lead to this machine; over https it would have no certificate, and over http browsers tell
  // such a host no fetch metadata. A reverse proxy of ours says for whom it asks.
  const isRebound = isLoopback && origin.startsWith('http:') && !LOOPBACK_HOST.test(incoming.host)
  if (isRebound && incoming.header('x-forwarded-for') === null)
    throw new ProxyError(403, 'cross_site', 'this host is not known here: see --origin')
  return undefined
}
