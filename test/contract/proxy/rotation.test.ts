import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { signIdentity } from '../../../src/proxy/index.js'
import { type Load, recordsByEmail, startLoad } from '../../support/load.js'
import { type Service, startService } from '../../support/service.js'
import { CREDENTIALS, callerOf } from '../../support/start-api.js'
import { runCommand } from '../../support/start-command.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const newSecret = () => randomBytes(32).toString('hex')
const VISITORS = { anonymous: 6, identified: 6 }

/** The commands as an operator runs them: an API on SQLite and two proxies, with visitors at work. */
async function deployUnderLoad(variables: Record<string, string> = {}) {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const db = join(folder.path, 'zeroten.db')
  const { email, password, clientId, clientSecret } = CREDENTIALS
  const identity = { secret: newSecret() }
  /** What both commands read, as the README says. */
  const environment = {
    ZEROTEN_CLIENT_ID: clientId,
    ZEROTEN_CLIENT_SECRET: clientSecret,
    ZEROTEN_IDENTITY_SECRET: identity.secret,
    ...variables,
  }
  const api = await startService(onTestFinished, ['api', '--db', db, '--log-level', 'silent'], {
    ...environment,
    ZEROTEN_EMAIL: email,
    ZEROTEN_PASSWORD: password,
  })
  const limits = ['identity-requests', 'identity-events', 'client-requests', 'client-events'].flatMap(
    name => [`--limit-${name}`, '1000000'],
  )
  const command = ['proxy', '--api', api.url, '--log-level', 'silent', ...limits]
  const proxies = [
    await startService(onTestFinished, command, environment),
    await startService(onTestFinished, command, environment),
  ]
  const load = startLoad(onTestFinished, {
    bases: () => proxies.map(({ url }) => `${url}/zeroten`),
    tokenOf: visitor => signIdentity({ email: visitor }, identity.secret),
    visitors: VISITORS,
  })
  await load.goesOn()

  return {
    api,
    db,
    load,
    identity,
    /** Restarts one proxy after the other, while visitors go on. */
    async restartEach(changes: Record<string, string>): Promise<void> {
      for (const proxy of proxies) await restart(proxy, changes, load)
    },
  }
}

async function restart(service: Service, changes: Record<string, string>, load: Load): Promise<void> {
  await service.stop()
  await service.start(changes)
  await load.goesOn()
}

/** Half of the devices lose their network: what they record from now on has tickets of before. */
function goOffline({ devices }: Load): void {
  for (const [number, device] of devices.entries()) device.isOnline = number % 2 === 0
}

const comeBack = async (load: Load): Promise<void> => {
  for (const device of load.devices) device.isOnline = true
  await load.goesOn()
}

async function expectEachOnce(
  load: Load,
  api: Service,
  clientSecret = CREDENTIALS.clientSecret,
): Promise<void> {
  await load.finish()
  expect(load.complaints).toEqual([])
  const records = await recordsByEmail(await callerOf(api, { ...CREDENTIALS, clientSecret }))
  expect(records.size).toBe(VISITORS.anonymous + VISITORS.identified)
  for (const { email, urls, texts } of load.devices)
    expect(records.get(email)).toEqual({ urls: urls.toSorted(), texts })
}

/** Each restarts a dozen processes. */
const PATIENCE = { timeout: 180_000 }

describe('a secret that is rotated under load, one proxy after the other', PATIENCE, () => {
  it('costs nothing where it seals tickets', async () => {
    const [old, fresh] = [newSecret(), newSecret()]
    const { load, api, restartEach } = await deployUnderLoad({ ZEROTEN_TICKET_SECRET: old })
    goOffline(load)
    await restartEach({ ZEROTEN_TICKET_SECRET: `${old},${fresh}` })
    await restartEach({ ZEROTEN_TICKET_SECRET: `${fresh},${old}` })
    await comeBack(load)
    await restartEach({ ZEROTEN_TICKET_SECRET: fresh })
    await expectEachOnce(load, api)
  })

  it('costs nothing where it proves identities', async () => {
    const { load, api, identity, restartEach } = await deployUnderLoad()
    const [old, fresh] = [identity.secret, newSecret()]
    goOffline(load)
    await restartEach({ ZEROTEN_IDENTITY_SECRET: `${fresh},${old}` })
    identity.secret = fresh
    await load.goesOn()
    await restartEach({ ZEROTEN_IDENTITY_SECRET: fresh })
    await comeBack(load)
    await expectEachOnce(load, api)
  })

  it('costs nothing where it is the API’s client secret, of which tickets are made', async () => {
    const { load, api, db, restartEach } = await deployUnderLoad()
    const old = CREDENTIALS.clientSecret
    goOffline(load)
    const rotate = (...flags: string[]) =>
      runCommand(['api', 'account', 'rotate', '--id', '1', '--db', db, ...flags])
    const { stdout } = rotate()
    const fresh = /^ZEROTEN_CLIENT_SECRET=(.+)$/m.exec(stdout)?.[1] ?? ''
    await load.goesOn()
    await restartEach({ ZEROTEN_CLIENT_SECRET: `${old},${fresh}` })
    await restartEach({ ZEROTEN_CLIENT_SECRET: `${fresh},${old}` })
    await restart(api, { ZEROTEN_CLIENT_SECRET: `${fresh},${old}` }, load)
    await comeBack(load)
    expect(rotate('--end-former').code).toBe(0)
    await load.goesOn()
    await restartEach({ ZEROTEN_CLIENT_SECRET: fresh })
    await expectEachOnce(load, api, fresh)
  })
})
