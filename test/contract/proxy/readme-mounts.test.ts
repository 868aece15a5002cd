import { randomUUID } from 'node:crypto'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createServer } from 'vite'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { batchOf, pageView } from '../../support/events.js'
import { proveMount } from '../../support/prove-mount.js'
import { readmeExample, readmeRow } from '../../support/readme-example.js'
import { CREDENTIALS } from '../../support/start-api.js'
import { startCommand } from '../../support/start-command.js'
import { DONE, useBoth } from '../../support/start-proxy.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const ROOT = join(import.meta.dirname, '../../..')
const PACKAGES = ['express', 'fastify', 'hono', '@hono/node-server']
const WOOTRIC = 'https://api.wootric.com'
const secrets = {
  WOOTRIC_CLIENT_ID: CREDENTIALS.clientId,
  WOOTRIC_CLIENT_SECRET: CREDENTIALS.clientSecret,
}
const PAGE = `'<h1>A site</h1>'`
const LISTENING = `console.log('listening on http://127.0.0.1:' + server.address().port)`

/** A folder of a customer's, who has installed what the README speaks of. */
async function customerFolder(): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  const link = async (target: string, name: string) => {
    const place = join(path, 'node_modules', name)
    await mkdir(dirname(place), { recursive: true })
    await symlink(target, place)
  }
  await link(ROOT, 'zeroten')
  for (const name of PACKAGES) await link(join(ROOT, 'node_modules', name), name)
  return path
}

/** Runs on what is built: `npm test` builds first. */
describe('the proxy, mounted by the very words of the README', () => {
  const shared = useBoth()

  /** What stands before every mount there. */
  const preamble = () =>
    `import { toFastifyPlugin } from 'zeroten/proxy/node'
     const sessionOf = async () => null
     ${readmeExample('js', 'toNodeHandler(proxy)').replace(WOOTRIC, shared().api.url)}`

  async function prove(text: string): Promise<void> {
    const file = join(await customerFolder(), 'server.mjs')
    await writeFile(file, `${preamble()}\n${text}`)
    const { url } = await startCommand([], { file, env: secrets })
    await proveMount(url, shared())
  }

  it('works in Express, also behind its JSON parser and behind a trusted proxy', async () => {
    const [mount] = readmeRow('Express, Connect, NestJS')
    for (const before of ['', 'app.use(express.json())', "app.set('trust proxy', 'loopback')"])
      await prove(
        `import express from 'express'
         const app = express()
         ${before}
         ${mount}
         app.get('/', (request, response) => response.send(${PAGE}))
         const server = app.listen(0, '127.0.0.1', () => ${LISTENING})`,
      )
  })

  it('works in Fastify, by its plugin and by a route', async () => {
    const mounts = readmeRow('Fastify')
    expect(mounts).toHaveLength(2)
    for (const mount of mounts)
      await prove(
        `import Fastify from 'fastify'
         const fastify = Fastify()
         ${mount}
         fastify.get('/', (request, reply) => reply.type('text/html').send(${PAGE}))
         console.log('listening on ' + await fastify.listen({ port: 0, host: '127.0.0.1' }))`,
      )
  })

  it('works in node:http', async () => {
    const [mount] = readmeRow('`node:http`')
    await prove(
      `import { createServer } from 'node:http'
       const server = createServer((request, response) => {
         ${mount}
         else response.end(${PAGE})
       })
       server.listen(0, '127.0.0.1', () => ${LISTENING})`,
    )
  })

  it('works in Hono', async () => {
    const [mount] = readmeRow('Hono')
    await prove(
      `import { serve } from '@hono/node-server'
       import { getConnInfo } from '@hono/node-server/conninfo'
       import { Hono } from 'hono'
       const app = new Hono()
       ${mount}
       app.get('/', context => context.html(${PAGE}))
       const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => ${LISTENING})`,
    )
  })

  it('works as a route of Next.js', async () => {
    for (const [name, value] of Object.entries(secrets)) vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())
    const file = join(await customerFolder(), 'route.mjs')
    await writeFile(file, readmeExample('js', 'toRouteHandlers(').replace(WOOTRIC, shared().api.url))
    const { POST } = await import(file)
    const event = pageView()
    const request = new Request('https://shop.example/zeroten/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://shop.example' },
      body: JSON.stringify(batchOf({ identity: { anonymous_id: randomUUID() }, events: [event] })),
    })
    expect((await (await POST(request)).json()).results).toEqual({ [event.id]: DONE })
  })

  it('works behind Vite’s development server, which sends the base on to the command', async () => {
    const argv = ['proxy', '--port', '0', '--api', shared().api.url, '--allow-immediate']
    const { url } = await startCommand(argv, { env: secrets })
    const root = await customerFolder()
    const configFile = join(root, 'vite.config.js')
    const config = readmeExample('js', 'server: { proxy:')
    expect(config).toContain('http://127.0.0.1:4020')
    await writeFile(configFile, config.replace('http://127.0.0.1:4020', url))
    await writeFile(join(root, 'index.html'), '<h1>A site</h1>')
    const vite = await createServer({ root, configFile, logLevel: 'silent', server: { port: 0 } })
    onTestFinished(() => vite.close())
    await vite.listen()
    const site = vite.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? ''
    await proveMount(site, { ...shared(), headers: { 'sec-fetch-site': 'same-origin' } })
  })
})
