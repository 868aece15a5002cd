/** One server of a URL that may name several. */
export interface PostgresHosts {
  /** A URL for each, in the order of the text. */
  urls: string[]
  /** Whether a server that takes no writes is passed over. */
  mustWrite: boolean
}

const PARTS = /^(postgres(?:ql)?:\/\/(?:[^@/?]*@)?)([^/?]*)([^?]*)(?:\?(.*))?$/

/**
 * Reads a URL as libpq does (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS): several hosts
 * with commas between, also in the parameters `host` and `port`, and `target_session_attrs`, which is `any`, `read-write` or
 * `primary`.
 *
 * @throws TypeError where it can't be read
 */
export function parsePostgresHosts(url: string): PostgresHosts {
  const [, start, authority = '', path = '', query = ''] = PARTS.exec(url) ?? []
  if (start === undefined) throw new TypeError('db: a PostgreSQL URL reads postgres://user@host/database')
  const parameters = new URLSearchParams(query)
  const wanted = parameters.get('target_session_attrs') ?? 'any'
  if (!['any', 'read-write', 'primary'].includes(wanted))
    throw new TypeError('db: target_session_attrs must be any, read-write or primary')
  parameters.delete('target_session_attrs')

  const hosts = (parameters.get('host') ?? '').split(',')
  const ports = (parameters.get('port') ?? '').split(',')
  const authorities = authority.split(',')
  const count = Math.max(hosts.length, authorities.length)
  const urls = Array.from({ length: count }, (_, n) => {
    const own = new URLSearchParams(parameters)
    const [host, port] = [hosts[n] ?? hosts[0], ports[n] ?? ports[0]]
    if (host) own.set('host', host)
    if (port) own.set('port', port)
    const text = own.toString()
    return `${start}${authorities[n] ?? authorities[0]}${path}${text && `?${text}`}`
  })
  return { urls, mustWrite: wanted !== 'any' }
}
