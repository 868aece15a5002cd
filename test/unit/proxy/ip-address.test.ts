import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientAddress } from '../../../src/proxy/request/client-address.js'
import { formatIp, isInRange, maskIp, parseIp, parseIpRange } from '../../../src/proxy/request/ip-address.js'

describe('parseIp', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:8080', '192.0.2.1'],
    [' 192.0.2.1 ', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '::'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('reads %s as %s', (text, address) => {
    expect(formatIp(parseIp(text) ?? [])).toBe(address)
  })

  it.each([
    '',
    'unknown',
    '_hidden',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1:2:3:4:5:6:7',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
    '[::1',
    '1.2.3.4, 5.6.7.8',
    '127.0.0.1\r\nX: y',
    ':'.repeat(200),
  ])('does not take %j for an address', text => {
    expect(parseIp(text)).toBeUndefined()
  })

  it('never throws, and what it reads it can print and read again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), text => {
        const bytes = parseIp(text)
        if (bytes) expect(parseIp(formatIp(bytes))).toEqual(bytes)
      }),
    )
  })

  it('reads every address that the platform prints', () => {
    fc.assert(
      fc.property(fc.ipV6(), text => {
        expect(parseIp(text)).toBeDefined()
      }),
    )
  })
})

describe('ranges', () => {
  it.each([
    ['10.0.0.0/8', '10.200.1.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['192.0.2.128/25', '192.0.2.129', true],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '::1', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
  ])('%s and %s: %s', (range, address, inside) => {
    expect(isInRange(parseIp(address) ?? [], parseIpRange(range))).toBe(inside)
  })

  it.each(['', 'x', '10.0.0.0/', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '10.0.0.0/-1'])(
    'refuses %j',
    text => {
      expect(() => parseIpRange(text)).toThrow(TypeError)
    },
  )

  it('masks to any number of bits', () => {
    expect(formatIp(maskIp(parseIp('192.0.2.255') ?? [], 25))).toBe('192.0.2.128')
    expect(formatIp(maskIp(parseIp('2001:db8:ffff:ffff:1::1') ?? [], 48))).toBe('2001:db8:ffff::')
  })
})

describe('clientAddress', () => {
  const trusted = ['10.0.0.0/8', '127.0.0.1'].map(parseIpRange)
  const of = (ip: string | undefined, forwarded: string | null, ranges = trusted) =>
    clientAddress({ ip, forwarded, trusted: ranges, anonymize: false })

  it('case 6: without a trusted proxy the connection counts, whatever X-Forwarded-For says', () => {
    const keys = Array.from({ length: 100 }, (_, n) => of('203.0.113.9', `198.51.100.${n}`, [])?.key)
    expect(new Set(keys)).toEqual(new Set(['203.0.113.9']))
  })

  it.each([
    ['the right-most that is not ours', '10.0.0.1', '1.1.1.1, 198.51.100.7, 10.0.0.2', '198.51.100.7'],
    ['no header', '10.0.0.1', null, '10.0.0.1'],
    ['an empty header', '10.0.0.1', ' , ,', '10.0.0.1'],
    ['empty entries', '10.0.0.1', '198.51.100.7,, ,10.0.0.2,', '198.51.100.7'],
    ['a port', '10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
    ['an IPv6 zone and brackets', '10.0.0.1', '[fe80::1%eth0]:80', 'fe80::1'],
    ['garbage: the last hop that is known', '10.0.0.1', '198.51.100.7, <script>, 10.0.0.2', '10.0.0.2'],
    ['garbage alone', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['all of them ours', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['IPv4 inside IPv6', '::ffff:127.0.0.1', '198.51.100.7', '198.51.100.7'],
  ])('case 6: %s', (_, ip, forwarded, expected) => {
    expect(of(ip, forwarded)?.text).toBe(expected)
  })

  it('case 6: a hundred entries are not a hundred hops', () => {
    const forged = Array.from({ length: 100 }, (_, n) => `198.51.100.${n}`).join(', ')
    expect(of('10.0.0.1', `${forged}, 203.0.113.5`)?.text).toBe('203.0.113.5')
    expect(of('10.0.0.1', Array.from({ length: 100 }, () => '10.0.0.9').join(','))?.text).toBe('10.0.0.9')
  })

  it('case 6: one IPv6 customer is one key, by the /64', () => {
    expect(of('2001:db8:1:2:aaaa::1', null)?.key).toBe(of('2001:db8:1:2:bbbb::2', null)?.key)
    expect(of('2001:db8:1:3::1', null)?.key).not.toBe(of('2001:db8:1:2::1', null)?.key)
  })

  it('cuts what the API is told where asked, not what limits count by', () => {
    const cut = (ip: string) => clientAddress({ ip, forwarded: null, trusted: [], anonymize: true })
    expect(cut('203.0.113.9')).toEqual({ key: '203.0.113.9', text: '203.0.113.0' })
    expect(cut('2001:db8:1:2::9')?.text).toBe('2001:db8:1::')
  })

  it('knows no address where nobody told one', () => {
    expect(of(undefined, '198.51.100.7')).toBeUndefined()
  })
})
