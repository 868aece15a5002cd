import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createRandom } from '../../../src/api/seed/random.js'
import { main } from '../../../src/cli/main.js'
import type { EndUser } from '../../../src/wire/v1.js'
import { callerOf, startApi } from '../../support/start-api.js'
import { createRecordingLogger } from '../../support/start-proxy.js'

const OTHERS = 400
const CANARIES = {
  email: 'canary.wren@nest.example',
  'external id': 'canary-external-4711',
  'phone number': '+49 555 0199881',
  'a property': 'Canary Wren the Third',
  'a text': 'The canary sang of slow pages',
  'an address': '203.0.113.77',
  'an origin': 'https://shop.example/canary-thanks',
  'a page': 'https://shop.example/canary-basket',
}

/** What of the canaries is in the database's files. */
async function found(db: string): Promise<string[]> {
  const names = (await readdir(dirname(db))).filter(name => name.startsWith(basename(db)))
  const files = await Promise.all(names.map(name => readFile(join(dirname(db), name))))
  return Object.entries(CANARIES).flatMap(([what, canary]) =>
    files.some(bytes => bytes.includes(canary)) ? [what] : [],
  )
}

async function command(db: string, ...argv: string[]) {
  const out: string[] = []
  const code = await main(argv, {
    env: { ZEROTEN_DB: db },
    print: text => out.push(text),
    printError: text => out.push(text),
  })
  return { code, out: out.join('\n') }
}

/** A database with others around the canary, whose rows have been moved and rewritten like everybody's. */
async function startFilled(seed: number) {
  const logger = createRecordingLogger()
  const { db, url, api } = await startApi(onTestFinished, { logger })
  const caller = await callerOf({ url })
  const { next } = createRandom(seed)
  const words = () => 'lorem ipsum '.repeat(1 + Math.floor(next() * 60))
  const act = async ({ id }: EndUser, text: string, origin_url: string) => {
    const key = { 'Idempotency-Key': `${id}` }
    const response = {
      score: 3,
      text,
      origin_url,
      ip_address: '203.0.113.1',
      survey: { unique_link: `${id}` },
    }
    await caller.post(`/v1/end_users/${id}/responses`, response, key)
    await caller.post(`/v1/end_users/${id}/declines`, { origin_url })
    for (let n = 0; n < 3; n++)
      await caller.post(`/v1/end_users/${id}/page_views`, { url: `${origin_url}${n}` })
  }
  const other = async () =>
    act(await caller.newEndUser({ properties: { name: words() } }), words(), 'https://shop.example/')
  const canary = await caller.newEndUser({
    email: CANARIES.email,
    external_id: CANARIES['external id'],
    phone_number: CANARIES['phone number'],
    properties: { name: CANARIES['a property'] },
  })
  const path = `/v1/end_users/${canary.id}`
  for (let batch = 0; batch < 10; batch++) {
    await Promise.all(Array.from({ length: OTHERS / 10 }, other))
    const text = `${CANARIES['a text']} ${words()}`
    const survey = { unique_link: 'canary', version: '1' }
    const response = { score: 2, text, origin_url: CANARIES['an origin'], ip_address: CANARIES['an address'] }
    await caller.post(`${path}/responses`, { ...response, survey, priority: batch })
    await caller.post(`${path}/impressions`, { survey: { unique_link: `canary-${batch}` } })
    await caller.post(`${path}/page_views`, { url: CANARIES['a page'] })
    await caller.put(path, { properties: { name: `${CANARIES['a property']} ${words()}` } })
  }
  return { db, caller, canary, api, logger }
}

test('an erasure by the API leaves no byte of the person in the files', { timeout: 120_000 }, async () => {
  const { db, caller, canary, api, logger } = await startFilled(1)
  expect(await found(db)).toEqual(Object.keys(CANARIES))
  const startMs = performance.now()
  expect((await caller.delete(`/v1/end_users/${canary.id}?erase=true`)).status).toBe(200)
  expect(performance.now() - startMs).toBeLessThan(1_000)
  expect(await found(db)).toEqual([])
  const told = JSON.stringify(logger.records) + (await api.metrics())
  expect(Object.values(CANARIES).filter(text => told.includes(text))).toEqual([])
})

test('an erasure by the command does so beside a running API', { timeout: 120_000 }, async () => {
  const { db, canary } = await startFilled(2)
  const exported = await command(db, 'person', 'export', CANARIES.email)
  expect(exported.code).toBe(0)
  const person = JSON.parse(exported.out)
  expect(Object.keys(person)).toEqual([
    'end_user',
    'responses',
    'declines',
    'page_views',
    'impressions',
    'webhook_messages',
  ])
  expect(person).toMatchObject({
    end_user: { id: canary.id, email: CANARIES.email },
    responses: [{ score: 2, ip_address: CANARIES['an address'], moment: { version: '1' } }],
  })
  expect([person.page_views.length, person.impressions.length]).toEqual([10, 10])

  expect(await command(db, 'person', 'erase', ' Canary.Wren@nest.example')).toEqual({
    code: 0,
    out: `end user ${canary.id} erased, with everything that was theirs`,
  })
  expect(await found(db)).toEqual([])
  expect(await command(db, 'person', 'export', CANARIES.email)).toMatchObject({ code: 2 })
  expect(await command(db, 'person', 'erase', CANARIES.email)).toEqual({
    code: 0,
    out: 'nobody of that e-mail is known; what they did before now will be refused',
  })
  expect(await command(db, 'person', 'erase')).toMatchObject({ code: 2 })
})
