import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwtVerify } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { main } from '../../../src/cli/main.js'

async function run(line: string, env: Record<string, string> = {}) {
  const out: string[] = []
  const err: string[] = []
  const code = await main(line.split(' ').filter(Boolean), {
    env,
    print: text => out.push(text),
    printError: text => err.push(text),
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

/** What a generator writes. */
const STRONG = '5d41402abc4b2a76b9719d911017c592'

/** Complete, so that nothing is generated and printed. */
const account = {
  ZEROTEN_EMAIL: 'owner@example.com',
  ZEROTEN_PASSWORD: 'a password',
  ZEROTEN_CLIENT_ID: 'client',
  ZEROTEN_CLIENT_SECRET: 'a client secret',
}

describe('zeroten', () => {
  it('lists its commands', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toMatch(/^ {2}api +\S/m)
    expect(out).toMatch(/^ {2}identity sign +\S/m)
  })

  it.each([
    'api',
    'proxy',
    'demo',
    'identity sign',
    'api account add',
    'api account list',
    'api account rotate',
  ])('tells the flags of %s', async words => {
    const { code, out } = await run(`${words} --help`)
    expect(code).toBe(0)
    expect(out).toContain(`Usage: zeroten ${words} [flags]`)
    expect(out).toContain('--help')
  })

  it.each(['api', 'proxy'])(
    'lets %s choose its port and host, on this machine alone by default',
    async words => {
      const { out } = await run(`${words} --help`)
      expect(out).toMatch(/--port PORT .*0 for a free one/)
      expect(out).toMatch(/--host HOST .*\[127\.0\.0\.1\]/)
    },
  )

  it.each([
    ['', 2],
    ['serve', 2],
    ['identity', 2],
    ['api --prot 1', 2],
    ['api account', 2],
    ['api --db :memory:', 2],
    ['proxy --port http', 2],
    ['demo --port -1', 2],
    ['proxy --base zeroten', 2],
    ['proxy --visitor-percent 101', 2],
  ])('answers "zeroten %s" with exit %i', async (line, code) => {
    const result = await run(line)
    expect(result.code).toBe(code)
    expect(result.err.split('\n')).toHaveLength(1)
  })

  it('says what there is when a command is cut short', async () => {
    expect((await run('identity')).err).toBe('zeroten: Say which: identity sign (see zeroten --help)')
  })

  it('names the variable that the proxy lacks', async () => {
    expect(await run('proxy', { WOOTRIC_CLIENT_ID: 'id' })).toEqual({
      code: 2,
      out: '',
      err: 'zeroten: WOOTRIC_CLIENT_SECRET is not set (see zeroten proxy --help)',
    })
  })

  it.each([
    [
      'proxy',
      { ZEROTEN_IDENTITY_SECRET: 'short' },
      'ZEROTEN_IDENTITY_SECRET must have at least 32 characters',
    ],
    ['proxy', { ZEROTEN_TICKET_SECRET: 'short' }, 'ZEROTEN_TICKET_SECRET'],
    [
      'proxy',
      { ZEROTEN_IDENTITY_SECRET: 'identity-secret-of-at-least-32-characters' },
      'ZEROTEN_IDENTITY_SECRET must be random, no phrase and no pattern: openssl rand -hex 32 makes one',
    ],
    [
      'proxy',
      { WOOTRIC_CLIENT_SECRET: 'x' },
      'ZEROTEN_TICKET_SECRET must be given, since ZEROTEN_CLIENT_SECRET is too weak to seal tickets with',
    ],
    ['proxy', { ZEROTEN_IDENTITY_SECRET: `${STRONG},short` }, 'must have at least 32 characters'],
    ['proxy --api http://api.example', {}, '--api must begin with https://, or set --allow-insecure-api'],
    ['proxy --trust-proxy 10.0.0.0/99', {}, '"10.0.0.0/99" is not an address or range'],
  ])('speaks of what was typed when "%s" with %j can’t be', async (line, env, message) => {
    const result = await run(line, { WOOTRIC_CLIENT_ID: 'id', WOOTRIC_CLIENT_SECRET: STRONG, ...env })
    expect(result).toMatchObject({ code: 2, out: '' })
    expect(result.err.split('\n')).toHaveLength(1)
    expect(result.err).toContain(message)
    expect(result.err).not.toContain('short')
  })

  it('says so when the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    onTestFinished(() => {
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const folder = mkdtempSync(join(tmpdir(), 'zeroten-cli-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const result = await run(`api --db ${folder}/api.db --port ${port}`, account)
    expect(result).toEqual({
      code: 1,
      out: '',
      err: `zeroten: 127.0.0.1, port ${port} is in use; choose another port, or 0 for one that is free`,
    })
  })
})

describe('zeroten identity sign', () => {
  const secret = STRONG

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
    ['identity sign --email a@b.example', { ZEROTEN_IDENTITY_SECRET: 'short' }, 'at least 32 characters'],
    [
      'identity sign --email a@b.example',
      { ZEROTEN_IDENTITY_SECRET: 'a secret that is longer than thirty-two bytes' },
      'ZEROTEN_IDENTITY_SECRET must be random, no phrase',
    ],
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
