import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CleanUp } from './start-api.js'

export interface LossyFront {
  url: string
  /** The next so many requests arrive, and their answers get lost on the way back. */
  loseAnswers(count: number): void
  /** What arrived, as `POST /v1/end_users`. */
  readonly arrived: string[]
}

/** Stands before a server as a bad line would: every request arrives there, some answers do not come back. */
export async function startLossyFront(cleanUp: CleanUp, target: string): Promise<LossyFront> {
  const arrived: string[] = []
  let toLose = 0
  const server = createServer((incoming, answer) => {
    const isLost = incoming.url !== '/oauth/token' && toLose > 0
    if (isLost) toLose--
    arrived.push(`${incoming.method} ${incoming.url}`)
    const outgoing = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      response => {
        if (isLost) {
          // To its end first: the other side has done what it was asked.
          response.resume().once('end', () => answer.destroy())
          return
        }
        answer.writeHead(response.statusCode ?? 500, response.headers)
        response.pipe(answer)
      },
    )
    outgoing.on('error', () => answer.destroy())
    incoming.pipe(outgoing)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanUp(async () => {
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers: count => {
      toLose = count
    },
    arrived,
  }
}
