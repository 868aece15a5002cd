import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../support/free-port.mjs'
import { proveMount } from '../support/prove-mount.js'
import { readmeExample } from '../support/readme-example.js'
import { serveApp } from '../support/serve-app.js'
import { CREDENTIALS } from '../support/start-api.js'
import { startCommand } from '../support/start-command.js'
import { useBoth } from '../support/start-proxy.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const PAGE = '<h1>A site</h1>'

function run(command: string, argv: string[], cwd: string): ChildProcess {
  const child = spawn(command, argv, { cwd, env: { PATH: process.env.PATH, HOME: cwd }, stdio: 'inherit' })
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    child.kill()
    await once(child, 'exit')
  })
  return child
}

async function emptyFolder(): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  await chmod(path, 0o755)
  return path
}

describe('the recipes of the README for web servers', () => {
  const shared = useBoth()

  /** The proxy, started as the README says for a site behind a web server. */
  async function startProxyFor(site: string): Promise<string> {
    const argv = ['proxy', '--port', '0', '--api', shared().api.url]
    const env = { WOOTRIC_CLIENT_ID: CREDENTIALS.clientId, WOOTRIC_CLIENT_SECRET: CREDENTIALS.clientSecret }
    const { url } = await startCommand([...argv, '--trust-proxy', '127.0.0.1/32', '--origin', site], { env })
    return url
  }

  const isUp = (url: string) =>
    vi.waitFor(async () => expect((await fetch(url)).status).toBe(200), { timeout: 20_000, interval: 50 })

  it('nginx sends what is below the base to the proxy, and the visitor’s address along', async () => {
    const folder = await emptyFolder()
    const port = await freePort()
    const site = `http://127.0.0.1:${port}`
    const location = readmeExample('nginx').replace('http://127.0.0.1:4020', await startProxyFor(site))
    const home = await serveApp((_request, response) => response.end(PAGE))
    await mkdir(join(folder, 'temporary'))
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map(name => `${name}_temp_path ${folder}/temporary/${name};`)
      .join('\n')
    await writeFile(
      join(folder, 'nginx.conf'),
      `daemon off; pid ${folder}/pid; error_log stderr; events {}
       http { access_log off; ${paths} server { listen 127.0.0.1:${port}; ${location} location / { proxy_pass ${home}; } } }`,
    )
    run('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], folder)
    await isUp(site)
    await proveMount(site, shared())
  })

  it('Caddy sends what is below the base to the proxy', async () => {
    const folder = await emptyFolder()
    const port = await freePort()
    const site = `http://127.0.0.1:${port}`
    const recipe = readmeExample('caddyfile')
      .replace('example.com', `http://127.0.0.1:${port}`)
      .replace('127.0.0.1:4020', new URL(await startProxyFor(site)).host)
      .replace(/\}\s*$/, `  respond / "${PAGE}"\n}\n`)
    await writeFile(join(folder, 'Caddyfile'), `{\n  admin off\n}\n${recipe}`)
    run('caddy', ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'], folder)
    await isUp(site)
    await proveMount(site, shared())
  })
})
