/** An address as its bytes: 4 or 16 of them. IPv4 that travels inside IPv6 (`::ffff:192.0.2.1`) is IPv4. */
export type IpBytes = readonly number[]

/** A range of addresses: those whose first `bits` are those of `bytes`. */
export interface IpRange {
  bytes: IpBytes
  bits: number
}

const BYTE = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/
const GROUP = /^[0-9a-f]{1,4}$/i
/** The longest there is: IPv6 with an IPv4 tail and a zone. */
const MAX_LENGTH = 80

function parseV4(text: string): number[] | undefined {
  const parts = text.split('.')
  return parts.length === 4 && parts.every(part => BYTE.test(part)) ? parts.map(Number) : undefined
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (GROUP.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 255)
    } else {
      const tail = index === groups.length - 1 ? parseV4(group) : undefined
      if (!tail) return undefined
      bytes.push(...tail)
    }
  }
  return bytes
}

function parseV6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(parseGroups)
  if (!head || (halves.length === 2 && !tail)) return undefined
  const missing = 16 - head.length - (tail?.length ?? 0)
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined
  return [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])]
}

const isMapped = (bytes: IpBytes): boolean =>
  bytes.slice(0, 10).every(byte => byte === 0) && bytes[10] === 255 && bytes[11] === 255

/**
 * An address as connections and `X-Forwarded-For` spell it: with or without a port, brackets, an IPv6 zone.
 *
 * @returns undefined where it is none
 */
export function parseIp(text: string): IpBytes | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const bare = text.trim()
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare)?.[1]
  const v4 = parseV4(bracketed === undefined ? bare.replace(/:\d{1,5}$/, '') : '')
  if (v4) return v4
  const v6 = parseV6((bracketed ?? bare).replace(/%[\w.~-]*$/, ''))
  return v6 && isMapped(v6) ? v6.slice(12) : v6
}

/**
 * A range in CIDR notation, or one address.
 *
 * @throws TypeError
 */
export function parseIpRange(text: string): IpRange {
  const [address = '', prefix, ...rest] = text.split('/')
  const bytes = parseIp(address)
  const bits = prefix === undefined ? (bytes?.length ?? 0) * 8 : Number(prefix)
  if (
    !bytes ||
    rest.length > 0 ||
    !/^\d{0,3}$/.test(prefix ?? '') ||
    prefix === '' ||
    bits > bytes.length * 8
  )
    throw new TypeError(`${JSON.stringify(text)} is not an address or range such as 10.0.0.0/8`)
  return { bytes, bits }
}

export function isInRange(address: IpBytes, { bytes, bits }: IpRange): boolean {
  if (address.length !== bytes.length) return false
  const whole = bits >> 3
  if (address.slice(0, whole).some((byte, index) => byte !== bytes[index])) return false
  const shift = 8 - (bits & 7)
  return shift === 8 || (address[whole] ?? 0) >> shift === (bytes[whole] ?? 0) >> shift
}

/** The address with everything after its first `bits` zeroed. */
export const maskIp = (address: IpBytes, bits: number): IpBytes =>
  address.map((byte, index) => byte & (0xff00 >> Math.min(Math.max(bits - index * 8, 0), 8)) & 0xff)

export function formatIp(address: IpBytes): string {
  if (address.length === 4) return address.join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((address[index * 2] ?? 0) << 8) | (address[index * 2 + 1] ?? 0)).toString(16),
  )
  return groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::')
}
