import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { weaknessOf } from '../../../src/proxy/identity/secret-strength.js'

describe('a secret', () => {
  it.each([
    ['of one character', 'x'],
    ['of 31 characters', randomBytes(16).toString('hex').slice(1)],
  ])('%s is too short', (_, secret) => {
    expect(weaknessOf(secret)).toMatch(/^must have at least 32 characters/)
  })

  it.each([
    'identity-secret-of-at-least-32-characters',
    'correct horse battery staple and some more',
    'correcthorsebatterystaplecorrecthorse',
    'the cat sat on the mat and ate a rat at six pm',
    'ThisIsMySuperSecretKeyForTheProxy2024!',
    'p4ssw0rd-f0r-th3-pr0xy-0f-0ur-sh0p',
    'CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME',
    'geheimnis-der-schwarzwaldstrasse-elf',
    'это очень длинная секретная фраза для нас',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '0123456789abcdef0123456789abcdef',
    'abcdefghijklmnopqrstuvwxyz0123456789',
    'qwertyuiopasdfghjklzxcvbnm123456',
    'deadbeefdeadbeefdeadbeefdeadbeef',
    '00000000-0000-4000-8000-000000000000',
    ' '.repeat(40),
  ])('that is %j is a phrase or a pattern', secret => {
    expect(weaknessOf(secret)).toMatch(/^must be random/)
  })

  it.each<[string, (seed: string) => Buffer | string]>([
    ['64 hexadecimal digits', seed => createHash('sha256').update(seed).digest('hex')],
    ['256 bits in base64url', seed => createHash('sha256').update(seed).digest('base64url')],
    ['256 bits in base64', seed => createHash('sha256').update(seed).digest('base64')],
  ])('of %s is strong, whichever it is', (_, make) => {
    for (let n = 0; n < 3_000; n++) expect(weaknessOf(String(make(`secret ${n}`)))).toBeUndefined()
  })

  it('that is a UUID is strong', () => {
    expect(weaknessOf(randomUUID())).toBeUndefined()
  })
})
