import {
  formatIp,
  type IpBytes,
  type IpRange,
  isInRange,
  maskIp,
  parseIp,
  parseIpRange,
} from './ip-address.js'

/** More hops than any real chain has; what stands further left is not read. */
const MAX_HOPS = 32

export interface ClientAddress {
  /** What limits count by: an IPv4 address, or the /64 that one IPv6 customer has. */
  key: string
  /** What the API is told. */
  text: string
}

/**
 * The visitor's address: the connection's, or where that is one of our own proxies', the right-most address of
 * `X-Forwarded-For` that is not. What stands left of it is anyone's claim.
 */
function visitorIp(connection: IpBytes, forwarded: string | null, trusted: readonly IpRange[]): IpBytes {
  const isTrusted = (address: IpBytes) => trusted.some(range => isInRange(address, range))
  let client = connection
  if (!isTrusted(client) || !forwarded) return client
  for (const hop of forwarded.split(',').slice(-MAX_HOPS).reverse()) {
    if (hop.trim() === '') continue
    const address = parseIp(hop)
    // Garbage was written by someone whom we don't know; the hop before it is the last that we do.
    if (!address) return client
    client = address
    if (!isTrusted(client)) return client
  }
  return client
}

export interface ClientAddressOptions {
  /** The connection's address, as the adapter or the host tells it. */
  ip: string | undefined
  /** `X-Forwarded-For`. */
  forwarded: string | null
  trusted: readonly IpRange[]
  /** Cuts what the API is told to the network: /24 and /48. */
  anonymize: boolean
}

const OWN_RANGES = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1', 'fc00::/7'].map(
  parseIpRange,
)

/**
 * Who hands on `X-Forwarded-For` without being trusted: a reverse proxy that was forgotten, or somebody who made the header
 * up. Its address is told where it is of a network of one's own, and so no visitor's.
 *
 * @returns undefined where all is as it should be
 */
export function untrustedForwarder({
  ip = '',
  forwarded,
  trusted,
}: Pick<ClientAddressOptions, 'ip' | 'forwarded' | 'trusted'>):
  | { ownAddress: string | undefined }
  | undefined {
  const connection = forwarded ? parseIp(ip) : undefined
  if (!connection || trusted.some(range => isInRange(connection, range))) return undefined
  // The host has read the header itself, as Express does for `req.ip`.
  const text = formatIp(connection)
  const isRead = forwarded
    ?.split(',')
    .slice(-MAX_HOPS)
    .some(hop => {
      const address = parseIp(hop)
      return address !== undefined && formatIp(address) === text
    })
  if (isRead) return undefined
  const isOwn = OWN_RANGES.some(range => isInRange(connection, range))
  return { ownAddress: isOwn ? text : undefined }
}

/** @returns undefined where nobody told the connection's address */
export function clientAddress(options: ClientAddressOptions): ClientAddress | undefined {
  const connection = options.ip === undefined ? undefined : parseIp(options.ip)
  if (!connection) return undefined
  const client = visitorIp(connection, options.forwarded, options.trusted)
  const isV4 = client.length === 4
  return {
    key: formatIp(isV4 ? client : maskIp(client, 64)),
    text: formatIp(options.anonymize ? maskIp(client, isV4 ? 24 : 48) : client),
  }
}
