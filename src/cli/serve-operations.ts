import { createServer } from 'node:http'
import type { Closing } from './serve-until-signal.js'

/** What can be asked of a service that runs. */
export interface Operations {
  /** In Prometheus' text format. */
  metrics(): Promise<string>
  /** Whether it could do its work now; as an object, with what is wrong. */
  ready(): Promise<boolean | { ready: boolean }>
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'
const JSON_TYPE = 'application/json'

type Page = [status: number, body: string, type?: string]

async function answerReady(ready: Operations['ready']): Promise<Page> {
  const found = await ready()
  if (typeof found === 'boolean') return found ? [200, 'ready\n'] : [503, 'not ready\n']
  return [found.ready ? 200 : 503, `${JSON.stringify(found)}\n`, JSON_TYPE]
}

/**
 * Whether a listener for this machine alone was asked by its own name: a page of any site can make its own name lead here,
 * and would read the answer.
 */
const isKnownHost = (listening: string, host = ''): boolean =>
  !isLoopback(listening) || isLoopback(host.replace(/:\d+$/, ''))

const isLoopback = (host: string): boolean =>
  /^(?:localhost|[\w-]+\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/**
 * What a supervisor asks, on a listener that visitors do not reach: `/metrics`, `/health` and `/ready`. Nothing without
 * `--metrics-port`.
 */
export async function serveOperations(
  { host, 'metrics-port': port }: { host: string; 'metrics-port': number | undefined },
  { metrics, ready }: Operations,
  closing: Closing,
): Promise<void> {
  if (port === undefined) return
  const answers = new Map<string, () => Promise<Page>>([
    ['/metrics', async () => [200, await metrics()]],
    ['/health', async () => [200, 'alive\n']],
    ['/ready', () => answerReady(ready)],
  ])
  const server = createServer(async ({ url = '', headers }, response) => {
    try {
      const isKnown = isKnownHost(host, headers.host)
      const [status, body, type = TEXT] = isKnown
        ? ((await answers.get(url)?.()) ?? [404, 'not found\n'])
        : [403, 'this host is not known here\n']
      response.writeHead(status, { 'Content-Type': type }).end(body)
    } catch {
      // Whoever asks tries again; what is wrong stands in the log of the service that is asked about.
      response.writeHead(503).end()
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  closing.add(
    () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
}
