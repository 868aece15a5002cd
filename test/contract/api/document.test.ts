import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { type Caller, postToken } from '../../support/api-caller.js'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { CREDENTIALS, callerOf, type RunningApi, startApi } from '../../support/start-api.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/**
 * Every curl line of the API's document with the answer that is printed below it, as they stand there. Only host, token,
 * credentials and ids are put in, and the space that is missing before one `-F password`.
 */
const EXAMPLES = parseExamples(readFileSync(new URL('document-examples.txt', import.meta.url), 'utf8'))

interface Example {
  command: string
  answer: unknown
}

function parseExamples(text: string): Example[] {
  const blocks = text.trim().split('\n\n')
  const isCommand = (block = '') => block.startsWith('curl ')
  return blocks.flatMap((command, index) => {
    if (!isCommand(command)) return []
    // Two commands, which differ in how they give the token, stand before one answer.
    const answer = blocks.slice(index + 1, index + 3).find(block => !isCommand(block))
    return [{ command, answer: answer && JSON.parse(answer) }]
  })
}

let running: RunningApi
let caller: Caller
let curlHome: string
let refreshToken: string
/** By the word that stands for it in the document. */
let values: Record<string, string>

const cleanUp = cleanUpAfterAll()
beforeAll(async () => {
  running = await startApi(cleanUp)
  caller = await callerOf(running)
  const user = { grant_type: 'password', username: CREDENTIALS.email, password: CREDENTIALS.password }
  refreshToken = (await postToken(running.url, user)).body.refresh_token ?? ''
  const folder = await temporaryFolder()
  cleanUp(folder.remove)
  curlHome = folder.path
  await writeFile(join(curlHome, '.curlrc'), 'silent\nshow-error\nwrite-out = "\\n%{http_code}"\n')
})

beforeEach(async () => {
  for (const { id } of (await caller.get<{ id: number }[]>('/v1/end_users')).body)
    await caller.delete(`/v1/end_users/${id}`)
  const { id } = await caller.newEndUser({ last_surveyed: 1, properties: { plan: 'Small Business' } })
  const path = `/v1/end_users/${id}`
  const ids: Record<string, number> = { end_users: id }
  for (const score of [0, 8, 10]) {
    const fields = {
      score,
      origin_url: 'http://www.great-service.com',
      text: 'Nice app',
      ip_address: '127.0.0.1',
    }
    ids.responses = (await caller.post<{ id: number }>(`${path}/responses`, fields)).body.id
  }
  ids.declines = (await caller.post<{ id: number }>(`${path}/declines`)).body.id
  const view = { url: 'http://www.great-service.com' }
  ids.page_views = (await caller.post<{ id: number }>(`${path}/page_views`, view)).body.id
  values = {
    ...Object.fromEntries(Object.entries(ids).map(([kind, id]) => [kind, String(id)])),
    respones: String(ids.responses),
    '<youremailaddress>': CREDENTIALS.email,
    '<yourpassword>': `'${CREDENTIALS.password}'`,
    '<yourrefreshtoken>': refreshToken,
    '<yourclientid>': CREDENTIALS.clientId,
    '<yourclientsecret>': CREDENTIALS.clientSecret,
    myaccesstoken: caller.token,
  }
})

const fillIn = (command: string): string =>
  command
    .replace('>\\\n', '> \\\n')
    .replace(/http:\/\/api\.(staging\.)?wootric\.com/, running.url)
    .replaceAll(/<your\w+>|myaccesstoken/g, word => values[word] ?? word)
    .replaceAll(
      /\/(end_users|responses|respones|declines|page_views)\/\d+/g,
      (_, kind) => `/${kind}/${values[kind]}`,
    )

async function run(command: string): Promise<{ status: number; body: unknown }> {
  const env = { ...process.env, CURL_HOME: curlHome }
  const { stdout } = await promisify(execFile)('bash', ['-c', fillIn(command)], { env })
  const [, text = '', status] = /^(?:HTTP.*?\r\n\r\n)?(.*)\n(\d+)$/s.exec(stdout) ?? []
  return { status: Number(status), body: JSON.parse(text) }
}

/** An answer has the example's keys, with values of its types; `null` says nothing of a type. */
function expectLike(actual: unknown, example: unknown): void {
  expect(Array.isArray(actual)).toBe(Array.isArray(example))
  const [record, printed] = [actual, example].map(value => [value].flat()[0] as Record<string, unknown>)
  for (const [name, value] of Object.entries(printed ?? {})) {
    expect(record).toHaveProperty(name)
    // Properties answer as a hash always (reading 8).
    const type = name === 'properties' ? 'object' : typeof value
    if (value !== null) expect(typeof record?.[name], name).toBe(type)
  }
}

test('the document has 45 curl lines', () => {
  expect(EXAMPLES).toHaveLength(45)
})

test.each(EXAMPLES)('$command', async ({ command, answer }) => {
  const { status, body } = await run(command)
  expect([status, JSON.stringify(body)]).toEqual([
    /-X POST.*\/v1\//.test(command) ? 201 : 200,
    expect.not.stringContaining('error'),
  ])
  if (answer !== undefined) expectLike(body, answer)
  if (command.includes('TestCompany'))
    expect(body).toMatchObject({ properties: { company: 'TestCompany', city: 'San Francisco' } })
  if (command.includes('NewCompany'))
    expect(body).toMatchObject({
      email: 'enduser_new@example.com',
      properties: { company: 'NewCompany', city: 'New Reno' },
    })
  if (command.includes('test response'))
    expect(body).toMatchObject({ score: 5, text: 'test response', ip_address: '192.168.0.1' })
})
