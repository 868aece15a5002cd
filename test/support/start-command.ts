import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export interface RunningCommand {
  /** From its line "listening on URL". */
  url: string
  /** All of its standard output so far. */
  output(): string
  /** Sends a signal and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface StartOptions {
  /** The command's file. @default the one that was built here */
  file?: string
  cwd?: string
  env?: Record<string, string>
}

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

/**
 * Starts the built command in a process of its own, until it listens; it is killed when the test ends.
 *
 * @throws Error with what it wrote, where it ends before that
 */
export async function startCommand(
  argv: string[],
  { file = cli, cwd, env = {} }: StartOptions = {},
): Promise<RunningCommand> {
  const child = spawn(process.execPath, [file, ...argv], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended(child)
  })
  let output = ''
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      output += chunk
      const found = /^listening on (\S+)$/m.exec(output)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', code => reject(new Error(`exit ${code} before it listened: ${output}${errors}`)))
  })
  return {
    url,
    output: () => output,
    stop: signal => {
      child.kill(signal ?? 'SIGTERM')
      return ended(child)
    },
  }
}

/** Runs the built command in a process of its own, to its end. */
export function runCommand(argv: string[], { file = cli, cwd, env = {} }: StartOptions = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...argv], {
    cwd,
    env,
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}
