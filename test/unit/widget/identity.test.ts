import { describe, expect, it } from 'vitest'
import { hashIdentity } from '../../../src/widget/identity/identity.js'

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
const token = (claims: object) => `${encode({ alg: 'HS256' })}.${encode(claims)}.signature`

describe('the hash of an identity', () => {
  it('is empty for nobody in particular', () => {
    expect(hashIdentity({})).toBe('')
    expect(hashIdentity({ properties: { plan: 'pro' } })).toBe('')
  })

  it('is the same for every token of one subject, and for the same e-mail without a token', () => {
    const hash = hashIdentity({ identityToken: token({ sub: 'ada@example.com', exp: 1 }) })
    expect(hashIdentity({ identityToken: token({ sub: 'ada@example.com', exp: 2 }) })).toBe(hash)
    expect(hashIdentity({ email: 'ada@example.com' })).toBe(hash)
    expect(hashIdentity({ email: 'grace@example.com' })).not.toBe(hash)
  })

  it('copes with subjects beyond ASCII and with tokens that are none', () => {
    expect(hashIdentity({ identityToken: token({ sub: '山田@例え.jp' }) })).toMatch(/^-?\d+$/)
    expect(hashIdentity({ identityToken: 'no token' })).toMatch(/^-?\d+$/)
    expect(hashIdentity({ identityToken: 'a.b.c' })).not.toBe(hashIdentity({ identityToken: 'd.e.f' }))
  })

  it('does not show who it is', () => {
    expect(hashIdentity({ email: 'ada@example.com' })).not.toContain('ada')
  })
})
