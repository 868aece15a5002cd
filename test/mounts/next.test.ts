import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, it, onTestFinished } from 'vitest'
import { proveMount } from '../support/prove-mount.js'
import { CREDENTIALS } from '../support/start-api.js'
import { useBoth } from '../support/start-proxy.js'

const ROOT = join(import.meta.dirname, '../..')
/** Kept between runs, and ignored by git: Next.js is 340 MB. */
const PROJECT = join(ROOT, '.mounts')
/** The site, beside the component that it shares with the example for React. */
const SITE = join(PROJECT, 'next')
const PEERS = ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1']
/** Nothing of this process' environment: no secret may be needed to build. */
const env = { PATH: process.env.PATH, HOME: PROJECT, NEXT_TELEMETRY_DISABLED: '1' }
const next = join(PROJECT, 'node_modules/next/dist/bin/next')

function npm(...argv: string[]): string {
  return execFileSync('npm', argv, { cwd: PROJECT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

beforeAll(async () => {
  await mkdir(PROJECT, { recursive: true })
  await writeFile(join(PROJECT, 'package.json'), '{ "name": "customer", "private": true }\n')
  const [packed] = JSON.parse(npm('pack', ROOT, '--ignore-scripts', '--json'))
  npm('install', '--no-audit', '--no-fund', '--save-exact', ...PEERS, `./${packed.filename}`)
  const route = join(SITE, 'app/zeroten/[...path]')
  await rm(SITE, { recursive: true, force: true })
  await cp(join(ROOT, 'demo/examples/next'), SITE, { recursive: true })
  await cp(join(ROOT, 'demo/examples/react'), join(PROJECT, 'react'), { recursive: true })
  await mkdir(route, { recursive: true })
  await cp(join(ROOT, 'demo/mounts/next-route.mjs'), join(route, 'route.js'))
  await cp(join(ROOT, 'demo/mounts/options.mjs'), join(route, 'options.mjs'))
  // This repository's own lock file stands above, and would be taken for the root.
  const root = JSON.stringify(PROJECT)
  const config = `export default { turbopack: { root: ${root} }, outputFileTracingRoot: ${root} }\n`
  await writeFile(join(SITE, 'next.config.mjs'), config)
})

async function start(environment: Record<string, string>): Promise<string> {
  const argv = [next, 'start', '--port', '0', '--hostname', '127.0.0.1']
  const child = spawn(process.execPath, argv, { cwd: SITE, env: { ...env, ...environment } })
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  })
  child.stderr.pipe(process.stderr)
  let output = ''
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`next start ended with ${code}: ${output}`)))
    child.stdout.on('data', chunk => {
      output += chunk
      const port = /Local:\s+http:\/\/[^\s:]+:(\d+)[\s\S]*Ready/.exec(output)?.[1]
      if (port) resolve(`http://127.0.0.1:${port}`)
    })
  })
}

describe('next build and next start', () => {
  const shared = useBoth()

  it.each([
    ['Turbopack', '--turbopack'],
    ['webpack', '--webpack'],
  ])('serve the proxy by a route, built by %s without a secret', async (_, bundler) => {
    await rm(join(SITE, '.next'), { recursive: true, force: true })
    execFileSync(process.execPath, [next, 'build', bundler], { cwd: SITE, env, stdio: 'inherit' })
    const site = await start({
      API_URL: shared().api.url,
      WOOTRIC_CLIENT_ID: CREDENTIALS.clientId,
      WOOTRIC_CLIENT_SECRET: CREDENTIALS.clientSecret,
    })
    // Next.js compresses on its own, by gzip alone.
    await proveMount(site, { ...shared(), isCompressed: false })
  })
})
