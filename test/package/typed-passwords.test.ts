import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

it.each([
  ['api --port 0 --db', (at: string) => `postgres://nps:hush-hush@${at}/nps`],
  ['api account list --db', (at: string) => `postgres://nps:hush-hush@${at},${at}/nps`],
  ['report --db', (at: string) => `postgres://${at}/nps?user=nps&password=hush-hush`],
])('%s hides a password that was typed from the list of processes', async (line, urlAt) => {
  // A database that takes connections and says nothing keeps the command waiting.
  const server = createServer(socket => void socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const child = spawn(process.execPath, [cli, ...line.split(' '), urlAt(at)], { stdio: 'ignore' })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  await once(server, 'connection')
  const listed = execFileSync('ps', ['-o', 'args=', '-p', String(child.pid)], { encoding: 'utf8' })
  expect(listed).not.toContain('hush-hush')
  expect(listed).toMatch(/^zeroten/)
})
