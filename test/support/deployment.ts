import { join } from 'node:path'
import type { Decline, EndUser, PageView, ResponseRecord } from '../../src/wire/v1.js'
import type { Caller } from './api-caller.js'
import { type Relay, startRelay } from './relay.js'
import { type Service, startService } from './service.js'
import { type Site, type SiteOptions, startSite } from './site.js'
import { type CleanUp, CREDENTIALS, callerOf } from './start-api.js'
import { IDENTITY_SECRET } from './start-proxy.js'
import { temporaryFolder } from './temporary-folder.js'

export interface Owned<T> {
  email: string
  record: T
}

/** What the API holds of one site's visitors. */
export interface Recorded {
  endUsers: EndUser[]
  pageViews: Owned<PageView>[]
  responses: Owned<ResponseRecord>[]
  declines: Owned<Decline>[]
}

/** The product as it runs: an API and a proxy, each a process that can be killed, and the wire between them. */
export interface Deployment {
  api: Service
  /** Between proxy and API. */
  wire: Relay
  proxy: Service
  /** A site of one test's own, with visitors of its own. */
  openSite(cleanUp: CleanUp, options?: Partial<SiteOptions>): Promise<Site>
  /** Read from the API itself, past everything that a test has put between. */
  recordsOf(site: Site): Promise<Recorded>
}

let sites = 0

export interface DeploymentOptions {
  /** @default true; false: the API ignores `Idempotency-Key`, as those do that never heard of it */
  keys?: boolean
  /** More for `zeroten proxy`. */
  flags?: string[]
}

export async function deploy(
  cleanUp: CleanUp,
  { keys = true, flags = [] }: DeploymentOptions = {},
): Promise<Deployment> {
  const folder = await temporaryFolder()
  cleanUp(folder.remove)
  const db = join(folder.path, 'api.db')
  const api = await startService(
    cleanUp,
    ['api', '--db', db, '--log-level', 'silent', ...(keys ? [] : ['--no-idempotency'])],
    {
      ZEROTEN_EMAIL: CREDENTIALS.email,
      ZEROTEN_PASSWORD: CREDENTIALS.password,
      ZEROTEN_CLIENT_ID: CREDENTIALS.clientId,
      ZEROTEN_CLIENT_SECRET: CREDENTIALS.clientSecret,
    },
  )
  const wire = await startRelay(cleanUp, () => api.url)
  const proxy = await startService(
    cleanUp,
    ['proxy', '--api', wire.url, '--trust-proxy', '127.0.0.1/32', '--log-level', 'silent', ...flags],
    {
      WOOTRIC_CLIENT_ID: CREDENTIALS.clientId,
      WOOTRIC_CLIENT_SECRET: CREDENTIALS.clientSecret,
      ZEROTEN_IDENTITY_SECRET: IDENTITY_SECRET,
    },
  )

  let caller: Promise<Caller> | undefined
  return {
    api,
    wire,
    proxy,
    openSite: (cleanUp, options) =>
      startSite(cleanUp, { proxyUrl: proxy.url, visitorIp: `203.0.113.${++sites}`, ...options }),
    async recordsOf({ url }) {
      caller ??= callerOf(api)
      return readRecords(await caller, url)
    },
  }
}

async function readRecords(caller: Caller, siteUrl: string): Promise<Recorded> {
  const list = async <T>(path: string): Promise<T[]> => {
    const all: T[] = []
    for (let page = 1; ; page++) {
      const { status, body } = await caller.get<T[]>(`${path}?per_page=50&page=${page}`)
      if (status !== 200) throw new Error(`the API answered ${status} to ${path}`)
      all.push(...body)
      if (body.length < 50) return all
    }
  }
  const recorded: Recorded = { endUsers: [], pageViews: [], responses: [], declines: [] }
  for (const endUser of await list<EndUser>('/v1/end_users')) {
    const { id } = endUser
    // The proxy knows its visitors by e-mail.
    const email = endUser.email ?? ''
    // Every site of a test has an origin of its own.
    const isHere = (url: string | null) => url?.startsWith(`${siteUrl}/`) === true
    const pageViews = (await list<PageView>(`/v1/end_users/${id}/page_views`)).filter(({ url }) =>
      isHere(url),
    )
    const responses = (await list<ResponseRecord>(`/v1/end_users/${id}/responses`)).filter(({ origin_url }) =>
      isHere(origin_url),
    )
    // A decline does not say where: it belongs to whoever has been here.
    if (!pageViews.length && !responses.length) continue
    const declines = await list<Decline>(`/v1/end_users/${id}/declines`)
    recorded.endUsers.push(endUser)
    recorded.pageViews.push(...pageViews.map(record => ({ email, record })))
    recorded.responses.push(...responses.map(record => ({ email, record })))
    recorded.declines.push(...declines.map(record => ({ email, record })))
  }
  return recorded
}
