import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient } from '../../../src/client/index.js'
import { decline, impression, optOut, pageView, response } from '../../support/events.js'
import { CREDENTIALS } from '../../support/start-api.js'
import { createVisitor, DONE, startProxy, useBoth } from '../../support/start-proxy.js'

const ERASED = { status: 'rejected', reason: 'erased' }

const nowS = () => Math.floor(Date.now() / 1_000)

describe('events of somebody who was erased', () => {
  const shared = useBoth({ allowUnverified: true, allowUnverifiedUpdates: true })

  const erase = async (email: string) => {
    const { api, endUser } = shared()
    const found = await endUser(email)
    const { endUsers } = createClient({ baseUrl: api.url, credentials: CREDENTIALS })
    expect(await endUsers.erase(found?.id ?? 0)).toMatchObject({ id: found?.id })
  }

  it.each([
    ['anonymous', {}],
    ['by e-mail', { email: 'Ada.Erased@example.com' }],
  ])('are rejected where they are from before, %s', async (_, claim) => {
    const both = shared()
    const visitor = createVisitor(both.base, claim)
    const ticket = await visitor.invite()
    const first = await both.endUser(visitor.email)
    await erase(visitor.email)
    const at = nowS() - 30
    const waiting = [
      pageView({ at }),
      optOut({ at }),
      response({ at, ticket, text: 'old' }),
      decline({ at, ticket }),
      impression({ at, ticket }),
    ]
    for (const event of waiting) expect(await visitor.act({ ...event, tried: true })).toEqual([ERASED])
    expect(await both.endUser(visitor.email)).toBeUndefined()

    // A device is at most a little ahead.
    const later = pageView({ at: nowS() + 30 })
    expect(await visitor.act(later, pageView({ at }))).toEqual([DONE, ERASED])
    const second = await both.endUser(visitor.email)
    expect(second?.id).not.toBe(first?.id)
    expect(await visitor.act(pageView({ at }), optOut({ at }))).toEqual([ERASED, ERASED])
    expect(await both.pageViews(visitor.email)).toHaveLength(1)
    expect((await both.endUser(visitor.email))?.properties).toEqual({})
  })

  it('are rejected by a proxy that has never heard of them', async () => {
    const both = shared()
    const email = 'bob.erased@example.com'
    const visitor = createVisitor(both.base, { email })
    await visitor.act(pageView())
    await erase(email)
    const other = await startProxy(onTestFinished, { api: both.api.url, allowUnverified: true })
    const events = [pageView({ at: nowS() - 9 }), pageView({ at: nowS() - 8 })]
    expect(await createVisitor(other.base, { email }).act(...events)).toEqual([ERASED, ERASED])
    expect(await both.endUser(email)).toBeUndefined()
  })
})
