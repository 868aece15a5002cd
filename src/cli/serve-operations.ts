import { createServer } from 'node:http'
import type { Closing } from './serve-until-signal.js'

/** What can be asked of a service that runs. */
export interface Operations {
  /** In Prometheus' text format. */
  metrics(): Promise<string>
  ready(): Promise<boolean>
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'

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
  const answers = new Map<string, () => Promise<[status: number, body: string]>>([
    ['/metrics', async () => [200, await metrics()]],
    ['/health', async () => [200, 'alive\n']],
    ['/ready', async () => ((await ready()) ? [200, 'ready\n'] : [503, 'not ready\n'])],
  ])
  const server = createServer(async ({ url = '' }, response) => {
    try {
      const [status, body] = (await answers.get(url)?.()) ?? [404, 'not found\n']
      response.writeHead(status, { 'Content-Type': TEXT }).end(body)
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
