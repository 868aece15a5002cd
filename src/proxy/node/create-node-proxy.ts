import { createProxy, type ProxyOptions, type ZerotenProxy } from '../index.js'
import { loadFiles } from './load-files.js'
import { createPoolTransport, type PoolOptions } from './pool-transport.js'

/** What a proxy on Node is made with. */
export interface NodeProxyOptions extends ProxyOptions {
  /** Connections to the API. */
  pool?: PoolOptions
}

/**
 * `createProxy` with what Node adds: a pool of connections to the API, and the widget's files from this package.
 * `close()` also closes the pool.
 *
 * @throws TypeError as `createProxy` does; what reading the files throws
 */
export async function createNodeProxy({ pool, ...options }: NodeProxyOptions): Promise<ZerotenProxy> {
  const files = options.files ?? (await loadFiles())
  if (options.fetch || options.transport) return createProxy({ ...options, files })
  const { transport, close: closePool } = createPoolTransport(options.api, pool)
  try {
    const proxy = createProxy({ ...options, files, transport })
    const { close } = proxy
    return Object.assign(proxy, {
      async close() {
        await close()
        await closePool()
      },
    })
  } catch (error) {
    await closePool()
    throw error
  }
}
