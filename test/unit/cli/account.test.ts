import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { main } from '../../../src/cli/main.js'

function temporaryDatabase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zeroten-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'api.db')
}

async function account(db: string, line: string, env: Record<string, string> = {}) {
  const out: string[] = []
  const err: string[] = []
  const code = await main(['api', 'account', ...line.split(' '), '--db', db], {
    env,
    print: text => out.push(text),
    complain: text => err.push(text),
  })
  return { code, out, err }
}

const names = (lines: string[]) =>
  lines.map(line => line.replace(/=.*/, '')).filter(line => /^[A-Z_]+$/.test(line))

describe('zeroten api account', () => {
  it('tells what it generated for a new account, and lists accounts without anything secret', async () => {
    const db = temporaryDatabase()
    const added = await account(db, 'add', { ZEROTEN_EMAIL: 'a@example.com', ZEROTEN_PASSWORD: 'one' })
    expect(names(added.out)).toEqual(['ZEROTEN_CLIENT_ID', 'ZEROTEN_CLIENT_SECRET'])
    await account(db, 'add', { ZEROTEN_EMAIL: 'b@example.com', ZEROTEN_CLIENT_ID: 'b' })

    const { out } = await account(db, 'list')
    expect(out.map(line => line.split('\t').slice(0, 2))).toEqual([
      ['1', 'a@example.com'],
      ['2', 'b@example.com'],
    ])
    const secret = added.out.find(line => line.startsWith('ZEROTEN_CLIENT_SECRET='))?.slice(22) ?? ''
    expect(secret).not.toBe('')
    expect(out.join('\n')).not.toContain(secret)
  })

  it('refuses an account that exists, in one line', async () => {
    const db = temporaryDatabase()
    await account(db, 'add', { ZEROTEN_EMAIL: 'a@example.com' })
    const again = await account(db, 'add', { ZEROTEN_EMAIL: 'a@example.com' })
    expect(again).toMatchObject({ code: 1, out: [] })
    expect(again.err).toEqual(['zeroten: an account with this e-mail or client id exists'])
  })

  it('rotates a secret to another one', async () => {
    const db = temporaryDatabase()
    const { out: before } = await account(db, 'add', { ZEROTEN_EMAIL: 'a@example.com' })
    const { code, out } = await account(db, 'rotate --id 1')
    expect(code).toBe(0)
    expect(names(out)).toEqual(['ZEROTEN_CLIENT_SECRET'])
    expect(before).not.toContain(out[0])
  })

  it.each([
    ['rotate', 2, '--id is missing'],
    ['rotate --id 9', 1, 'there is no account 9'],
  ])('answers "%s" with exit %i', async (line, code, message) => {
    const db = temporaryDatabase()
    await account(db, 'add', { ZEROTEN_EMAIL: 'a@example.com' })
    const result = await account(db, line)
    expect(result.code).toBe(code)
    expect(result.err.join('\n')).toContain(message)
  })

  it('says in one line why a database can’t be opened', async () => {
    const { code, err } = await account('/nowhere/at/all/api.db', 'list')
    expect(code).toBe(1)
    expect(err).toEqual([expect.stringMatching(/^zeroten: the database can't be opened: .+$/)])
  })
})
