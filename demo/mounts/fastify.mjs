/** The proxy in Fastify 5. */
import Fastify from 'fastify'
import { createNodeProxy, toFastifyPlugin } from 'zeroten/proxy/node'
import { host, options, page, port } from './options.mjs'

const proxy = await createNodeProxy(options)

const fastify = Fastify()
await fastify.register(toFastifyPlugin(proxy, '/zeroten'))
fastify.get('/', (_request, reply) => reply.type('text/html').send(page))
fastify.addHook('onClose', () => proxy.close())

console.log(`listening on ${await fastify.listen({ port, host })}`)
process.once('SIGTERM', () => fastify.close())
