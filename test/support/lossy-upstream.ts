import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CleanUp } from './start-api.js'

type Fault = (method: string) => 'pass' | 'lose_answer' | 'refuse'

export interface LossyUpstream {
  url: string
  /** Requests of this method are done, and their answers lost. */
  loseAnswers(method: string): void
  /** Connections are reset, nothing is done. */
  refuseAll(): void
  heal(): void
}

/**
 * What stands before a real API on a bad day: it can lose answers and refuse connections, and holds back lists so that
 * they show what was so a while ago.
 */
export async function startLossyUpstream(
  cleanUp: CleanUp,
  { url, listLateMs = 0 }: { url: string; listLateMs?: number },
): Promise<LossyUpstream> {
  let fault: Fault = () => 'pass'
  let lastWriteMs = 0
  const server = createServer((request, response) => {
    const { method = 'GET', headers } = request
    const what = fault(method)
    if (what === 'refuse') return void request.socket.destroy()
    if (method === 'POST') lastWriteMs = Date.now()
    const isList = /\/(page_views|responses|declines)\?/.test(request.url ?? '')
    if (isList && Date.now() - lastWriteMs < listLateMs) {
      response.setHeader('content-type', 'application/json')
      return void response.end('[]')
    }
    const onward = send(`${url}${request.url}`, { method, headers }, answer => {
      if (what === 'lose_answer') {
        answer.resume().once('end', () => request.socket.destroy())
        return
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.once('error', () => request.socket.destroy())
    request.pipe(onward)
    return undefined
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanUp(
    () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers(method) {
      fault = candidate => (candidate === method ? 'lose_answer' : 'pass')
    },
    refuseAll() {
      fault = () => 'refuse'
    },
    heal() {
      fault = () => 'pass'
    },
  }
}
