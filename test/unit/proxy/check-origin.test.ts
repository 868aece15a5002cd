import { describe, expect, it } from 'vitest'
import { checkOrigin, type OriginRules } from '../../../src/proxy/request/origin.js'
import { fromRequest } from '../../../src/proxy/request/proxy-request.js'

const PROXY = 'https://shop.example/zeroten/events'
const OPEN: OriginRules = { publicOrigin: undefined, trustedOrigins: new Set() }
const check = (headers: Record<string, string>, rules: Partial<OriginRules> = {}, url = PROXY) =>
  checkOrigin(fromRequest(new Request(url, { method: 'POST', headers })), { ...OPEN, ...rules })
const refusal = expect.objectContaining({ status: 403, code: 'cross_site' })

describe('checkOrigin', () => {
  it.each([
    ['the same host', { origin: 'https://shop.example', 'sec-fetch-site': 'same-origin' }],
    ['the same host by the other scheme, as behind TLS termination', { origin: 'http://shop.example' }],
    ['no Origin: who leaves it out is no browser', {}],
  ])('case 10: lets pass %s', (_, headers) => {
    expect(check(headers as Record<string, string>)).toBeUndefined()
  })

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a sibling', { origin: 'https://blog.shop.example' }],
    ['another port', { origin: 'https://shop.example:8443' }],
    ['an opaque origin', { origin: 'null' }],
    ['a path', { origin: 'https://shop.example/' }],
    ['another scheme altogether', { origin: 'chrome-extension://shop.example' }],
    ['a name that begins alike', { origin: 'https://shop.example.evil.example' }],
    ['a user', { origin: 'https://shop.example@evil.example' }],
    ['cross-site fetch metadata', { 'sec-fetch-site': 'cross-site' }],
    ['same-site fetch metadata', { origin: 'https://shop.example', 'sec-fetch-site': 'same-site' }],
    ['navigation', { 'sec-fetch-site': 'none' }],
  ])('case 10: refuses %s', (_, headers) => {
    expect(() => check(headers as Record<string, string>)).toThrow(refusal)
  })

  describe('with a public origin', () => {
    const rules = { publicOrigin: 'https://shop.example' }

    it('case 10: takes that alone, scheme and all, whatever Host says', () => {
      const origin = 'https://shop.example'
      expect(check({ origin }, rules, 'http://10.0.0.7:4020/zeroten/events')).toBeUndefined()
      expect(() => check({ origin: 'http://shop.example' }, rules)).toThrow(refusal)
    })

    it('case 10: a forged Host does not make a foreign Origin match', () => {
      const forged = 'https://evil.example/zeroten/events'
      expect(() => check({ origin: 'https://evil.example' }, rules, forged)).toThrow(refusal)
    })
  })

  it('case 10: takes a sibling that is trusted by name, and says which', () => {
    const trustedOrigins = new Set(['https://blog.shop.example'])
    const headers = { origin: 'https://blog.shop.example', 'sec-fetch-site': 'same-site' }
    expect(check(headers, { trustedOrigins })).toBe('https://blog.shop.example')
    expect(() => check({ ...headers, origin: 'https://x.shop.example' }, { trustedOrigins })).toThrow(refusal)
  })
})

describe('a browser that reaches a listener of this machine by another site’s name', () => {
  const at = (host: string, headers: Record<string, string> = {}) =>
    checkOrigin(
      { host, header: name => ({ origin: `http://${host}`, ...headers })[name] ?? null },
      { publicOrigin: undefined, trustedOrigins: new Set() },
      true,
    )

  it('is refused', () => {
    expect(() => at('evil.example:4020')).toThrow(refusal)
  })

  it.each(['localhost:4020', '127.0.0.1:4020', '[::1]:4020', 'shop.localhost'])('is none at %s', host => {
    expect(at(host)).toBeUndefined()
  })

  it('is none where a reverse proxy says for whom it asks', () => {
    expect(at('shop.example', { 'x-forwarded-for': '203.0.113.9' })).toBeUndefined()
  })
})
