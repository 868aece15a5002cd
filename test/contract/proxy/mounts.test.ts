import { request } from 'node:http'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { batchOf, pageView } from '../../support/events.js'
import { proveMount } from '../../support/prove-mount.js'
import { serveApp } from '../../support/serve-app.js'
import { CREDENTIALS } from '../../support/start-api.js'
import { startCommand } from '../../support/start-command.js'
import { createVisitor, DONE, post, useBoth } from '../../support/start-proxy.js'

const MOUNTS = join(import.meta.dirname, '../../../demo/mounts')
const secrets = {
  WOOTRIC_CLIENT_ID: CREDENTIALS.clientId,
  WOOTRIC_CLIENT_SECRET: CREDENTIALS.clientSecret,
}

/** Runs on what is built: `npm test` builds first. */
describe('the proxy, mounted as in demo/mounts', () => {
  const shared = useBoth()
  const environment = () => ({ ...secrets, API_URL: shared().api.url, PORT: '0' })

  it.each(['node-http', 'express', 'fastify', 'hono'])('works in %s', async name => {
    const running = await startCommand([], { file: join(MOUNTS, `${name}.mjs`), env: environment() })
    await proveMount(running.url, shared())
    expect(await running.stop()).toBe(0)
  })

  it('works in a route handler of Next.js: a Request in, a Response out', async () => {
    for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())
    const { GET, HEAD, POST } = await import(join(MOUNTS, 'next-route.mjs'))
    const { identity, email } = createVisitor('')
    const event = pageView()
    const answer = await POST(
      new Request('https://shop.example/zeroten/events', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: 'https://shop.example',
          'x-real-ip': '203.0.113.7',
        },
        body: JSON.stringify(batchOf({ identity, events: [event] })),
      }),
      { params: Promise.resolve({}) },
    )
    expect((await answer.json()).results).toEqual({ [event.id]: DONE })
    expect(await shared().pageViews(email)).toHaveLength(1)
    const file = 'https://shop.example/zeroten/widget.js'
    expect((await GET(new Request(file))).status).toBe(200)
    expect(await (await HEAD(new Request(file, { method: 'HEAD' }))).text()).toBe('')
  })

  it('works as a Worker, where there is nothing of Node', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(MOUNTS, 'worker.mjs')],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'worker',
      platform: 'neutral',
      logLevel: 'silent',
    })
    const web = {
      ...{ fetch, Request, Response, Headers, URL, URLSearchParams, AbortController, AbortSignal },
      ...{ ReadableStream, TextEncoder, TextDecoder, crypto, CryptoKey, performance, console },
      ...{ setTimeout, clearTimeout, queueMicrotask, structuredClone, atob, btoa },
      // The realm's own would not know what the host's cryptography returns.
      ...{ Uint8Array, ArrayBuffer, Error, TypeError },
    }
    const context = createContext(web, { codeGeneration: { strings: false, wasm: false } })
    runInContext(`${outputFiles[0]?.text};globalThis.handler = worker.default`, context)
    const { identity, email } = createVisitor('')
    const event = pageView()
    const worker = context.handler as { fetch(request: Request, env: object): Promise<Response> }
    const answer = await worker.fetch(
      new Request('https://shop.example/zeroten/events', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'cf-connecting-ip': '203.0.113.7' },
        body: JSON.stringify(batchOf({ identity, events: [event], ask: {} })),
      }),
      { ...secrets, API_URL: shared().api.url },
    )
    expect(await answer.json()).toMatchObject({ results: { [event.id]: DONE }, verdict: { survey: true } })
    expect(await shared().pageViews(email)).toHaveLength(1)
    expect(runInContext('typeof process + typeof require + typeof Buffer', context)).toBe(
      'undefined'.repeat(3),
    )
  })

  /** As nginx or Caddy before a site would: TLS would end here, `/zeroten/` goes to the proxy. */
  const startReverseProxy = (target: string, rewrite: (path: string) => string): Promise<string> =>
    serveApp((incoming, answer) => {
      const headers = {
        ...incoming.headers,
        host: new URL(target).host,
        'x-forwarded-for': `198.51.100.99, ${incoming.headers['x-test-client'] ?? '203.0.113.8'}`,
      }
      const path = rewrite(incoming.url ?? '/')
      const onward = request(new URL(path, target), { method: incoming.method, headers }, response => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
      })
      incoming.pipe(onward)
    })

  it.each([
    ['as it is', '/zeroten', (path: string) => path],
    ['rewritten', '/inside', (path: string) => path.replace('/zeroten/', '/inside/')],
  ])('works as a process behind a reverse proxy, on a path that is sent on %s', async (_, base, rewrite) => {
    const origin = 'https://shop.example'
    const command = ['proxy', '--port', '0', '--api', shared().api.url, '--base', base]
    const running = await startCommand([...command, '--origin', origin, '--trust-proxy', '127.0.0.1/32'], {
      env: secrets,
    })
    const site = await startReverseProxy(running.url, rewrite)
    const { identity, email } = createVisitor('')
    const event = pageView()
    const send = (headers: Record<string, string>) =>
      post(`${site}/zeroten`, batchOf({ identity, events: [event], ask: {} }), headers)
    const { body } = await send({ origin, 'sec-fetch-site': 'same-origin' })
    expect(body.results).toEqual({ [event.id]: DONE })
    expect(await shared().pageViews(email)).toHaveLength(1)
    expect((await send({ origin: site })).status).toBe(403)
    expect((await fetch(`${site}/zeroten/widget.js`)).status).toBe(200)
    expect(await running.stop()).toBe(0)
  })
})
