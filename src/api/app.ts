import { type Context, Hono } from 'hono'
import { ZerotenError } from '../http/zeroten-error.js'
import { IDEMPOTENCY_KEY, IDEMPOTENCY_RETENTION } from '../wire/v1.js'
import type { Connection } from './connection.js'
import type { DatetimeStyles } from './datetime.js'
import { describeError } from './describe-error.js'
import type { Endpoint } from './endpoint.js'
import { errorList, HttpError } from './http-error.js'
import { bearerToken, unauthorized } from './oauth/bearer.js'
import type { TokenReply } from './oauth/token-endpoint.js'
import type { Tokens } from './oauth/tokens.js'
import type { RateLimitHeaders } from './rate-limit.js'
import type { createPageFiles } from './report/page-files.js'
import type { Shares } from './report/shares.js'
import { type Fields, noFields } from './request/fields.js'
import { queryFields, unitedFields } from './request/parameters.js'
import { resolvePathIds } from './request/path-ids.js'
import { createObserver, type Observed, type ObserverOptions } from './request-log.js'
import type { EndUserName } from './storage/end-users.js'
import { KEY_RETENTION_S } from './storage/idempotency-keys.js'
import { storageFault } from './storage/storage-fault.js'

export interface AppOptions extends ObserverOptions {
  endpoints: readonly Endpoint[]
  findEndUserId: (accountId: number, name: EndUserName) => Promise<number | undefined>
  tokens: Tokens
  shares: Shares
  pageFiles: ReturnType<typeof createPageFiles>
  tokenEndpoint: (request: Request, address?: string) => Promise<TokenReply>
  /** Where a request comes from, by its connection and its headers; undefined where that is not known. */
  addressOf: (request: Request, peer: string | undefined) => string | undefined
  datetimes: DatetimeStyles
  /** Absent where there is no limit. */
  rateLimit: ((accountId: number, nowMs: number) => RateLimitHeaders) | undefined
  /** Whether idempotency keys are honoured. */
  idempotency: boolean
  openapi: () => object
  /** @returns what is wrong, undefined where nothing is */
  readiness: () => Promise<string | undefined>
  now: () => number
}

type App = { Variables: Observed; Bindings: Connection }

/** The routes, made of the endpoints, and the one edge where refusals and errors become answers. */
export function createApp(options: AppOptions): Hono<App> {
  const app = new Hono<App>({ getPath: request => canonicalPath(request.url) })
  app.use(createObserver(options))
  app.use(async (context, next) => {
    if (context.env?.isMisdirected)
      throw new HttpError(
        421,
        'host_not_allowed',
        'This server does not answer to that host: see --allowed-host',
      )
    await next()
  })
  app.onError((error, context) => answerError(error, context, options))
  app.notFound(context => refuse(context, new HttpError(404, 'route_not_found', 'There is no such path')))

  for (const [path, methods] of byPath(options.endpoints)) {
    app.all(path, context => {
      context.set('route', path)
      const endpoint = methods.get(methodOf(context))
      return endpoint ? answer(context, endpoint, options) : methodNotAllowed(context, [...methods.keys()])
    })
  }
  app.all('/oauth/token', async context => {
    context.set('route', '/oauth/token')
    if (context.req.method !== 'POST') return methodNotAllowed(context, ['POST'])
    const address = options.addressOf(context.req.raw, context.env?.peer)
    const { status, body, headers } = await options.tokenEndpoint(context.req.raw, address)
    if ('error' in body) context.set('reason', body.error)
    return context.json(body, status as 200, headers)
  })
  app.get('/health', context => context.json({ status: 'ok' }))
  app.get('/ready', async context => {
    const reason = await options.readiness()
    if (reason === undefined) return context.json({ status: 'ready' })
    context.set('reason', 'not_ready')
    return context.json({ status: 'not_ready', reason }, 503, { 'Retry-After': '1' })
  })
  app.get(
    '/report',
    async context => (await options.pageFiles(context.req.raw, 'index.html')) ?? context.notFound(),
  )
  app.get(
    '/report/:name',
    async context =>
      (await options.pageFiles(context.req.raw, context.req.param('name'))) ?? context.notFound(),
  )
  app.get('/openapi.json', context => context.json(options.openapi()))
  return app
}

