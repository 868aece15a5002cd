import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface ReceivedRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

/** What a script answers: JSON with a status, or whatever it does to the response itself. */
export type Reply =
  | { status?: number; json?: unknown; headers?: Record<string, string> }
  | ((response: ServerResponse) => void)

export interface ScriptedServer {
  url: string
  /** Everything that arrived, in order. */
  received: ReceivedRequest[]
  /** Only the requests for a token. */
  tokenRequests(): ReceivedRequest[]
  /** All others. */
  apiRequests(): ReceivedRequest[]
  /** Requests whose connection is there and whose answer has not ended. */
  openRequests(): number
  /** From now on connections are refused. */
  vanish(): Promise<void>
}

export interface Script {
  /** @default a new bearer token `token-1`, `token-2`, … that lives two hours */
  token?: (request: ReceivedRequest, count: number) => Reply | Promise<Reply>
  /** @default 404 */
  api?: (request: ReceivedRequest, count: number) => Reply | Promise<Reply>
}

export const tokenReply = (count: number, more: object = {}): Reply => ({
  json: { access_token: `token-${count}`, token_type: 'bearer', expires_in: 7200, scope: 'public', ...more },
})

/** An upstream that says what the script says, on a port of its own until the test is over. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const received: ReceivedRequest[] = []
  const isForToken = ({ path }: ReceivedRequest) => path === '/oauth/token'
  const counts = { token: 0, api: 0 }

  let open = 0

  const server = createServer(async (request, response) => {
    open++
    response.once('close', () => open--)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url ?? '/', 'http://localhost')
    const entry: ReceivedRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }
    received.push(entry)
    const reply = isForToken(entry)
      ? await (script.token ?? ((_, count): Reply => tokenReply(count)))(entry, ++counts.token)
      : await (script.api ?? ((): Reply => ({ status: 404 })))(entry, ++counts.api)
    if (typeof reply === 'function') return reply(response)
    const { status = 200, json, headers } = reply
    const hasBody = json !== undefined
    response.writeHead(status, { ...(hasBody && { 'content-type': 'application/json' }), ...headers })
    response.end(hasBody ? JSON.stringify(json) : undefined)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const vanish = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(vanish)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    tokenRequests: () => received.filter(isForToken),
    apiRequests: () => received.filter(request => !isForToken(request)),
    openRequests: () => open,
    vanish,
  }
}
