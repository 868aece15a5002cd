import * as v from 'valibot'
import type { Fetch, Transport } from '../client/index.js'
import { parseSecrets } from '../http/parse-secrets.js'
import { consoleLogger, type Logger } from '../runtime/logger.js'
import { weaknessOf } from './identity/secret-strength.js'
import type { Limiter } from './limits/limiter.js'
import { DEFAULT_LIMITS, type Limits } from './limits/rate-limits.js'
import type { ProxyOptions, Timeouts } from './options.js'
import type { Files } from './request/files.js'
import { type IpRange, parseIpRange } from './request/ip-address.js'
import { DEFAULT_RULES, type VerdictRules } from './verdict/verdict-rules.js'

const DEFAULT_TIMEOUTS: Timeouts = { body: 5_000, upstream: 5_000, request: 10_000, settle: 3_000 }

/** {@link ProxyOptions}, checked, with nothing left open. */
export interface Settings {
  api: string
  clientId: string
  clientSecrets: readonly string[]
  allowInsecureApi: boolean
  base: string
  publicOrigin: string | undefined
  trustedOrigins: ReadonlySet<string>
  identify: ProxyOptions['identify']
  identitySecrets: readonly string[]
  ticketSecrets: readonly [string, ...string[]]
  allowUnverified: boolean
  allowUnverifiedUpdates: boolean
  consent: ProxyOptions['consent']
  rules: VerdictRules
  allowImmediate: boolean
  keepQuery: ReadonlySet<string>
  trusted: readonly IpRange[]
  clientIp: ProxyOptions['clientIp']
  anonymizeIp: boolean
  recordCrawlers: boolean
  limits: Limits
  limiter: Limiter | undefined
  files: Files
  fetch: Fetch | undefined
  transport: Transport | undefined
  logger: Logger
  now: () => number
  monotonic: () => number
  random: () => number
  timeouts: Timeouts
}

const aFunction = v.custom<(...args: never[]) => unknown>(
  value => typeof value === 'function',
  'must be a function',
)
const text = v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty'))
const secrets = v.pipe(
  v.union([v.string(), v.array(v.string())], 'must be a text, or a list of texts'),
  v.check(given => parseSecrets(given).length > 0, 'must not be empty'),
)
const flag = v.boolean('must be true or false')
const origin = v.pipe(
  v.string('must be a text'),
  v.check(
    value =>
      URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).origin === value,
    'must be an origin such as https://shop.example: scheme, host and port, in lower case, no slash at the end',
  ),
)
const positive = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be whole'),
  v.minValue(1, 'must be 1 or more'),
)
const days = v.pipe(v.number('must be a number'), v.minValue(0, 'must be 0 or more'))
const percent = v.pipe(days, v.maxValue(100, 'must be 100 or less'))
const value = v.union([v.string(), v.number(), v.boolean()])

const numbersLike = <K extends string>(keys: readonly K[]) =>
  v.partial(
    v.strictObject(Object.fromEntries(keys.map(key => [key, positive])) as Record<K, typeof positive>),
  )

const rulesSchema = v.partial(
  v.strictObject({
    firstSurveyDays: days,
    resurveyDays: days,
    declineResurveyDays: days,
    registeredPercent: percent,
    visitorPercent: percent,
    minPageViews: days,
    properties: v.array(
      v.strictObject({
        property: text,
        is: v.optional(v.array(value)),
        isNot: v.optional(v.array(value)),
        atLeast: v.optional(v.number()),
        atMost: v.optional(v.number()),
      }),
    ),
    pageMayLoosen: flag,
  }),
)

const schema = v.strictObject({
  api: text,
  clientId: text,
  clientSecret: secrets,
  allowInsecureApi: v.optional(flag),
  base: v.optional(
    v.pipe(
      v.string('must be a text'),
      v.regex(/^(?:\/[\w.~-]+)*$/, 'must be a path such as /zeroten, or empty, without a slash at its end'),
    ),
  ),
  origin: v.optional(origin),
  trustedOrigins: v.optional(v.array(origin)),
  identify: v.optional(aFunction),
  identitySecret: v.optional(secrets),
  ticketSecret: v.optional(secrets),
  allowUnverified: v.optional(flag),
  allowUnverifiedUpdates: v.optional(flag),
  consent: v.optional(aFunction),
  verdict: v.optional(rulesSchema),
  allowImmediate: v.optional(flag),
  keepQuery: v.optional(v.array(text)),
  trustProxy: v.optional(v.array(v.string())),
  clientIp: v.optional(aFunction),
  anonymizeIp: v.optional(flag),
  recordCrawlers: v.optional(flag),
  limits: v.optional(numbersLike(Object.keys(DEFAULT_LIMITS))),
  limiter: v.optional(v.looseObject({ take: aFunction })),
  files: v.optional(v.looseObject({ get: aFunction })),
  fetch: v.optional(aFunction),
  transport: v.optional(aFunction),
  logger: v.optional(v.looseObject({ info: aFunction, warn: aFunction, error: aFunction })),
  now: v.optional(aFunction),
  monotonic: v.optional(aFunction),
  random: v.optional(aFunction),
  timeouts: v.optional(numbersLike(Object.keys(DEFAULT_TIMEOUTS))),
})

