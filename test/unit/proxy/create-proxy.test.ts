import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createProxy, type ProxyOptions } from '../../../src/proxy/index.js'
import { createRecordingLogger } from '../../support/start-proxy.js'

const SECRET = 'canary-f3b09c61e7d2485ab1c49e70d65f8a2b'
const good: ProxyOptions = {
  api: 'https://api.example',
  clientId: 'client-1',
  clientSecret: SECRET,
  logger: createRecordingLogger(),
}
const create = (more: object) => createProxy({ ...good, ...more } as ProxyOptions)

describe('createProxy', () => {
  it.each([
    [{ clientId: undefined }, 'clientId'],
    [{ clientSecret: '' }, 'clientSecret must not be empty'],
    [{ identitySecret: 'short' }, 'identitySecret must have at least 32 characters: openssl rand -hex 32'],
    [{ ticketSecret: ['short'] }, 'ticketSecret'],
    [{ base: 'zeroten' }, 'base must be a path such as /zeroten'],
    [{ base: '/zeroten/' }, 'base must be a path'],
    [{ origin: 'https://shop.example/' }, 'origin must be an origin such as https://shop.example'],
    [{ trustedOrigins: ['*'] }, 'trustedOrigins.0 must be an origin'],
    [{ trustProxy: ['10.0.0.0/99'] }, '"10.0.0.0/99" is not an address or range'],
    [{ verdict: { resurveyDays: -1 } }, 'verdict.resurveyDays must be 0 or more'],
    [{ verdict: { registeredPercent: 101 } }, 'verdict.registeredPercent must be 100 or less'],
    [{ verdict: { resurvey: 1 } }, 'createProxy knows no option verdict.resurvey'],
    [{ limits: { identityRequestsPerMinute: 0 } }, 'limits.identityRequestsPerMinute must be 1 or more'],
    [{ allowUnverifed: true }, 'createProxy knows no option allowUnverifed'],
    [{ allowUnverified: 'yes' }, 'allowUnverified must be true or false'],
    [{ identify: 'session' }, 'identify must be a function'],
    [{ timeouts: { settle: 600, request: 500 } }, 'timeouts.settle must be less than timeouts.request'],
  ])('names what cannot work in %j', (more, message) => {
    expect(() => create(more)).toThrow(new RegExp(message.replace(/[.*[\]()]/g, '\\$&')))
  })

  it.each([
    'http://api.example',
    'https://169.254.169.254',
    'http://[fe80::1]/',
    'ftp://api.example',
    'https://user:secret@api.example',
    'not a url',
  ])('case 17: refuses the API at %s', api => {
    expect(() => create({ api })).toThrow(TypeError)
  })

  it('case 17: takes loopback, and what is allowed on purpose', () => {
    create({ api: 'http://127.0.0.1:4010' })
    create({ api: 'http://api.internal', allowInsecureApi: true })
  })

  it('case 34: shows its secret in no way, nor do its errors', () => {
    const proxy = create({ identitySecret: `${SECRET}-identity`, ticketSecret: `${SECRET}-tickets` })
    const shown = [inspect(proxy, { depth: 10, showHidden: true }), String(proxy), JSON.stringify({ proxy })]
    for (const more of [
      { identitySecret: `${SECRET}\n`.slice(0, 20) },
      { api: `https://x:${SECRET}@y` },
      { base: SECRET },
    ]) {
      try {
        create(more)
      } catch (error) {
        shown.push(inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error))
      }
    }
    expect(shown).toHaveLength(12)
    expect(shown.join()).not.toContain(SECRET.slice(0, 20))
  })

  it('warns of what weakens it', () => {
    const logger = createRecordingLogger()
    create({ logger, allowUnverified: true, allowImmediate: true })
    expect(logger.records.map(({ level, message }) => [level, message.split(':')[0]])).toEqual([
      ['warn', 'allowUnverified'],
      ['warn', 'allowImmediate'],
    ])
  })
})
