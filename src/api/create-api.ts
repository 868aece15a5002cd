import { type Logger, silentLogger } from '../runtime/logger.js'
import type { AccountCredentials, Accounts, NewAccount } from './account.js'
import { createAccounts, createFirstAccount } from './accounts.js'
import { createApp } from './app.js'
import type { Connection } from './connection.js'
import { createDatetimeStyles, type TimeFormat } from './datetime.js'
import { describeError } from './describe-error.js'
import type { Endpoint } from './endpoint.js'
import { createMetrics, type Metrics } from './metrics.js'
import { randomSecret } from './oauth/secrets.js'
import { createTokenEndpoint } from './oauth/token-endpoint.js'
import { createTokens } from './oauth/tokens.js'
import { describeApi } from './openapi.js'
import { createRateLimit } from './rate-limit.js'
import { createReadiness } from './readiness.js'
import { repeat } from './repeat.js'
import { reportEndpoints } from './report/endpoints.js'
import { createPageFiles } from './report/page-files.js'
import { createShares, type Shares } from './report/shares.js'
import { clientAddress, parseTrustedProxies } from './request/client-address.js'
import { declineEndpoints } from './resources/declines.js'
import type { DocumentEdition } from './resources/document-edition.js'
import { settingsEndpoints } from './resources/end-user-settings.js'
import { endUserEndpoints } from './resources/end-users.js'
import { impressionEndpoints } from './resources/impressions.js'
import { npsSummaryEndpoints } from './resources/nps-summary.js'
import { pageViewEndpoints } from './resources/page-views.js'
import { responseEndpoints } from './resources/responses.js'
import { segmentEndpoints } from './resources/segments.js'
import type { Services } from './resources/services.js'
import { ensureServerSecret } from './storage/accounts.js'
import { findEndUserId } from './storage/end-users.js'
import { createIds } from './storage/ids.js'
import { openStorage } from './storage/open-storage.js'
import { foldDeltas } from './storage/report/hourly.js'
import type { Storage } from './storage/storage.js'
import { sweep } from './storage/sweep.js'
import { TOMBSTONE_SECRET } from './storage/tombstones.js'
import { type RunningWebhooks, startWebhooks } from './webhooks/start-webhooks.js'

/** What has expired is deleted so often, and once after the start. */
const SWEEP_MS = 600_000

/** So often the counts of figures are brought up to date, which only makes figures faster. */
const FOLD_MS = 5_000

/** What an API is made with. */
export interface ApiOptions {
  /** Path of a SQLite file, made where it is missing, or a `postgres://` URL. */
  db: string
  /**
   * A `postgres://` URL of a replica of `db`, for lists, summaries, reports and exports. What it shows may be as old as
   * `readLagSeconds`. @default none
   */
  readDb?: string
  /** Where the replica is further behind, `db` itself is asked. @default 10 */
  readLagSeconds?: number
  /** How datetimes are printed; see {@link TimeFormat}. @default 'document' */
  timeFormat?: TimeFormat
  /** IANA name of the zone that datetimes are printed in. @default 'UTC' */
  timeZone?: string
  /**
   * Which edition of the API's document the bodies follow. `later` adds `survey_id`, `completed`,
   * `excluded_from_calculations`, `tags`, `notes` and `end_user` to responses, and the like to declines.
   * @default 'first'
   */
  document?: DocumentEdition
  /** Requests that an account may make in a minute. @default no limit */
  rateLimit?: number
  /** Whether a POST with an `Idempotency-Key` that was seen before answers the first result. @default true */
  idempotency?: boolean
  /**
   * Whether a database that is missing is made, with a first account.
   * @default true
   */
  create?: boolean
  /** Reverse proxies whose `X-Forwarded-For` counts: addresses, or networks as `10.0.0.0/8`. @default none */
  trustProxy?: readonly string[]
  /** The present, milliseconds since 1970. @default Date.now */
  now?: () => number
  /** Where to log; pino's logger fits. @default nowhere */
  logger?: Logger
  /** Where the files of `/report` are. @default beside the built package */
  reportFolder?: string
  /** The account that a database without one is given; what is left out is generated. */
  account?: NewAccount
  /** Whether webhooks may lead to private addresses, this machine's own among them. @default false */
  allowPrivateWebhooks?: boolean
  /** Whether this process sends what webhooks are to be told; at least one that has the database should. @default true */
  sendWebhooks?: boolean
}

