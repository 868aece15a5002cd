import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CleanUp } from './start-api.js'

/** What becomes of a request: it passes, its answer is lost on the way back, or it never arrives. */
export type Fate = 'pass' | 'lose' | 'refuse'

export interface LossyFront {
  url: string
  /** The next so many requests arrive, and their answers get lost on the way back. */
  loseAnswers(count: number): void
  /** From now on, what this says; requests for a token always pass. */
  decide(fate: (method: string) => Fate): void
  /** What arrived, as `POST /v1/end_users`. */
  readonly arrived: string[]
}

export interface LossyFrontOptions {
  /** For so long after something was written, lists of records are answered empty. @default 0 */
  listLateMs?: number
}

/** Stands before a server as a bad line would: every request arrives there, some answers do not come back. */
export async function startLossyFront(
  cleanUp: CleanUp,
  target: string,
  { listLateMs = 0 }: LossyFrontOptions = {},
): Promise<LossyFront> {
  const arrived: string[] = []
  let decide: (method: string) => Fate = () => 'pass'
  let writtenMs = 0
  const server = createServer((incoming, answer) => {
    const { method = 'GET', url = '/', headers } = incoming
    const fate = url === '/oauth/token' ? 'pass' : decide(method)
    if (fate === 'refuse') return void answer.destroy()
    arrived.push(`${method} ${url}`)
    if (method === 'POST') writtenMs = Date.now()
    else if (/\/(page_views|responses|declines)\?/.test(url) && Date.now() - writtenMs < listLateMs)
      return void answer.setHeader('content-type', 'application/json').end('[]')
    const outgoing = request(new URL(url, target), { method, headers }, response => {
      if (fate === 'lose') {
        // To its end first: the other side has done what it was asked.
        response.resume().once('end', () => answer.destroy())
        return
      }
      answer.writeHead(response.statusCode ?? 500, response.headers)
      response.pipe(answer)
    })
    outgoing.on('error', () => answer.destroy())
    incoming.pipe(outgoing)
    return undefined
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanUp(async () => {
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers(count) {
      let toLose = count
      decide = () => (toLose-- > 0 ? 'lose' : 'pass')
    },
    decide(fate) {
      decide = fate
    },
    arrived,
  }
}