const URL_PARTS = /^\w+:\/\/[^/?#]*([^?#]*)(\?[^#]*)?/

/**
 * A path as the routes know it: any may end in a slash, and in `.json`, as the document's own examples do, and begin with
 * `/api`, as the SDKs have it.
 */
function canonicalPath(url: string): string {
  const path = pathOf(url).replace(/^\/api(?=\/v1(\/|$))/, '')
  if (path === '/openapi.json') return path
  return path.replace(/\/$/, '').replace(/\.json$/, '') || '/'
}

const pathOf = (url: string): string => URL_PARTS.exec(url)?.[1] ?? ''

/** The last segment of a path as it was sent, decoded; of one that can't be decoded, as it stands. */
function lastSegment(url: string): string {
  const segment = pathOf(url).replace(/\/$/, '').split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** What follows the path, from `?` on. */
const queryOf = (url: string): string => URL_PARTS.exec(url)?.[2] ?? ''

function byPath(endpoints: readonly Endpoint[]): Map<string, Map<string, Endpoint>> {
  const paths = new Map<string, Map<string, Endpoint>>()
  for (const endpoint of endpoints) {
    for (const path of [endpoint.path, ...(endpoint.aliases ?? [])]) {
      const methods = paths.get(path) ?? new Map<string, Endpoint>()
      paths.set(path, methods.set(endpoint.method, endpoint))
    }
  }
  return paths
}

const methodOf = ({ req }: Context): string => (req.method === 'HEAD' ? 'GET' : req.method)

async function answer(context: Context<App>, endpoint: Endpoint, options: AppOptions): Promise<Response> {
  const { tokens, rateLimit, datetimes, now } = options
  const request = context.req.raw
  const query = queryOf(request.url)
  const creates = endpoint.method === 'POST'
  // On every answer, so that a client knows before its first POST.
  if (options.idempotency) context.header(IDEMPOTENCY_RETENTION, String(KEY_RETENTION_S))

  const token = bearerToken(request, query)
  const share = endpoint.shareable ? options.shares.open(token) : undefined
  const accountId = share?.accountId ?? (await tokens.accountOf(token))
  if (accountId === undefined) throw unauthorized('The access token is unknown or has expired')
  context.set('account', accountId)
  for (const [name, value] of Object.entries(rateLimit?.(accountId, now()) ?? {})) context.header(name, value)

  const given =
    creates || endpoint.method === 'PUT'
      ? await unitedFields(request, query, bodyNames(endpoint))
      : queryFields(query)
  const fields = share ? sharedFields(given, share.parameters) : given
  const { ids, by } = await resolvePathIds({
    pattern: context.get('route'),
    values: context.req.param(),
    lastSegment: lastSegment(request.url),
    fields,
    find: name => options.findEndUserId(accountId, name),
  })
  const body = await endpoint.run({
    accountId,
    ids,
    nowMs: now(),
    print: endpoint.method === 'GET' ? datetimes.read : datetimes.written,
    path: by === 'id' ? context.req.path : `${by} ${context.req.path}`,
    idempotencyKey: creates && options.idempotency ? context.req.header(IDEMPOTENCY_KEY) : undefined,
    fields,
  })
  return body === undefined ? context.body(null, 204) : context.json(body, creates ? 201 : 200)
}

/** A share shows what it was made of: only how fine the buckets are is the reader's to say. */
const sharedFields = ({ unit }: Fields, parameters: Fields): Fields =>
  Object.assign(noFields(), parameters, unit === undefined ? {} : { unit })

/** How the fields of an endpoint begin in an urlencoded body. */
const bodyNames = ({ parameters }: Endpoint): string[] =>
  Object.keys(parameters.entries).map(name => (HASHES.has(name) ? `${name}[` : name))

const HASHES = new Set(['properties', 'survey', 'end_user'])

const methodNotAllowed = (context: Context<App>, allowed: readonly string[]): Response =>
  refuse(
    context,
    new HttpError(405, 'method_not_allowed', `The path takes ${allowed.join(', ')}`, {
      Allow: allowed.join(', '),
    }),
  )

function refuse(context: Context<App>, error: HttpError): Response {
  context.set('reason', error.code)
  for (const [name, value] of Object.entries(error.headers)) context.header(name, value)
  return context.newResponse(JSON.stringify(errorList(error)), error.status as 400, {
    'Content-Type': 'application/json',
  })
}

/** Nothing of an error that isn't ours leaves the process: not its message, not its stack. */
function answerError(error: unknown, context: Context<App>, { logger }: AppOptions): Response {
  if (error instanceof HttpError) return refuse(context, error)
  if (error instanceof ZerotenError && error.code === 'busy')
    return refuse(
      context,
      new HttpError(503, 'busy', 'Too many requests are waiting.', { 'Retry-After': '5' }),
    )
  const fault = storageFault(error)
  if (fault !== undefined) {
    logger.error({ request_id: context.get('requestId'), reason: fault }, 'the database failed')
    return refuse(
      context,
      new HttpError(503, 'storage_unavailable', 'The database is not available. Try again later.', {
        'Retry-After': '5',
      }),
    )
  }
  logger.error({ request_id: context.get('requestId'), ...describeError(error) }, 'a request failed')
  return refuse(
    context,
    new HttpError(500, 'internal_server_error', 'We had a problem with our server. Try again later.'),
  )
}
