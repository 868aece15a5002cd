import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createApi } from '../../../src/api/index.js'
import { main } from '../../../src/cli/main.js'
import { startWebhookReceiver } from '../../support/webhook-receiver.js'

async function newDatabase(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'zeroten-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const db = join(folder, 'api.db')
  await (await createApi({ db })).close()
  return db
}

async function webhook(db: string, ...argv: string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = await main(['api', 'webhook', ...argv], {
    env: { ZEROTEN_DB: db },
    print: text => out.push(text),
    printError: text => err.push(text),
  })
  return { code, out, err }
}

test('adds, lists, tests, rotates and removes a webhook', async () => {
  const db = await newDatabase()
  const { url, received } = await startWebhookReceiver(onTestFinished)
  const added = await webhook(
    db,
    'add',
    url,
    '--on',
    'response,opt_out',
    '--class',
    'detractor',
    '--allow-private-webhooks',
  )
  expect(added.code).toBe(0)
  expect(added.out).toEqual(['webhook 1 added', expect.stringMatching(/^secret whsec_[\w+/]{43}=$/)])

  const { out } = await webhook(db, 'list')
  expect(out).toEqual([
    `1\tactive\tresponse,opt_out of detractors\tstandard\t0 waiting\t0 failures\t0 given up\tlast status none\t${url}`,
  ])
  expect(await webhook(db, 'test', '1', '--allow-private-webhooks')).toMatchObject({
    code: 0,
    out: ['delivered: the receiver answered 204'],
  })
  expect(received).toHaveLength(1)
  expect(await webhook(db, 'test', '1')).toMatchObject({
    code: 1,
    err: [expect.stringContaining('leads to a private address')],
  })
  const rotated = await webhook(db, 'rotate', '1')
  expect(rotated.out).toEqual([
    expect.stringMatching(/^secret whsec_/),
    expect.stringMatching(/^messages are signed by the former secret too until /),
  ])
  expect(rotated.out[0]).not.toBe(added.out[1])
  expect((await webhook(db, 'remove', '1')).out).toEqual(['webhook 1 removed'])
  expect((await webhook(db, 'list')).out).toEqual([])
})

test.each([
  [['add', 'http://127.0.0.1/hook'], 'leads to a private address'],
  [['add', 'no-url'], 'must be an http or https URL'],
  [['add'], 'the URL is missing'],
  [['add', 'https://93.184.216.34/', '--on', 'answers'], '--on takes response'],
  [['remove', '7'], 'there is no webhook 7'],
  [['rotate', 'x'], 'the id takes a whole number'],
  [['test'], 'the id is missing'],
])('refuses %j in one line', async (argv, line) => {
  const { code, out, err } = await webhook(await newDatabase(), ...argv)
  expect({ code, out }).toEqual({ code: 2, out: [] })
  expect(err).toEqual([expect.stringContaining(line)])
})
