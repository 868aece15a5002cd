/** The proxy as a Worker: Web standards alone. The widget's files are the platform's own static assets there. */
import { createProxy } from 'zeroten/proxy'

/**
 * @typedef {object} Env
 * @property {string} API_URL
 * @property {string} WOOTRIC_CLIENT_ID
 * @property {string} WOOTRIC_CLIENT_SECRET
 */

/** @type {import('zeroten/proxy').ZerotenProxy | undefined} */
let proxy

const worker = {
  /**
   * @param {Request} request
   * @param {Env} env
   */
  fetch(request, env) {
    // Once an isolate: what it knows of visitors and tokens outlives the request.
    proxy ??= createProxy({
      api: env.API_URL,
      clientId: env.WOOTRIC_CLIENT_ID,
      clientSecret: env.WOOTRIC_CLIENT_SECRET,
    })
    return proxy(request, { ip: request.headers.get('cf-connecting-ip') ?? undefined })
  },
}

// biome-ignore lint/style/noDefaultExport: what Workers look for
export default worker
