import { randomUUID } from 'node:crypto'
import { createNodeProxy, type NodeProxyOptions, serveProxy } from '../../src/proxy/node/index.js'
import type { Batch, BatchAnswer, IdentityClaim } from '../../src/wire/delivery.js'
import { type Answer, readAnswer } from './api-caller.js'
import { batchOf, pageView } from './proxy-events.js'
import type { CleanUp } from './start-api.js'

/** Of the API that `startApi` makes. */
export const API_CREDENTIALS = { clientId: 'client-1', clientSecret: 'secret-1' }
export const IDENTITY_SECRET = 'identity-secret-of-at-least-32-characters'

export interface LogRecord {
  level: 'info' | 'warn' | 'error'
  fields: Record<string, unknown>
  message: string
}

export function createRecordingLogger() {
  const records: LogRecord[] = []
  const note = (level: LogRecord['level']) => (fields: Record<string, unknown>, message: string) =>
    void records.push({ level, fields, message })
  return { records, info: note('info'), warn: note('warn'), error: note('error') }
}

/** A proxy on a port of its own, before the API at `api`, that lets everyone be asked on the first page view. */
export async function startProxy(cleanUp: CleanUp, options: Partial<NodeProxyOptions> & { api: string }) {
  const logger = createRecordingLogger()
  const proxy = await createNodeProxy({ ...API_CREDENTIALS, files: new Map(), logger, ...options })
  const server = await serveProxy(proxy, { port: 0 })
  cleanUp(() => server.close())
  const base = `${server.url}${options.base ?? '/zeroten'}`
  return { proxy, server, url: server.url, base, logs: logger.records }
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
  return readAnswer<T>(answer)
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
    /** Sends one event; its result. */
    async act(event: Batch['events'][number]) {
      const { results } = await send({ events: [event] })
      return results[event.id]
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
