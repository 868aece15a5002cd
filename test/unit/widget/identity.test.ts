import { describe, expect, it } from 'vitest'
import { hashIdentity, isOwnedBy } from '../../../src/widget/identity/identity-hash.js'

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
    expect(hashIdentity({ identityToken: token({ sub: '山田@例え.jp' }) })).toMatch(/^-?\d+\.\d+$/)
    expect(hashIdentity({ identityToken: 'no token' })).toMatch(/^-?\d+\.\d+$/)
    expect(hashIdentity({ identityToken: 'a.b.c' })).not.toBe(hashIdentity({ identityToken: 'd.e.f' }))
  })

  it('does not show who it is', () => {
    expect(hashIdentity({ email: 'ada@example.com' })).not.toContain('ada')
  })

  it('tells apart whom a hash of 32 bits took for one', () => {
    const [dan, other] = ['dan@example.com', 'dc0@example.com'].map(email => hashIdentity({ email }))
    expect(dan?.split('.')[0]).toBe(other?.split('.')[0])
    expect(dan).not.toBe(other)
    expect(isOwnedBy(dan ?? '', other ?? '')).toBe(false)
  })

  it('spreads names that are nearly the same over 64 bits', () => {
    const count = 50_000
    const seen = [new Set<bigint>(), new Set<bigint>(), new Set<bigint>()]
    for (let index = 0; index < count; index++) {
      const hash = BigInt(hashIdentity({ email: `user${index}@example.com` }).split('.')[1] ?? '')
      for (const [at, part] of [hash >> 32n, hash & 0xffffffffn, hash].entries()) seen[at]?.add(part)
    }
    const collisions = seen.map(({ size }) => count - size)
    // By chance 0.3 of 32 bits, and none of 64.
    expect(Math.max(...collisions)).toBeLessThan(10)
    expect(collisions[2]).toBe(0)
  })

  it('is found again by what an earlier release stored under 32 bits of it', () => {
    const here = hashIdentity({ email: 'ada@example.com' })
    const [former = ''] = here.split('.')
    expect(isOwnedBy(former, here)).toBe(true)
    expect(isOwnedBy(here, here)).toBe(true)
    expect([isOwnedBy('', here), isOwnedBy(here, ''), isOwnedBy(former.slice(0, -1), here)]).toEqual([
      false,
      false,
      false,
    ])
    expect(isOwnedBy('', '')).toBe(true)
  })
})
