import { randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import Fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import { createServer as createVite } from 'vite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadFiles, toFastifyPlugin, toNodeHandler } from '../../../src/proxy/node/index.js'
import type { Batch } from '../../../src/wire/delivery.js'
import { batchOf, pageView, response } from '../../support/events.js'
import { proveMount } from '../../support/prove-mount.js'
import { serveApp } from '../../support/serve-app.js'
import { post, useBoth } from '../../support/start-proxy.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const PAGE = '<h1>A site</h1>'
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

/** Runs on what is built: `npm test` builds first. */
describe('the proxy, mounted as its users write it', async () => {
  const shared = useBoth({ files: await loadFiles(), trustedOrigins: ['https://blog.shop.example'] })
  const handler = () => toNodeHandler(shared().proxy)

  /** The address that the API is told of a visitor who answers. */
  async function recordedIp(
    site: string,
    headers: Record<string, string>,
  ): Promise<string | null | undefined> {
    const identity = { anonymous_id: randomUUID() }
    const send = async (batch: Partial<Batch>) =>
      (await post(`${site}/zeroten`, batchOf({ identity, ...batch }), headers)).body
    const { verdict } = await send({ events: [pageView()], ask: {} })
    if (verdict?.ticket === undefined) throw new Error('the verdict was no')
    await send({ events: [response({ ticket: verdict.ticket })] })
    return (await shared().responses(`${identity.anonymous_id}@anonymous.invalid`))[0]?.ip_address
  }

  describe('in Express', () => {
    type App = ReturnType<typeof express>
    const page = (app: App) => app.get('/', (_request, response) => void response.send(PAGE))

    it.each<[string, (app: App) => void]>([
      ['by use() with the path', app => app.use('/zeroten', handler())],
      ['by use() without a path, where other pages are passed on', app => app.use(handler())],
      ['by all() with a wildcard', app => app.all('/zeroten/*path', handler())],
      ['in a router', app => app.use(express.Router().use('/zeroten', handler()))],
      ['after express.json()', app => app.use(express.json()).use('/zeroten', handler())],
      ['after every parser there is', app => parseAll(app).use('/zeroten', handler())],
      [
        'after express.text() for JSON',
        app => app.use(express.text({ type: '*/*' })).use('/zeroten', handler()),
      ],
      ['after express.raw()', app => app.use(express.raw({ type: '*/*' })).use('/zeroten', handler())],
    ])('works %s', async (_, mount) => {
      const app = express()
      mount(app)
      page(app)
      await proveMount(await serveApp(app), shared())
    })

    const parseAll = (app: App) =>
      app
        .use(express.json())
        .use(express.urlencoded({ extended: true }))
        .use(express.text())
        .use(express.raw())

    it.each<[string, boolean | string, string]>([
      ['the visitor’s address where it trusts the proxy before it', 'loopback', '203.0.113.8'],
      ['the connection’s where it trusts nobody', false, '127.0.0.1'],
    ])('tells %s', async (_, trust, told) => {
      const app = express()
      app.set('trust proxy', trust)
      app.use('/zeroten', handler())
      expect(await recordedIp(await serveApp(app), { 'x-forwarded-for': '203.0.113.8' })).toBe(told)
    })

    it('works below another path than its base, as the tag of that page asks it', async () => {
      const app = express()
      app.use('/shop/feedback', handler())
      page(app)
      await proveMount(await serveApp(app), { ...shared(), path: '/shop/feedback' })
    })
  })

  describe('in Fastify', () => {
    async function serve(mount: (fastify: FastifyInstance) => void): Promise<string> {
      const fastify = Fastify()
      mount(fastify)
      fastify.get('/', (_request, reply) => reply.type('text/html').send(PAGE))
      fastify.post('/echo', ({ body }) => body)
      onTestFinished(() => fastify.close())
      return fastify.listen({ port: 0, host: '127.0.0.1' })
    }

    it.each<[string, string, (fastify: FastifyInstance) => void]>([
      ['as a plugin, with nothing else said', '/zeroten', f => f.register(toFastifyPlugin(shared().proxy))],
      ['as a plugin with its base', '/zeroten', f => f.register(toFastifyPlugin(shared().proxy, '/zeroten'))],
      [
        'with a prefix that is its base',
        '/zeroten',
        f => f.register(toFastifyPlugin(shared().proxy), { prefix: '/zeroten' }),
      ],
      [
        'with a prefix before its base',
        '/shop/zeroten',
        f => f.register(toFastifyPlugin(shared().proxy), { prefix: '/shop' }),
      ],
      ['as a route, whose body Fastify has parsed', '/zeroten', f => f.all('/zeroten/*', handler())],
    ])('works %s', async (_, path, mount) => {
      const site = await serve(mount)
      await proveMount(site, { ...shared(), path })
      const echo = await fetch(`${site}/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"a":1}',
      })
      expect(await echo.json()).toEqual({ a: 1 })
    })
  })

  it('is told the visitor’s address by a Fastify that trusts the proxy before it', async () => {
    const fastify = Fastify({ trustProxy: 'loopback' })
    fastify.register(toFastifyPlugin(shared().proxy))
    onTestFinished(() => fastify.close())
    const site = await fastify.listen({ port: 0, host: '127.0.0.1' })
    expect(await recordedIp(site, { 'x-forwarded-for': '203.0.113.9' })).toBe('203.0.113.9')
  })

  describe('in Hono', () => {
    const listen = (app: Hono) => serveApp(getRequestListener(app.fetch))
    const page = (app: Hono) => app.get('/', context => context.html(PAGE))

    it.each<[string, (app: Hono) => void]>([
      ['by all()', app => app.all('/zeroten/*', context => shared().proxy(context.req.raw))],
      [
        'by mount()',
        app => app.mount('/zeroten', request => shared().proxy(request), { replaceRequest: false }),
      ],
    ])('works %s', async (_, mount) => {
      const app = new Hono()
      mount(app)
      page(app)
      await proveMount(await listen(app), shared())
    })
  })

  it('works in node:http, and cuts off nothing else', async () => {
    const handle = handler()
    const site: RequestListener = (incoming, outgoing) =>
      incoming.url?.startsWith('/zeroten/') ? handle(incoming, outgoing) : outgoing.end(PAGE)
    await proveMount(await serveApp(site), shared())
  })

  it.each<[string, (target: string) => object | string]>([
    ['the short form, which sends another Host', target => target],
    ['a target', target => ({ target })],
  ])('works behind Vite’s development server, proxied by %s', async (_, proxyTo) => {
    const folder = await temporaryFolder()
    onTestFinished(folder.remove)
    const vite = await createVite({
      configFile: false,
      root: folder.path,
      logLevel: 'silent',
      server: { port: 0, host: '127.0.0.1', proxy: { '/zeroten': proxyTo(shared().url) } },
    })
    onTestFinished(() => vite.close())
    await vite.listen()
    const address = vite.httpServer?.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await proveMount(`http://127.0.0.1:${port}`, { ...shared(), headers: SAME_ORIGIN, hasPage: false })
  })
})
