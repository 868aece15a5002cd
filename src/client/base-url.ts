const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

/** Where clouds serve credentials to whoever asks from inside: never an API. */
const isLinkLocal = (host: string): boolean =>
  /^169\.254\.\d+\.\d+$/.test(host) || /^\[(fe[89ab][0-9a-f]:|::ffff:a9fe:)/.test(host)

/** The version is of every path already; an address that was copied from the documentation has it too. */
const VERSION = /\/v1$/

/**
 * The base of every URL of the API, without a slash or the API's version at its end.
 *
 * @throws TypeError where the token would travel in clear or to where no API can be
 */
export function parseBaseUrl(value: string, allowInsecure: boolean): string {
  let url: URL
  try {
    url = new URL(value)
  } catch {
    // What URL throws repeats its argument, which may hold a password.
    throw new TypeError('baseUrl must be an absolute URL such as https://api.wootric.com')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError('baseUrl must begin with https://')
  if (url.username || url.password || url.search || url.hash)
    throw new TypeError('baseUrl must have no user, query or fragment; credentials go in `credentials`')
  if (!allowInsecure && !isLoopback(url.hostname)) {
    if (url.protocol === 'http:')
      throw new TypeError('baseUrl must begin with https://, or set allowInsecure to send tokens in clear')
    if (isLinkLocal(url.hostname))
      throw new TypeError('baseUrl must not be a link-local address, or set allowInsecure')
  }
  return url.origin + url.pathname.replace(/\/+$/, '').replace(VERSION, '')
}