/** The v1 API. */
export interface Api {
  /** Answers a request. It never rejects. Without the connection's address, limits on guesses of passwords know accounts alone. */
  fetch(request: Request, connection?: Connection): Promise<Response>
  readonly accounts: Accounts
  /** The account that this start created, which can't be told again. Absent where there was one. */
  readonly firstAccount?: AccountCredentials
  /**
   * Fills an account with invented people and answers, to see what `/report` looks like.
   *
   * @param options - `responses`: how many; `seed`: the same number makes the same people and answers
   * @throws ZerotenError `seeded_already`
   */
  seed(options: { accountId: number; responses: number; seed?: number }): Promise<void>
  /** Logs and counts a request that the server refused before `fetch` could see it. */
  noteRefusal(status: number, code: string): void
  /** In Prometheus' text format. */
  metrics(): Promise<string>
  /** Whether the database takes what is written and gives what is read, and `close` has not been called. */
  ready(): Promise<boolean>
  /** What keeps it from being ready, in one line; undefined where nothing does. */
  readiness(): Promise<string | undefined>
  /** Waits for what is being written, and lets go of the database. */
  close(): Promise<void>
}

/** What is done over and over, beside the requests. */
function startChores({ storage, now, logger }: { storage: Storage; now: () => number; logger: Logger }) {
  const sweeping = repeat(SWEEP_MS, () =>
    sweep(storage, now()).catch(error =>
      logger.warn(describeError(error), 'what has expired was not deleted'),
    ),
  )
  const folding = repeat(FOLD_MS, () =>
    foldDeltas(storage).catch(error =>
      logger.warn(describeError(error), 'the counts of figures were not brought up to date'),
    ),
  )
  return { stop: () => Promise.all([sweeping.stop(), folding.stop()]) }
}

/** @throws RangeError where there is no such time zone; TypeError where an option can't be */
function parseOptions(options: ApiOptions) {
  const { now = Date.now, logger = silentLogger, rateLimit } = options
  if (rateLimit !== undefined && !(Number.isInteger(rateLimit) && rateLimit > 0))
    throw new TypeError('rateLimit: must be a whole number from 1')
  const datetimes = createDatetimeStyles(options.timeFormat ?? 'document', options.timeZone ?? 'UTC')
  if (datetimes.misleads)
    logger.warn({}, 'lists print local times without an offset, which the proxy reads as UTC: use offset')
  return { now, logger, rateLimit, datetimes, trusted: parseTrustedProxies(options.trustProxy ?? []) }
}

function openDatabase(
  { db, readDb, create = true, readLagSeconds = 10 }: ApiOptions,
  { now, logger, metrics }: { now: () => number; logger: Logger; metrics: Metrics },
): Promise<Storage> {
  return openStorage({
    db,
    readDb: readDb === undefined ? undefined : { url: readDb, maxLagMs: readLagSeconds * 1_000 },
    now,
    create,
    onCommit: metrics.committed,
    onConnectionError: error => logger.warn(describeError(error), 'a database connection broke'),
  })
}

const endpointsOf = (
  services: Services,
  { webhooks, shares, timeZone }: { webhooks: RunningWebhooks; shares: Shares; timeZone: string },
): Endpoint[] => [
  ...endUserEndpoints(services),
  ...settingsEndpoints(services),
  ...responseEndpoints(services),
  ...declineEndpoints(services),
  ...pageViewEndpoints(services),
  ...npsSummaryEndpoints(services),
  ...segmentEndpoints(services),
  ...impressionEndpoints(services),
  ...webhooks.endpoints,
  ...reportEndpoints({ storage: services.storage, shares, timeZone }),
]

