import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import type { CleanUp } from './start-api.js'

export interface RelayedRequest {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
  /** When it came by, milliseconds. */
  arrivedMs: number
}

/** An answer that never saw the server behind. */
export interface OwnAnswer {
  status: number
  headers?: Record<string, string>
  body?: string
}

/**
 * What happens to a request on its way.
 *
 * - `refuse`: the connection breaks before anything is forwarded.
 * - `swallow`: nothing is forwarded, and no answer ever comes.
 * - `lose`: it is forwarded and done, and the answer never comes.
 * - an answer: of somebody who stands before the server.
 * - `before`: it is held until then; `after`: it is done, and this happens before the answer goes back.
 */
export type Effect =
  | 'refuse'
  | 'swallow'
  | 'lose'
  | OwnAnswer
  | { before?: Promise<unknown>; after?: () => Promise<unknown> }

/** Not a broken connection, after which browsers send once more by themselves; and nobody comes back by itself for an hour. */
export const UNAVAILABLE: OwnAnswer = { status: 503, headers: { 'retry-after': '3600' } }

export async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return String(Buffer.concat(chunks))
}

/** How many requests are being forwarded: while there is one, something may still be written behind. */
export interface Traffic {
  underWay: number
}

export interface PassOptions {
  /** Where it goes; asked as late as possible, since servers come back on other ports. */
  target: () => string
  body: string
  headers?: Record<string, string>
  effect: Effect | undefined
  traffic: Traffic
}

/** Brings a request to its target and the answer back, as far as the effect lets it. */
export async function pass(incoming: IncomingMessage, outgoing: ServerResponse, options: PassOptions) {
  const { effect, traffic, body } = options
  if (effect === 'swallow') return
  if (effect === 'refuse') return void outgoing.destroy()
  if (typeof effect === 'object' && 'status' in effect)
    return void outgoing.writeHead(effect.status, effect.headers).end(effect.body)

  const { before, after } = typeof effect === 'object' ? effect : {}
  await before
  const { method, headers, url = '/' } = incoming
  const target = new URL(url, options.target())
  traffic.underWay++
  const onward = request(target, { method, headers: { ...headers, ...options.headers } })
  // Where the server dies in mid-answer, Node says so twice.
  onward.once('close', () => traffic.underWay--)
  onward.on('error', () => outgoing.destroy())
  onward.on('response', async answer => {
    answer.on('error', () => outgoing.destroy())
    if (effect === 'lose') {
      answer.resume()
      answer.on('end', () => outgoing.destroy())
      return
    }
    await after?.()
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    // Where nobody takes it any more it is destroyed: the exchange is over then, too.
    pipeline(answer, outgoing, () => undefined)
  })
  onward.end(body)
}

export async function listen(
  cleanUp: CleanUp,
  handle: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>,
): Promise<number> {
  // A browser that dies in mid-request has nobody left to answer to.
  // Idle connections stay longer than the servers behind say of theirs: else one may close as it is used again.
  const server = createServer({ keepAliveTimeout: 300_000 }, (incoming, outgoing) =>
    handle(incoming, outgoing).catch(() => outgoing.destroy()),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanUp(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** The wire between two servers. */
export interface Relay extends Traffic {
  url: string
  /** Every request that came by, in order. */
  requests: RelayedRequest[]
  /** Applies to every request from now on; undefined lets it pass. */
  fault: ((request: RelayedRequest) => Effect | undefined) | undefined
}

export async function startRelay(cleanUp: CleanUp, target: () => string): Promise<Relay> {
  const relay: Relay = { url: '', requests: [], fault: undefined, underWay: 0 }
  const port = await listen(cleanUp, async (incoming, outgoing) => {
    const body = await readBody(incoming)
    const { method = '', url: path = '/', headers } = incoming
    const passing = { method, path, headers, body, arrivedMs: Date.now() }
    relay.requests.push(passing)
    await pass(incoming, outgoing, { target, body, effect: relay.fault?.(passing), traffic: relay })
  })
  relay.url = `http://127.0.0.1:${port}`
  return relay
}
