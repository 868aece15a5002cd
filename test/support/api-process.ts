import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { type CleanUp, CREDENTIALS } from './start-api.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

const MAIN = `
import { createApi, serveApi } from './src/api/index.ts'
const { db, account } = JSON.parse(process.argv[2])
const api = await createApi({ db, account })
const { url } = await serveApi(api, { port: 0 })
console.log(JSON.stringify({ url, created: api.firstAccount !== undefined }))
`

/**
 * Bundles the API with a main program, by default one that listens; plain Node can't run TypeScript.
 *
 * @returns the file
 */
export async function bundleApi(contents = MAIN): Promise<string> {
  // Within the project, so that the drivers are found, and nowhere that git looks.
  const folder = join(root, 'node_modules/.cache/zeroten')
  await mkdir(folder, { recursive: true })
  const outfile = join(folder, `api-process-${process.pid}-${contents.length}.mjs`)
  // Leaves no service behind, which would keep the test's process alive.
  buildSync({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    alias: { 'zeroten/api': join(root, 'src/api/index.ts') },
    external: ['libsql', 'pg', 'pg-native'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  return outfile
}

export interface ApiProcess {
  url: string
  /** Whether it created the first account. */
  created: boolean
  /** SIGKILL: no chance to finish anything. */
  kill(): Promise<void>
}

/** Runs the API in a process of its own, until it is killed or the test is over. */
export async function startApiProcess(file: string, db: string, cleanUp: CleanUp): Promise<ApiProcess> {
  const argument = JSON.stringify({ db, account: CREDENTIALS })
  const child = spawn(process.execPath, [file, argument], { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = () => end(child)
  cleanUp(kill)
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => {
      throw new Error('the API ended before it listened')
    }),
  ])) as [string]
  return { ...(JSON.parse(line) as Pick<ApiProcess, 'url' | 'created'>), kill }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
