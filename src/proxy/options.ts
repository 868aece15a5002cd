import type { Fetch, Transport } from '../client/index.js'
import type { Logger } from '../runtime/logger.js'
import type { HostIdentity } from './identity/identity-token.js'
import type { Limiter } from './limits/limiter.js'
import type { Limits } from './limits/rate-limits.js'
import type { Files } from './request/files.js'
import type { VerdictRules } from './verdict/verdict-rules.js'

/** What a runtime knows of a request and a Request does not tell. */
export interface RequestContext {
  /** The connection's address. Without it limits by client and `ip_address` are off. */
  ip?: string | undefined
  /**
   * True where the listener takes connections of this machine alone: what a browser then sends by itself, past any reverse
   * proxy, must name this machine as its host, or another site's name may have been made to lead here.
   */
  isLoopback?: boolean | undefined
}

/** What a proxy is made with. */
export interface ProxyOptions {
  /** Where the v1 API is, such as `https://api.wootric.com`: https, or loopback. */
  api: string
  /** Credentials of the account's application. Only this process ever sees them. */
  clientId: string
  /** While it is being changed, `new,old` or a list: the old one is tried where the API does not know the new one. */
  clientSecret: string | readonly string[]
  /**
   * Allows an `api` by which the token travels in clear.
   * @default false
   */
  allowInsecureApi?: boolean
  /**
   * The path under which this proxy is seen; the empty string for the root.
   * @default '/zeroten'
   */
  base?: string
  /**
   * Where browsers see the site, such as `https://shop.example`. Needed where TLS ends before this process or `Host` is
   * rewritten.
   * @default whatever `Host` says, with either scheme
   */
  origin?: string
  /**
   * Other origins whose pages may use this proxy, sibling subdomains too.
   * @default []
   */
  trustedOrigins?: readonly string[]

  /** Asks the host's session who the visitor is; null where nobody is logged in. The request comes without its body. */
  identify?: (request: Request) => Promise<HostIdentity | null> | HostIdentity | null
  /** Checks identity tokens (see `signIdentity`); at least 32 random characters. `new,old` or a list checks with all. */
  identitySecret?: string | readonly string[]
  /**
   * Seals tickets; at least 32 random characters. `new,old` or a list seals with the first and opens with all, for
   * changing it while events wait in browsers.
   * @default derived from `clientSecret`, where that is at least 32 random characters; demanded where it is not
   */
  ticketSecret?: string | readonly string[]
  /**
   * Believes the bare e-mail that a page claims. Anyone can then answer as anyone.
   * @default false
   */
  allowUnverified?: boolean
  /**
   * Lets a bare e-mail also change what upstream knows of an end user that exists.
   * @default false
   */
  allowUnverifiedUpdates?: boolean
  /** The host's own record of the visitor's consent: false closes the survey and takes no page view. */
  consent?: (request: Request) => Promise<boolean> | boolean

  /** Who is asked, and when. */
  verdict?: Partial<VerdictRules>
  /**
   * Lets `survey_immediately` open every gate but consent and opt-out: for demonstrations and tests.
   * @default false
   */
  allowImmediate?: boolean
  /**
   * Parameters that a page's address keeps; everything else of the query goes.
   * @default []
   */
  keepQuery?: readonly string[]

  /**
   * Addresses of our own reverse proxies, in CIDR notation: `X-Forwarded-For` counts where it comes from them.
   * @default []
   */
  trustProxy?: readonly string[]
  /** Tells the visitor's address where the runtime puts it elsewhere, such as a header that the platform sets itself. */
  clientIp?: (request: Request, context: RequestContext) => string | undefined
  /**
   * Cuts the address that the API is told to the network: /24, /48.
   * @default false
   */
  anonymizeIp?: boolean
  /**
   * Records what crawlers do too: by their user agent, known ones are passed over. Their events are answered `done`, and
   * they are not asked.
   * @default false
   */
  recordCrawlers?: boolean
  limits?: Partial<Limits>
  /** @default one in memory, of this process alone */
  limiter?: Limiter

  /** The widget's files. Without them the proxy serves none. */
  files?: Files
  /**
   * How requests to the API travel.
   * @default globalThis.fetch
   */
  fetch?: Fetch
  /**
   * The same without a `fetch`'s objects; `./proxy/node` brings one that keeps connections.
   * @default made of `fetch`
   */
  transport?: Transport
  /** @default one JSON line a record on the console, from `warn` up */
  logger?: Logger
  /**
   * Milliseconds since 1970.
   * @default Date.now
   */
  now?: () => number
  /**
   * A clock that never goes back, milliseconds; whatever lasts is measured by it.
   * @default performance.now
   */
  monotonic?: () => number
  /**
   * Uniform in [0, 1).
   * @default Math.random
   */
  random?: () => number
  /** Milliseconds. */
  timeouts?: Partial<Timeouts>
}

/** Milliseconds. */
export interface Timeouts {
  /** To read a request's body. @default 5000 */
  body: number
  /** One call upstream. @default 5000 */
  upstream: number
  /** A whole request: what is not done by then is answered `retry`. @default 10000 */
  request: number
  /** How long upstream may take to list what it accepted, where it does not honour keys. @default 3000, or a third of `request` */
  settle: number
}
