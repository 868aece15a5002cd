import { ZerotenError } from '../http/zeroten-error.js'
import type { ZerotenProxy } from '../proxy/index.js'
import { clientVariables, readClientCredentials } from './client-credentials.js'
import { type CommandContext, defineCommand } from './command.js'
import {
  parseBasePath,
  parseCount,
  parseDays,
  parseHttpUrl,
  parseOrigin,
  parsePercent,
  parseText,
} from './flag-values.js'
import type { FlagValues } from './flags.js'
import { createLogger } from './logger.js'
import { serveOperations } from './serve-operations.js'
import { serveUntilSignal } from './serve-until-signal.js'
import { listeningFlags, operatingFlags } from './serving-flags.js'
import { UsageError } from './usage-error.js'
import { withoutUndefined } from './without-undefined.js'

function limit(help: string) {
  return { takes: 'N', parse: parseCount, help } as const
}

/** Who is asked, and when; the proxy's own defaults where they are not given. */
const ruleFlags = {
  'first-survey-days': { takes: 'DAYS', parse: parseDays, help: 'from sign-up to the first survey [30]' },
  'resurvey-days': { takes: 'DAYS', parse: parseDays, help: 'from an answer to the next survey [90]' },
  'decline-resurvey-days': {
    takes: 'DAYS',
    parse: parseDays,
    help: 'from a refusal to the next survey [30]',
  },
  'registered-percent': { takes: 'N', parse: parsePercent, help: 'how many known visitors are asked [100]' },
  'visitor-percent': { takes: 'N', parse: parsePercent, help: 'how many anonymous visitors are asked [100]' },
  'min-page-views': { takes: 'N', parse: parseCount, help: 'page views before the first survey [1]' },
} as const

/** What one visitor and one client may do; the proxy's own defaults where they are not given. */
const limitFlags = {
  'limit-identity-requests': limit('requests of one visitor a minute [60]'),
  'limit-identity-events': limit('events of one visitor a minute [300]'),
  'limit-client-requests': limit('requests of one address a minute [3000]'),
  'limit-client-events': limit('events of one address a minute [6000]'),
  'limit-client-anonymous': limit('new anonymous visitors of one address an hour [600]'),
  'limit-client-claims': limit('bare e-mails that one address speaks for an hour [600]'),
  'limit-client-answers': limit('answers and refusals of unproven visitors of one address an hour [300]'),
  'limit-client-kilobytes': limit('KiB that one address sends an hour [65536]'),
} as const

const flags = {
  ...listeningFlags('4020'),
  api: {
    takes: 'URL',
    parse: parseHttpUrl,
    initial: 'https://api.wootric.com',
    help: 'where the v1 API is: https, or this machine',
  },
  base: {
    takes: 'PATH',
    parse: parseBasePath,
    initial: '/zeroten',
    help: 'the path under which browsers see the proxy',
  },
  origin: {
    takes: 'URL',
    parse: parseOrigin,
    help: 'where browsers see the site; needed where TLS ends before the proxy',
  },
  'trusted-origin': {
    takes: 'URL',
    parse: parseOrigin,
    many: true,
    help: 'another origin whose pages may use the proxy; repeatable',
  },
  'allow-unverified': { help: 'believe the e-mail that a page claims; anyone can then answer as anyone' },
  'allow-unverified-updates': { help: 'let such an e-mail also change what is known of an end user' },
  'allow-immediate': { help: 'let a page ask whatever the rules say; for demonstrations and tests' },
  'allow-insecure-api': { help: 'let the token travel to --api in clear' },
  'trust-proxy': {
    takes: 'CIDR',
    parse: parseText,
    many: true,
    help: 'a reverse proxy of yours, whose X-Forwarded-For counts; repeatable',
  },
  'anonymize-ip': { help: 'cut the visitor’s address to its network before the API is told' },
  'keep-query': {
    takes: 'NAME',
    parse: parseText,
    many: true,
    help: 'a query parameter that recorded addresses keep; repeatable',
  },
  'record-crawlers': { help: 'record what known crawlers do too' },
  ...ruleFlags,
  ...limitFlags,
  ...operatingFlags,
  check: { help: 'only look whether it could deliver: token, API, clock; exit 0 or 1' },
} as const

