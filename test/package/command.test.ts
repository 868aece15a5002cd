import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCommand, startCommand } from '../support/start-command.js'
import { temporaryFolder } from '../support/temporary-folder.js'

async function emptyFolder(): Promise<string> {
  const { path, remove } = await temporaryFolder()
  onTestFinished(remove)
  return path
}

const account = {
  ZEROTEN_EMAIL: 'owner@example.com',
  ZEROTEN_PASSWORD: 'a password',
  ZEROTEN_CLIENT_ID: 'client',
  ZEROTEN_CLIENT_SECRET: '5d41402abc4b2a76b9719d911017c592',
}
const credentials = { WOOTRIC_CLIENT_ID: 'client', WOOTRIC_CLIENT_SECRET: '5d41402abc4b2a76b9719d911017c592' }

const logIn = (url: string, id: string, secret: string): Promise<Response> =>
  fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  })

/** The value of a line `NAME=value` that a command printed. */
const valueIn = (output: string, name: string): string =>
  new RegExp(`^${name}=(.+)$`, 'm').exec(output)?.[1] ?? ''

describe('zeroten api', () => {
  it('prints what it generated once, and the account works after a restart', async () => {
    const cwd = await emptyFolder()
    const first = await startCommand(['api', '--port', '0'], { cwd })
    const id = valueIn(first.output(), 'ZEROTEN_CLIENT_ID')
    const secret = valueIn(first.output(), 'ZEROTEN_CLIENT_SECRET')
    expect((await logIn(first.url, id, secret)).status).toBe(200)
    expect(await first.stop()).toBe(0)
    expect(readdirSync(cwd)).toContain('zeroten.db')

    const second = await startCommand(['api', '--port', '0'], { cwd })
    expect(second.output()).toBe(`listening on ${second.url}\n`)
    expect((await logIn(second.url, id, secret)).status).toBe(200)
  })

  it('rotates a secret beside a server that goes on', async () => {
    const cwd = await emptyFolder()
    const api = await startCommand(['api', '--port', '0'], { cwd, env: account })
    expect(api.output()).toBe(`listening on ${api.url}\n`)
    expect((await logIn(api.url, 'client', '5d41402abc4b2a76b9719d911017c592')).status).toBe(200)

    const rotated = runCommand(['api', 'account', 'rotate', '--id', '1'], { cwd })
    expect(rotated).toMatchObject({ code: 0, stderr: '' })
    const secret = valueIn(rotated.stdout, 'ZEROTEN_CLIENT_SECRET')
    expect((await logIn(api.url, 'client', secret)).status).toBe(200)
    // The former secret counts until it is replaced everywhere.
    expect((await logIn(api.url, 'client', '5d41402abc4b2a76b9719d911017c592')).status).toBe(200)
    expect(runCommand(['api', 'account', 'rotate', '--id', '1', '--end-former'], { cwd }).code).toBe(0)
    expect((await logIn(api.url, 'client', secret)).status).toBe(200)
    expect((await logIn(api.url, 'client', '5d41402abc4b2a76b9719d911017c592')).status).toBe(401)
  })
})

describe('zeroten proxy', () => {
  it('serves the script below its base, and tells a supervisor that it lacks a token', async () => {
    const proxy = await startCommand(['proxy', '--port', '0', '--api', 'http://127.0.0.1:9'], {
      env: credentials,
    })
    const script = await fetch(`${proxy.url}/zeroten/widget.js`)
    expect(script.status).toBe(200)
    expect(script.headers.get('content-type')).toContain('text/javascript')
    expect((await fetch(`${proxy.url}/metrics`)).status).toBe(404)
    expect(await proxy.stop('SIGINT')).toBe(0)
  })

  it('finishes what it is answering when it is told to stop', async () => {
    const upstream = createServer().listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    onTestFinished(() => {
      upstream.close()
    })
    const { port } = upstream.address() as AddressInfo
    const proxy = await startCommand(['proxy', '--port', '0', '--api', `http://127.0.0.1:${port}`], {
      env: credentials,
    })
    const asked = once(upstream, 'request')
    const answer = fetch(`${proxy.url}/zeroten/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: proxy.url },
      body: JSON.stringify({
        v: 1,
        id: crypto.randomUUID(),
        events: [],
        identity: { anonymous_id: crypto.randomUUID() },
        ask: {},
      }),
    })
    const [, response] = (await asked) as [IncomingMessage, ServerResponse]
    const stopped = proxy.stop()
    response.writeHead(503).end()
    expect((await answer).status).toBe(200)
    expect(await stopped).toBe(0)
  })
})

describe('zeroten proxy --check', () => {
  it('says in a line each what delivery needs, and exits 0 or 1', async () => {
    const api = await startCommand(['api', '--port', '0'], { cwd: await emptyFolder(), env: account })
    const check = (url: string, env: Record<string, string>) =>
      runCommand(['proxy', '--api', url, '--check'], { env })
    // The address of the documentation's paths is taken too.
    const well = check(`${api.url}/v1`, account)
    expect(
      well.stdout
        .trim()
        .split('\n')
        .map(line => line.split(':')[0]),
    ).toEqual(['ok     running', 'ok     breaker', 'ok     token', 'ok     upstream', 'ok     clock'])
    expect(well.code).toBe(0)
    const wrong = check(api.url, { ...credentials, WOOTRIC_CLIENT_ID: 'nobody' })
    expect(wrong.stdout).toMatch(/^failed token: POST \/oauth\/token refused the credentials/m)
    expect(wrong.code).toBe(1)
    const down = check('http://127.0.0.1:9', credentials)
    expect(down.stdout).toMatch(/^failed token: POST \/oauth\/token could not be reached/m)
    expect(down.stderr).toMatch(/^zeroten: the proxy could not deliver now/)
    expect(down.code).toBe(1)
  })
})

describe('zeroten demo', () => {
  it('goes on with its data after a restart, on the port that PORT says', async () => {
    const cwd = await emptyFolder()
    const first = await startCommand(['demo'], { cwd, env: { PORT: '0' } })
    expect(await (await fetch(first.url)).text()).toContain('Kestrel')
    expect(await first.stop()).toBe(0)
    expect(readdirSync(cwd)).toEqual(['.data'])

    const second = await startCommand(['demo', '--port', '0'], { cwd })
    const records = await fetch(`${second.url}/demo/records`)
    expect(await records.json()).toMatchObject({ endUsers: 0, pageViews: 0, responses: 0, declines: 0 })
  })
})
