import { BlockList, isIP } from 'node:net'

/**
 * Addresses of reverse proxies whose `X-Forwarded-For` counts.
 *
 * @param ranges addresses, or networks as `10.0.0.0/8`
 * @throws TypeError where one is neither
 */
export function parseTrustedProxies(ranges: readonly string[]): BlockList {
  const trusted = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const family = familyOf(address)
    const most = family === 'ipv6' ? 128 : 32
    const bits = prefix === undefined ? most : Number(prefix)
    if (!family || (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) || bits > most)
      throw new TypeError(`trustProxy: ${range} is no address and no network`)
    trusted.addSubnet(address, bits, family)
  }
  return trusted
}

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined =>
  isIP(address) === 4 ? 'ipv4' : isIP(address) === 6 ? 'ipv6' : undefined

const unmapped = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address

/**
 * Where a request comes from: its connection's other end, or what a trusted proxy says of it, read from the right. IPv6
 * addresses count by their network of 64 bits, which one customer has for themselves.
 */
export function clientAddress(
  peer: string | undefined,
  forwarded: string | null,
  trusted: BlockList,
): string | undefined {
  if (peer === undefined) return undefined
  let address = unmapped(peer)
  const hops = (forwarded ?? '').split(',').map(hop => unmapped(hop.trim()))
  for (let hop = hops.pop(); hop !== undefined; hop = hops.pop()) {
    const family = familyOf(address)
    if (!family || !trusted.check(address, family)) break
    // Garbage from a trusted proxy says nothing: it is the proxy itself that is known.
    if (!familyOf(hop)) break
    address = hop
  }
  return familyOf(address) === 'ipv6' ? network64(address) : address
}

/** The first four groups of an IPv6 address. */
function network64(address: string): string {
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === '' ? [] : tail.split(':')
  const all = address.includes('::')
    ? [...groups, ...Array(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest]
    : groups
  return `${all
    .slice(0, 4)
    .map(group => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
