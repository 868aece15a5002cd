import { generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createIdentifier, type IdentityOptions } from '../../../src/proxy/identity/identity.js'
import { signIdentity } from '../../../src/proxy/identity/identity-token.js'
import type { IdentityClaim } from '../../../src/wire/delivery.js'
import { createRecordingLogger, IDENTITY_SECRET } from '../../support/start-proxy.js'

const ANONYMOUS = '00000000-0000-4000-8000-00000000000A'
const INCOMING = { request: new Request('https://shop.example/zeroten/events', { method: 'POST' }) }

function identifyWith(options: Partial<IdentityOptions> = {}, claim: Partial<IdentityClaim> = {}) {
  const logger = createRecordingLogger()
  const identifier = createIdentifier({
    identify: undefined,
    identitySecrets: [IDENTITY_SECRET],
    allowUnverified: false,
    now: Date.now,
    logger,
    ...options,
  })
  return identifier(INCOMING, { anonymous_id: ANONYMOUS, ...claim })
}

const subject = (email: string, level: string) => expect.objectContaining({ subject: { email, level } })
const sign = (claims: Record<string, unknown>, secret = IDENTITY_SECRET, alg = 'HS256') =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret))
const nowS = () => Math.floor(Date.now() / 1_000)
const good = () => ({ sub: 'ada@example.com', aud: 'zeroten', exp: nowS() + 600 })

describe('who is on the page', () => {
  it('is whom the host says, before all else', async () => {
    const token = await signIdentity({ email: 'token@example.com' }, IDENTITY_SECRET)
    const identify = () => ({ email: 'session@example.com' })
    expect(await identifyWith({ identify }, { token, email: 'page@example.com' })).toEqual(
      subject('session@example.com', 'proven'),
    )
  })

  it('is whom the token names, where the host has no session', async () => {
    const token = await signIdentity({ email: 'ada@example.com' }, IDENTITY_SECRET)
    expect(await identifyWith({ identify: () => null }, { token })).toEqual(
      subject('ada@example.com', 'proven'),
    )
  })

  it('case 1: is nobody known, where the page but claims an e-mail', async () => {
    expect(await identifyWith({}, { email: 'victim@example.com' })).toEqual(
      subject(`${ANONYMOUS.toLowerCase()}@anonymous.invalid`, 'anonymous'),
    )
  })

  it('is whom the page claims, where that is allowed, but for another device’s anonymous id', async () => {
    const allowed = { allowUnverified: true }
    expect(await identifyWith(allowed, { email: 'ada@example.com' })).toEqual(
      subject('ada@example.com', 'claimed'),
    )
    expect(await identifyWith(allowed, { email: 'someone@Anonymous.Invalid' })).toEqual(
      subject(`${ANONYMOUS.toLowerCase()}@anonymous.invalid`, 'anonymous'),
    )
    expect(await identifyWith(allowed, { email: '' })).toBe('identity_invalid')
  })

  it('has what the host says of them, over what the page says', async () => {
    const identify = () => ({ email: 'a@b.c', createdAt: 5, properties: { plan: 'pro' } })
    const claim = { external_created_at: 7, properties: { plan: 'free', seats: 2 } }
    expect(await identifyWith({ identify }, claim)).toMatchObject({
      externalCreatedAt: 5,
      properties: { plan: 'pro', seats: 2 },
    })
  })

  it('is unknown for the moment where the host could not say', async () => {
    const failing = () => Promise.reject(new Error('database is down: postgres://user:secret@db'))
    expect(await identifyWith({ identify: failing })).toBe('identity_invalid')
    expect(await identifyWith({ identify: () => ({ email: '' }) })).toBe('identity_invalid')
  })
})

describe('case 2: an identity token is refused', () => {
  const tokens = {
    expired: () => sign({ ...good(), exp: nowS() - 60 }),
    'for another audience': () => sign({ ...good(), aud: 'other' }),
    'for no audience': () => sign({ ...good(), aud: undefined }),
    'without an end': () => sign({ ...good(), exp: undefined }),
    'for longer than an hour': () => sign({ ...good(), exp: nowS() + 4_000 }),
    'not valid yet': () => sign({ ...good(), nbf: nowS() + 600 }),
    'without a subject': () => sign({ ...good(), sub: undefined }),
    'with a subject of two lines': () => sign({ ...good(), sub: 'a@b.c\r\nX: y' }),
    'with nested properties': () => sign({ ...good(), properties: { a: { b: 1 } } }),
    'with the secret of another': () => sign(good(), 'another-secret-of-thirty-two-characters'),
    'by another algorithm': () => sign(good(), IDENTITY_SECRET.repeat(2), 'HS512'),
    'by a key pair': async () => {
      const { privateKey } = await generateKeyPair('RS256')
      return new SignJWT(good()).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
    },
    'with alg none': async () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      return `${part({ alg: 'none' })}.${part(good())}.`
    },
    'that is garbage': async () => 'a.b.c',
    'that is empty': async () => '',
  }
  it.each(Object.entries(tokens))('%s', async (name, make) => {
    const expected = name === 'expired' ? 'identity_expired' : 'identity_invalid'
    expect(await identifyWith({}, { token: await make(), email: 'x@y.z' })).toBe(expected)
    expect(await identifyWith({ allowUnverified: true }, { token: await make(), email: 'x@y.z' })).toBe(
      expected,
    )
  })

  it('where the proxy has no secret to check it by', async () => {
    const token = await sign(good())
    expect(await identifyWith({ identitySecrets: [] }, { token })).toBe('identity_invalid')
  })
})

describe('signIdentity', () => {
  it('refuses what the proxy would refuse', async () => {
    const sign = (identity: object, options?: object) =>
      signIdentity({ email: 'a@b.c', ...identity }, IDENTITY_SECRET, options)
    await expect(sign({ email: '' })).rejects.toThrow('email must be')
    await expect(sign({ properties: { a: [] } })).rejects.toThrow('properties must be')
    await expect(sign({}, { expiresInS: 3_601 })).rejects.toThrow('expiresInS must be')
  })

  it('case 3: mints a token that is good until its end', async () => {
    const token = await signIdentity({ email: 'a@b.c', createdAt: 9 }, IDENTITY_SECRET, { expiresInS: 60 })
    expect(await identifyWith({}, { token })).toEqual(subject('a@b.c', 'proven'))
    expect(await identifyWith({ now: () => Date.now() + 59_000 }, { token })).toEqual(
      subject('a@b.c', 'proven'),
    )
    expect(await identifyWith({ now: () => Date.now() + 91_000 }, { token })).toBe('identity_expired')
  })
})
