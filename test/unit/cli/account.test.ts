import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApi } from '../../../src/api/index.js'
import { main } from '../../../src/cli/main.js'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zeroten-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A database as `zeroten api` makes one, with its first account. */
async function newDatabase(email = 'first@example.com'): Promise<string> {
  const db = join(temporaryFolder(), 'api.db')
  await (await createApi({ db, account: { email } })).close()
  return db
}

async function account(db: string, line: string, env: Record<string, string> = {}) {
  const out: string[] = []
  const err: string[] = []
  const code = await main(['api', 'account', ...line.split(' '), '--db', db], {
    env,
    print: text => out.push(text),
    printError: text => err.push(text),
  })
  return { code, out, err }
}

const names = (lines: string[]) =>
  lines.map(line => line.replace(/=.*/, '')).filter(line => /^[A-Z_]+$/.test(line))

describe('zeroten api account', () => {
  it('tells what it generated for a new account, and lists accounts without anything secret', async () => {
    const db = await newDatabase()
    const added = await account(db, 'add', {
      ZEROTEN_EMAIL: 'a@example.com',
      ZEROTEN_PASSWORD: 'one two three',
    })
    expect(names(added.out)).toEqual(['ZEROTEN_CLIENT_ID', 'ZEROTEN_CLIENT_SECRET'])
    await account(db, 'add', { ZEROTEN_EMAIL: 'b@example.com', ZEROTEN_CLIENT_ID: 'b' })

    const { out } = await account(db, 'list')
    expect(out.map(line => line.split('\t').slice(0, 2))).toEqual([
      ['1', 'first@example.com'],
      ['2', 'a@example.com'],
      ['3', 'b@example.com'],
    ])
    const secret = added.out.find(line => line.startsWith('ZEROTEN_CLIENT_SECRET='))?.slice(22) ?? ''
    expect(secret).not.toBe('')
    expect(out.join('\n')).not.toContain(secret)
  })

  it('refuses an account that exists, in one line', async () => {
    const db = await newDatabase()
    await account(db, 'add', { ZEROTEN_EMAIL: 'a@example.com' })
    const again = await account(db, 'add', { ZEROTEN_EMAIL: 'a@example.com' })
    expect(again).toMatchObject({ code: 1, out: [] })
    expect(again.err).toEqual(['zeroten: an account with this e-mail or client id exists'])
  })

  it('rotates a secret to another one', async () => {
    const db = await newDatabase()
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
    const db = await newDatabase()
    await account(db, 'add', { ZEROTEN_EMAIL: 'a@example.com' })
    const result = await account(db, line)
    expect(result.code).toBe(code)
    expect(result.err.join('\n')).toContain(message)
  })

  it('says in one line why a database can’t be opened', async () => {
    const notADatabase = join(temporaryFolder(), 'notes.txt')
    writeFileSync(notADatabase, 'milk, eggs'.repeat(1_000))
    const { code, err } = await account(notADatabase, 'list')
    expect(code).toBe(1)
    expect(err).toEqual(["zeroten: the database can't be opened: the file is no SQLite database"])
  })

  it('leaves what is no database as it was, for whoever else reads it', async () => {
    const folder = temporaryFolder()
    const page = join(folder, 'index.html')
    writeFileSync(page, '<h1>A page</h1>'.repeat(1_000))
    for (const [path, mode] of [
      [folder, 0o755],
      [page, 0o644],
    ] as const) {
      chmodSync(path, mode)
      expect((await account(path, 'list')).code).toBe(1)
      expect((statSync(path).mode & 0o777).toString(8)).toBe(mode.toString(8))
    }
    expect((await account(folder, 'list')).err).toEqual([
      `zeroten: the database can't be opened: ${folder} is no file`,
    ])
  })

  it.each(['list', 'add', 'rotate --id 1'])('%s makes no database where there is none', async line => {
    const folder = temporaryFolder()
    const { code, out, err } = await account(join(folder, 'mistyped.db'), line)
    expect([code, out]).toEqual([1, []])
    expect(err).toEqual([
      expect.stringMatching(/^zeroten: there is no database .+; zeroten api makes one, see .+$/),
    ])
    expect(readdirSync(folder)).toEqual([])
  })

  it('reads which database from ZEROTEN_DB', async () => {
    const out: string[] = []
    const env = { ZEROTEN_DB: await newDatabase() }
    const print = (text: string) => out.push(text)
    expect(await main(['api', 'account', 'list'], { env, print, printError: print })).toBe(0)
    expect(out).toEqual([expect.stringMatching(/^1\tfirst@example\.com\t/)])
  })

  it('refuses secrets that can be guessed, by the name of their variable', async () => {
    const db = await newDatabase()
    for (const [name, value] of [
      ['ZEROTEN_PASSWORD', 'short'],
      ['ZEROTEN_CLIENT_SECRET', 'short'],
      ['ZEROTEN_CLIENT_SECRET', '5d41402abc4b2a76b9719d911017c592,short'],
    ] as const) {
      const { code, err } = await account(db, 'add', { [name]: value })
      expect([code, err.join()]).toEqual([2, expect.stringContaining(`${name} has less than 8 characters`)])
    }
  })

  it('gives a new password, and says where a new secret must be set', async () => {
    const db = await newDatabase()
    expect(names((await account(db, 'rotate --id 1 --password')).out)).toEqual(['ZEROTEN_PASSWORD'])
    expect((await account(db, 'rotate --id 1')).out.join('\n')).toContain('NEW,OLD as ZEROTEN_CLIENT_SECRET')
    expect((await account(db, 'rotate --id 1 --end-former')).code).toBe(0)
  })
})