/**
 * Opens the database, brings its schema up to date and answers the v1 API from it.
 *
 * @throws ZerotenError `driver_missing` where `libsql` or `pg` is not installed; RangeError where there is no such time
 * zone; TypeError where an option can't be; what the driver throws where the database can't be opened
 */
export async function createApi(options: ApiOptions): Promise<Api> {
  const { now, logger, rateLimit, datetimes, trusted } = parseOptions(options)
  const metrics = createMetrics()
  const storage = await openDatabase(options, { now, logger, metrics })
  const account = options.create === false ? undefined : (options.account ?? {})
  const prepared = await prepareDatabase(storage, account, now()).catch(async error => {
    await storage.close()
    throw error
  })
  const { firstAccount, serverSecret, shareSecret, tombstoneSecret } = prepared
  const tokens = createTokens({ storage, serverSecret, now })
  const shares = createShares({ secret: shareSecret, now })
  const ids = createIds(storage)
  const { allowPrivateWebhooks = false, sendWebhooks = true, document: edition = 'first' } = options
  const sending = { allowPrivate: allowPrivateWebhooks, isSending: sendWebhooks }
  const webhooks = startWebhooks({ storage, ids, now, logger, metrics, ...sending })
  const { startOfDayMs } = datetimes
  const services = { storage, ids, edition, startOfDayMs, tombstoneSecret, onAnnounced: webhooks.wake }
  const endpoints = endpointsOf(services, { webhooks, shares, timeZone: options.timeZone ?? 'UTC' })
  const chores = startChores({ storage, now, logger })
  let closed = false
  const check = createReadiness({ storage, now })
  const readiness = async () => (closed ? 'it is closing' : check())
  const app = createApp({
    endpoints,
    findEndUserId: (accountId, name) => findEndUserId(storage.db, accountId, name),
    tokens,
    shares,
    pageFiles: createPageFiles(options.reportFolder),
    tokenEndpoint: createTokenEndpoint({ storage, tokens, now }),
    addressOf: (request, peer) => clientAddress(peer, request.headers.get('x-forwarded-for'), trusted),
    datetimes,
    rateLimit: rateLimit === undefined ? undefined : createRateLimit(rateLimit),
    idempotency: options.idempotency ?? true,
    openapi: () => describeApi(endpoints),
    readiness,
    now,
    logger,
    metrics,
  })
  async function close() {
    if (closed) return
    closed = true
    await Promise.all([chores.stop(), webhooks.stop()])
    await ids.release()
    await storage.close()
  }
  return {
    fetch: async (request, connection = {}) => app.fetch(request, connection),
    accounts: createAccounts({ storage, tokens, now }),
    ...(firstAccount && { firstAccount }),
    seed: given => seed(storage, { ...given, nowMs: now() }),
    noteRefusal(status, code) {
      metrics.refused(status, code)
      logger.warn({ status, reason: code }, 'refused')
    },
    async metrics() {
      await webhooks.count()
      return metrics.print()
    },
    ready: async () => (await readiness()) === undefined,
    readiness,
    close,
  }
}

async function seed(
  storage: Storage,
  { accountId, responses, seed = 1, nowMs }: Parameters<Api['seed']>[0] & { nowMs: number },
): Promise<void> {
  // Here, since no other API has to wait for it.
  const { seedAccount } = await import('./seed/seed.js')
  await seedAccount(storage, { accountId, responses, seed, nowMs })
}

async function prepareDatabase(storage: Storage, account: NewAccount | undefined, nowMs: number) {
  const firstAccount = account && (await createFirstAccount(storage, account, nowMs))
  const serverSecret = await storage.writeExclusively(db =>
    ensureServerSecret(db, 'refresh_token_rotation', randomSecret()),
  )
  const shareSecret = await storage.writeExclusively(db =>
    ensureServerSecret(db, 'report_shares', randomSecret()),
  )
  const tombstoneSecret = await storage.writeExclusively(db =>
    ensureServerSecret(db, TOMBSTONE_SECRET, randomSecret()),
  )
  return { firstAccount, serverSecret, shareSecret, tombstoneSecret }
}
