import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { CleanUp } from './start-api.js'

const CLI = join(import.meta.dirname, '../../dist/cli.js')

/** One of our commands as a process of its own, on a port that it keeps over its deaths. */
export interface Service {
  url: string
  /** SIGKILL: it has no time for anything. Resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM, as an operator ends it: it finishes what it is answering. Resolves when it is gone. */
  stop(): Promise<void>
  /** Starts it again, where it was. @param changes variables that are other ones from now on */
  start(changes?: Record<string, string>): Promise<void>
}

/** Starts `zeroten {args}`, which must say `listening on URL`. */
export async function startService(
  cleanUp: CleanUp,
  args: string[],
  env: Record<string, string>,
): Promise<Service> {
  let child: ChildProcess | undefined
  let port = '0'
  let dying: Promise<unknown> | undefined

  let environment = env

  const start = async (changes: Record<string, string> = {}) => {
    await dying
    environment = { ...environment, ...changes }
    child = spawn(process.execPath, [CLI, ...args, '--port', port], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
    for await (const line of lines) {
      const found = /^listening on (.+)$/.exec(line)?.[1]
      if (!found) continue
      service.url = found
      port = new URL(found).port
      return
    }
    throw new Error(`zeroten ${args[0]} ended before it listened`)
  }

  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode) return
    dying = once(child, 'exit')
    child.kill(signal)
    await dying
  }
  const kill = () => end('SIGKILL')

  const service: Service = { url: '', kill, stop: () => end('SIGTERM'), start }
  cleanUp(kill)
  await start()
  return service
}
