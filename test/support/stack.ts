import { join } from 'node:path'
import type { ApiOptions } from '../../src/api/index.js'
import { loadFiles, type NodeProxyOptions } from '../../src/proxy/node/index.js'
import type { RatesAnswer, ReportAnswer } from '../../src/wire/report.js'
import type { Decline, EndUser, PageView, ResponseRecord } from '../../src/wire/v1.js'
import type { Caller } from './api-caller.js'
import { type Site, type SiteOptions, startSite } from './site.js'
import { type CleanUp, callerOf, startApi } from './start-api.js'
import { startProxy } from './start-proxy.js'

export const BROWSER_FILES = join(import.meta.dirname, '../../dist/browser')

/** Read once for a file of tests: there are hundreds. */
let files: ReturnType<typeof loadFiles> | undefined

/** What the API holds: the oracle of every test of delivery. */
export interface Records {
  endUsers: EndUser[]
  pageViews: PageView[]
  responses: ResponseRecord[]
  declines: Decline[]
}

export interface Stack {
  site: Site
  records(): Promise<Records>
  /** How often surveys were shown, and what came of it. @param query filters of the report */
  rates(query?: string): Promise<RatesAnswer>
}

/** The whole product on real ports, in this process: API, proxy, and a customer's site before it. */
export async function startStack(
  cleanUp: CleanUp,
  options: { api?: Partial<ApiOptions>; proxy?: Partial<NodeProxyOptions>; site?: Partial<SiteOptions> } = {},
): Promise<Stack> {
  files ??= loadFiles(BROWSER_FILES)
  const api = await startApi(cleanUp, options.api)
  const proxy = await startProxy(cleanUp, {
    api: api.url,
    files: await files,
    trustProxy: ['127.0.0.1/32'],
    ...options.proxy,
  })
  const site = await startSite(cleanUp, { proxyUrl: proxy.url, ...options.site })
  let caller: Promise<Caller> | undefined
  return {
    site,
    records: async () => {
      caller ??= callerOf(api)
      return readRecords(await caller)
    },
    rates: async (query = '') => {
      caller ??= callerOf(api)
      return (await (await caller).get<ReportAnswer>(`/v1/report?${query}`)).body.rates
    },
  }
}

export async function readRecords(caller: Caller): Promise<Records> {
  const list = async <T>(path: string): Promise<T[]> => {
    const all: T[] = []
    for (let page = 1; ; page++) {
      const { body } = await caller.get<T[]>(`${path}?per_page=50&page=${page}`)
      all.push(...body)
      if (body.length < 50) return all
    }
  }
  const endUsers = await list<EndUser>('/v1/end_users')
  const pageViews: PageView[] = []
  for (const { id } of endUsers) pageViews.push(...(await list<PageView>(`/v1/end_users/${id}/page_views`)))
  return {
    endUsers,
    pageViews,
    responses: await list<ResponseRecord>('/v1/responses'),
    declines: await list<Decline>('/v1/declines'),
  }
}
