import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { main } from '../../../src/cli/main.js'

async function run(line: string, env: Record<string, string> = {}) {
  const out: string[] = []
  const err: string[] = []
  const code = await main(line.split(' ').filter(Boolean), {
    env,
    print: text => out.push(text),
    complain: text => err.push(text),
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('zeroten', () => {
  it('lists its commands', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toMatch(/^ {2}identity sign +\S/m)
  })

  it('says what there is when a command is cut short', async () => {
    expect((await run('identity')).err).toBe('zeroten: Say which: identity sign (see zeroten --help)')
  })
})

describe('zeroten identity sign', () => {
  const secret = 'a secret that is longer than thirty-two bytes'

  it('prints a token that says who, for whom and until when', async () => {
    const { out } = await run(
      'identity sign --email a@b.example --created-at 1400000000 --property plan=pro --property seats_amount=3',
      { ZEROTEN_IDENTITY_SECRET: secret },
    )
    const { payload, protectedHeader } = await jwtVerify(out, new TextEncoder().encode(secret), {
      audience: 'zeroten',
      algorithms: ['HS256'],
    })
    expect(protectedHeader.alg).toBe('HS256')
    expect(payload).toMatchObject({
      sub: 'a@b.example',
      created_at: 1_400_000_000,
      properties: { plan: 'pro', seats_amount: 3 },
    })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(600)
  })

  it.each([
    ['identity sign --email a@b.example', {}, 'ZEROTEN_IDENTITY_SECRET is not set'],
    ['identity sign', { ZEROTEN_IDENTITY_SECRET: secret }, '--email is missing'],
    [
      'identity sign --email a@b.example --expires 3601',
      { ZEROTEN_IDENTITY_SECRET: secret },
      'seconds, 1 to 3600',
    ],
    [
      'identity sign --email a@b.example --property plan',
      { ZEROTEN_IDENTITY_SECRET: secret },
      'takes NAME=VALUE',
    ],
  ])('refuses %j in one line', async (line, env, message) => {
    const result = await run(line, env)
    expect(result.code).toBe(2)
    expect(result.out).toBe('')
    expect(result.err).toContain(message)
  })
})
