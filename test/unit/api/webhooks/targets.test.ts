import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createPost } from '../../../../src/api/webhooks/post-message.js'
import { isPrivateAddress } from '../../../../src/api/webhooks/private-address.js'
import { type Resolve, resolveTarget } from '../../../../src/api/webhooks/resolve-target.js'
import { RETRY_SCHEDULE_MS, retryWaitMs } from '../../../../src/api/webhooks/retry-schedule.js'

const PRIVATE = [
  '127.0.0.1',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'fd00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
]
const PUBLIC = ['93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:2800:220:1::1', '::ffff:93.184.216.34']

test.each(PRIVATE)('%s is private', address => expect(isPrivateAddress(address)).toBe(true))
test.each(PUBLIC)('%s is public', address => expect(isPrivateAddress(address)).toBe(false))

const resolveTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))

const targetOf = (url: string, resolve: Resolve = resolveTo('93.184.216.34'), allowPrivate = false) =>
  resolveTarget(url, { allowPrivate, resolve })

test.each([
  'http://localhost/',
  'http://hooks.localhost./',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://169.254.169.254/latest/meta-data',
])('a webhook to %s is refused', url =>
  expect(targetOf(url)).rejects.toMatchObject({ code: 'webhook_url_private' }),
)

test.each(['ftp://hooks.example/', 'https://user:secret@hooks.example/', 'hooks.example', ''])(
  'a webhook to %j is no URL of one',
  url => expect(targetOf(url)).rejects.toMatchObject({ code: 'webhook_url_invalid' }),
)

test('a name of which one address is private is refused whole', () =>
  expect(targetOf('https://hooks.example/', resolveTo('93.184.216.34', '10.0.0.1'))).rejects.toMatchObject({
    code: 'webhook_url_private',
  }))

test('a name that is not resolved says so', () =>
  expect(
    targetOf('https://hooks.example/', () => Promise.reject(new Error('ENOTFOUND'))),
  ).rejects.toMatchObject({ code: 'webhook_url_unresolved' }))

async function startServer(answer: Parameters<typeof createServer>[1]) {
  const server = createServer({}, answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

function newPost(timeoutMs?: number) {
  const post = createPost(Date.now, timeoutMs)
  onTestFinished(async () => post.close())
  return post.post
}

const MESSAGE = { headers: {}, body: '{}' }

test('connects to the address that was checked, whatever the name leads to later', async () => {
  const hosts: unknown[] = []
  const port = await startServer((request, response) => {
    hosts.push(request.headers.host)
    response.end()
  })
  let asked = 0
  // The second look would lead elsewhere.
  const resolve: Resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }]
  const target = await targetOf(`http://hooks.example:${port}/`, resolve, true)
  expect(await newPost()(target, MESSAGE)).toMatchObject({ status: 200 })
  expect({ asked, hosts }).toEqual({ asked: 1, hosts: [`hooks.example:${port}`] })
})

test('reads no more of a response than 64 KiB', async () => {
  let sent = 0
  const port = await startServer((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent++
    }
    response.on('drain', more)
    more()
  })
  const target = await targetOf(`http://127.0.0.1:${port}/`, undefined, true)
  expect(await newPost()(target, MESSAGE)).toMatchObject({ status: 200 })
  expect(sent).toBeLessThan(200)
})

test('gives up a receiver that does not end its response in time', async () => {
  const port = await startServer((_, response) => void response.writeHead(200).write('a'))
  const target = await targetOf(`http://127.0.0.1:${port}/`, undefined, true)
  expect(await newPost(200)(target, MESSAGE)).toMatchObject({ status: 0 })
})

test('tries a message for three days at least, with jitter', () => {
  const waits = (random: number) =>
    RETRY_SCHEDULE_MS.map((_, index) => retryWaitMs({ failures: index + 1 }, () => random) ?? 0)
  const sum = (list: number[]) => list.reduce((total, ms) => total + ms, 0)
  expect(sum(waits(0))).toBeGreaterThanOrEqual(3 * 86_400_000)
  expect(waits(0.5)[3]).toBeGreaterThan(waits(0)[3] ?? 0)
  expect(retryWaitMs({ failures: RETRY_SCHEDULE_MS.length + 1 }, () => 0)).toBeUndefined()
  expect(retryWaitMs({ failures: 1, askedMs: 60_000 }, () => 0)).toBe(60_000)
})
