const isLoopback = (name: string): boolean =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  name === '::1' ||
  /^127(\.\d{1,3}){3}$/.test(name) ||
  /^::ffff:127(\.\d{1,3}){3}$/.test(name)

/** The name in a `Host` header: without port, brackets and the dot at its end. */
const nameOf = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

/**
 * Whether a request's `Host` is one of this server's. A page on the visitor's machine can bind its own name to a loopback
 * address (DNS rebinding), and would then be of this server's origin; its name gives it away.
 *
 * @param boundTo the address that the server listens on
 * @param allowed further names
 */
export function createHostCheck(boundTo: string, allowed: readonly string[]) {
  const names = new Set(allowed.map(nameOf))
  const takesAny = !isLoopback(boundTo.toLowerCase()) && names.size === 0
  return (host: string | undefined): boolean => {
    // HTTP/1.0 needs none, and browsers always send one.
    if (takesAny || host === undefined) return true
    const name = nameOf(host)
    return isLoopback(name) || names.has(name) || name === boundTo.toLowerCase()
  }
}
