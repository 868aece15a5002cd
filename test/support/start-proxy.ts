import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  createNodeProxy,
  type NodeProxyOptions,
  type ServeOptions,
  serveProxy,
} from '../../src/proxy/node/index.js'
import type { Batch, BatchAnswer, EventResult, IdentityClaim } from '../../src/wire/delivery.js'
import type { Decline, EndUser, PageView, ResponseRecord } from '../../src/wire/v1.js'
import { type Answer, readAnswer } from './api-caller.js'
import { batchOf, pageView } from './events.js'
import { type CleanUp, CREDENTIALS, callerOf, startApi } from './start-api.js'

export const IDENTITY_SECRET = '7e1fb90c52a84d36e0c7f4192b6d83a5'

export interface LogRecord {
  level: 'info' | 'warn' | 'error'
  fields: Record<string, unknown>
  message: string
}

export function createRecordingLogger() {
  const records: LogRecord[] = []
  const note = (level: LogRecord['level']) => (fields: object, message: string) =>
    void records.push({ level, fields: { ...fields }, message })
  return { records, info: note('info'), warn: note('warn'), error: note('error') }
}

/** What stands in no log, metric or answer of any test: an e-mail, a secret, a bearer token, a visitor's text. */
const CANARY = new RegExp(
  `[\\w.+-]+@[\\w-]+\\.\\w|${CREDENTIALS.clientSecret}|${IDENTITY_SECRET}|Bearer |token-\\d|canary`,
)

const expectNoCanary = (text: string) => expect(CANARY.exec(text)?.[0]).toBeUndefined()

/** A proxy on a port of its own, before the API at `api`. At its end its logs and metrics are searched for canaries. */
export async function startProxy(
  cleanUp: CleanUp,
  options: Partial<NodeProxyOptions> & { api: string },
  serving: Partial<ServeOptions> = {},
) {
  const logger = createRecordingLogger()
  const { clientId, clientSecret } = CREDENTIALS
  const proxy = await createNodeProxy({ clientId, clientSecret, files: new Map(), logger, ...options })
  const server = await serveProxy(proxy, { port: 0, ...serving })
  const close = async () => {
    await server.close()
    expectNoCanary(JSON.stringify(logger.records) + proxy.metrics())
  }
  cleanUp(close)
  const base = `${server.url}${options.base ?? '/zeroten'}`
  return { proxy, server, url: server.url, base, logs: logger.records }
}

/** A proxy before an API of its own, and what the API has to say of it. */
export async function startBoth(
  cleanUp: CleanUp,
  {
    api: apiOptions = {},
    ...options
  }: Omit<Partial<NodeProxyOptions>, 'api'> & {
    api?: Parameters<typeof startApi>[1]
  } = {},
) {
  const log = createRecordingLogger()
  const api = await startApi(cleanUp, { ...apiOptions, logger: log })
  const caller = await callerOf(api)
  const proxy = await startProxy(cleanUp, { api: api.url, identitySecret: IDENTITY_SECRET, ...options })
  const endUser = async (email: string) => {
    const { body } = await caller.get<EndUser[]>(`/v1/end_users?email=${encodeURIComponent(email)}`)
    return body[0]
  }
  const list = async <T>(email: string, kind: string): Promise<T[]> => {
    const found = await endUser(email)
    if (!found) return []
    return (await caller.get<T[]>(`/v1/end_users/${found.id}/${kind}?per_page=50`)).body
  }
  log.records.length = 0
  return {
    ...proxy,
    api,
    caller,
    /** What was asked of the API since the start or the last look, as `POST /v1/end_users`. Look before you use `caller`. */
    upstream: () =>
      log.records
        .splice(0)
        .filter(({ fields }) => fields.route !== '/oauth/token')
        .map(({ fields }) => `${fields.method} ${fields.route}`),
    endUser,
    pageViews: (email: string) => list<PageView>(email, 'page_views'),
    responses: (email: string) => list<ResponseRecord>(email, 'responses'),
    declines: (email: string) => list<Decline>(email, 'declines'),
  }
}

/** {@link startBoth}, once for all tests of the describe block that it is called in. */
export function useBoth(options?: Parameters<typeof startBoth>[1]) {
  let both: Awaited<ReturnType<typeof startBoth>> | undefined
  const undo: (() => Promise<void>)[] = []
  beforeAll(async () => {
    both = await startBoth(close => void undo.push(close), options)
  })
  afterAll(async () => {
    for (const close of undo.toReversed()) await close()
  })
  return () => {
    if (!both) throw new Error('only tests may ask')
    return both
  }
}

/** Posts whatever it is given to the proxy's events. */
export async function post<T = BatchAnswer>(
  base: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const answer = await fetch(`${base}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const read = await readAnswer<T>(answer)
  expectNoCanary(JSON.stringify([read.body, [...read.headers]]))
  return read
}

/** One browser: an anonymous id of its own, and whatever it claims to be. */
export function createVisitor(base: string, claim: Partial<IdentityClaim> = {}) {
  const identity: IdentityClaim = { anonymous_id: randomUUID(), ...claim }
  const send = async (batch: Partial<Batch> = {}): Promise<BatchAnswer> => {
    const { status, body } = await post(base, batchOf({ identity, ...batch }))
    if (status !== 200) throw new Error(`the proxy answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
  /** Views a page and asks; the verdict. */
  const ask = async (request: Batch['ask'] = {}) => {
    const { verdict } = await send({ events: [pageView()], ask: request })
    if (!verdict) throw new Error('no verdict was given')
    return verdict
  }
  return {
    identity,
    email: identity.email ?? `${identity.anonymous_id}@anonymous.invalid`,
    send,
    /** Sends events; their results, in order. */
    async act(...events: Batch['events']): Promise<(EventResult | undefined)[]> {
      const { results } = await send({ events })
      return events.map(({ id }) => results[id])
    },
    ask,
    /** The ticket of a yes. */
    async invite(request?: Batch['ask']) {
      const { ticket } = await ask(request)
      if (ticket === undefined) throw new Error('the verdict was no')
      return ticket
    },
  }
}

export const DONE: EventResult = { status: 'done' }
export const DUPLICATE: EventResult = { status: 'duplicate' }