/** Names of the proxy's options as they are spelt here, for what it says of a value that can't be. */
const SPELLINGS: Readonly<Record<string, string>> = {
  baseUrl: '--api',
  allowInsecure: '--allow-insecure-api',
  clientId: 'ZEROTEN_CLIENT_ID',
  clientSecret: 'ZEROTEN_CLIENT_SECRET',
  identitySecret: 'ZEROTEN_IDENTITY_SECRET',
  ticketSecret: 'ZEROTEN_TICKET_SECRET',
  trustProxy: '--trust-proxy',
}

const asTyped = (message: string): string =>
  message.replace(/\b[a-z]\w*\b/gi, word => SPELLINGS[word] ?? word)

/** Secrets never stand on a command line, which others can read. */
function readSecrets(context: CommandContext) {
  const { ZEROTEN_IDENTITY_SECRET: identitySecret, ZEROTEN_TICKET_SECRET: ticketSecret } = context.env
  return {
    ...readClientCredentials(context),
    ...(identitySecret && { identitySecret }),
    ...(ticketSecret && { ticketSecret }),
  }
}

async function createFrom(values: FlagValues<typeof flags>, context: CommandContext): Promise<ZerotenProxy> {
  const secrets = readSecrets(context)
  const { createNodeProxy } = await import('../proxy/node/index.js')
  return createNodeProxy({
    ...secrets,
    api: values.api,
    base: values.base,
    ...(values.origin && { origin: values.origin }),
    trustedOrigins: values['trusted-origin'],
    allowUnverified: values['allow-unverified'],
    allowUnverifiedUpdates: values['allow-unverified-updates'],
    allowImmediate: values['allow-immediate'],
    allowInsecureApi: values['allow-insecure-api'],
    trustProxy: values['trust-proxy'],
    anonymizeIp: values['anonymize-ip'],
    keepQuery: values['keep-query'],
    recordCrawlers: values['record-crawlers'],
    verdict: withoutUndefined({
      firstSurveyDays: values['first-survey-days'],
      resurveyDays: values['resurvey-days'],
      declineResurveyDays: values['decline-resurvey-days'],
      registeredPercent: values['registered-percent'],
      visitorPercent: values['visitor-percent'],
      minPageViews: values['min-page-views'],
    }),
    limits: withoutUndefined({
      identityRequestsPerMinute: values['limit-identity-requests'],
      identityEventsPerMinute: values['limit-identity-events'],
      clientRequestsPerMinute: values['limit-client-requests'],
      clientEventsPerMinute: values['limit-client-events'],
      clientAnonymousPerHour: values['limit-client-anonymous'],
      clientClaimsPerHour: values['limit-client-claims'],
      clientAnswersPerHour: values['limit-client-answers'],
      clientKilobytesPerHour: values['limit-client-kilobytes'],
    }),
    logger: createLogger(values['log-level']),
  }).catch(cause => {
    throw cause instanceof TypeError ? new UsageError(asTyped(cause.message), { cause }) : cause
  })
}

/** @throws ZerotenError `not_ready` where it could not deliver now */
async function reportReadiness(proxy: ZerotenProxy, { print }: CommandContext): Promise<void> {
  const { ready, checks } = await proxy.check()
  for (const { name, ok, detail } of checks) print(`${ok ? 'ok    ' : 'failed'} ${name}: ${detail}`)
  if (!ready) throw new ZerotenError('not_ready', 'the proxy could not deliver now; see the line that failed')
}

export const proxy = defineCommand({
  name: 'zeroten proxy',
  summary: 'serves the same-origin proxy, with the script and its chunks',
  flags,
  environment: {
    ...clientVariables,
    ZEROTEN_IDENTITY_SECRET: 'checks identity tokens; without it, none counts',
    ZEROTEN_TICKET_SECRET:
      'seals tickets; made of the client secret where unset, demanded where that has not 32 random characters. ' +
      'Each secret may be NEW,OLD while it is being changed: the old one still opens what it has sealed',
  },
  async run(values, context) {
    if (values.check) {
      const proxy = await createFrom(values, context)
      return reportReadiness(proxy, context).finally(() => proxy.close())
    }
    return serveUntilSignal(async closing => {
      const proxy = await createFrom(values, context)
      const { serveProxy } = await import('../proxy/node/index.js')
      const server = await serveProxy(proxy, values).catch(async error => {
        await proxy.close()
        throw error
      })
      closing.add(() => server.close())
      const operations = { metrics: async () => proxy.metrics(), ready: () => proxy.check() }
      await serveOperations(values, operations, closing)
      return server.url
    }, context)
  },
})