const withoutUndefined = <T extends object>(given: T | undefined): Partial<T> =>
  Object.fromEntries(Object.entries(given ?? {}).filter(([, of]) => of !== undefined)) as Partial<T>

/** @throws TypeError where one of them could be guessed by whoever holds what it signed or sealed */
function parseStrongSecrets(name: string, given: string | readonly string[] | undefined): readonly string[] {
  const secrets = parseSecrets(given)
  const weakness = secrets.map(weaknessOf).find(found => found !== undefined)
  if (weakness !== undefined) throw new TypeError(`${name} ${weakness}`)
  return secrets
}

/** What seals tickets, first, and what opens them. A client secret is as good as its own, if it is strong. */
function parseTicketSecrets({ ticketSecret, clientSecret }: ProxyOptions): readonly [string, ...string[]] {
  const own = parseStrongSecrets('ticketSecret', ticketSecret)
  const clients = parseSecrets(clientSecret)
  const isWeak = own.length === 0 && weaknessOf(clients[0] ?? '') !== undefined
  const [first, ...others] = [...own, ...clients.filter(secret => weaknessOf(secret) === undefined)]
  if (isWeak || first === undefined)
    throw new TypeError(
      'ticketSecret must be given, since clientSecret is too weak to seal tickets with: openssl rand -hex 32 makes one',
    )
  return [first, ...others]
}

/**
 * Checks what the host gave and fills in the rest.
 *
 * @throws TypeError that names the option and what it takes; never its value, which may be a secret
 */
export function parseOptions(options: ProxyOptions): Settings {
  const { success, issues } = v.safeParse(schema, options)
  if (!success) {
    const [{ message }] = issues
    const path = v.getDotPath(issues[0]) ?? 'options'
    const isOurs = message.startsWith('must')
    const isUnknown = issues[0].expected === 'never'
    throw new TypeError(
      isUnknown
        ? `createProxy knows no option ${path}`
        : `${path} ${isOurs ? message : 'is missing or of the wrong kind'}`,
    )
  }
  const { logger = consoleLogger } = options
  const { settle, ...times } = { ...DEFAULT_TIMEOUTS, ...withoutUndefined(options.timeouts) }
  const timeouts = { ...times, settle: options.timeouts?.settle ?? Math.min(settle, times.request / 3) }
  if (timeouts.settle >= timeouts.request)
    throw new TypeError('timeouts.settle must be less than timeouts.request, or nothing is ever sent again')
  return {
    api: options.api,
    clientId: options.clientId,
    clientSecrets: parseSecrets(options.clientSecret),
    allowInsecureApi: options.allowInsecureApi ?? false,
    base: options.base ?? '/zeroten',
    publicOrigin: options.origin,
    trustedOrigins: new Set(options.trustedOrigins),
    identify: options.identify,
    identitySecrets: parseStrongSecrets('identitySecret', options.identitySecret),
    ticketSecrets: parseTicketSecrets(options),
    allowUnverified: options.allowUnverified ?? false,
    allowUnverifiedUpdates: options.allowUnverifiedUpdates ?? false,
    consent: options.consent,
    rules: { ...DEFAULT_RULES, ...withoutUndefined(options.verdict) },
    allowImmediate: options.allowImmediate ?? false,
    keepQuery: new Set(options.keepQuery),
    trusted: (options.trustProxy ?? []).map(parseIpRange),
    clientIp: options.clientIp,
    anonymizeIp: options.anonymizeIp ?? false,
    recordCrawlers: options.recordCrawlers ?? false,
    limits: { ...DEFAULT_LIMITS, ...withoutUndefined(options.limits) },
    limiter: options.limiter,
    files: options.files ?? new Map(),
    fetch: options.fetch,
    transport: options.transport,
    logger,
    now: options.now ?? Date.now,
    monotonic: options.monotonic ?? (() => performance.now()),
    random: options.random ?? Math.random,
    timeouts,
  }
}
