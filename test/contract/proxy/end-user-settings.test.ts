import { randomUUID } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pageView } from '../../support/events.js'
import { startScriptedServer } from '../../support/scripted-server.js'
import { createVisitor, DONE, startProxy, useBoth } from '../../support/start-proxy.js'
import { isFind, toyApi } from '../../support/toy-upstream.js'

describe('an end user’s settings upstream', () => {
  const shared = useBoth({ allowImmediate: true })

  it.each([
    ['asks who was never taken out', {}, true],
    ['does not ask who is not to be asked on pages', { web_nps: false }, false],
    ['does not ask who took themselves out', { surveys_disabled_by_end_user: true }, false],
    ['asks who is only not asked by e-mail', { email_nps: false }, true],
  ])('decide: the proxy %s', async (_, settings, survey) => {
    const { base, caller, endUser } = shared()
    const visitor = createVisitor(base)
    expect(await visitor.act(pageView())).toEqual([DONE])
    const path = `/v1/end_users/${(await endUser(visitor.email))?.id}/settings`
    expect((await caller.put(path, settings)).status).toBe(200)
    expect((await visitor.ask()).survey).toBe(survey)
    expect((await visitor.ask({ survey_immediately: true })).survey).toBe(survey)
  })

  const NOW = '2026-01-02 03:04:05'
  const ADA = { id: 7, created_at: NOW, updated_at: NOW, last_surveyed: null, external_created_at: null }

  it('are looked for once where upstream has none, and anybody is asked', async () => {
    const api = toyApi()
    const upstream = await startScriptedServer({
      api: request => {
        const email = request.query.get('email')
        if (isFind(request) && email) return { json: [{ ...ADA, email, properties: {} }] }
        return request.path.endsWith('/settings') ? { status: 404 } : api(request)
      },
    })
    const { base } = await startProxy(onTestFinished, { api: upstream.url })
    for (let n = 0; n < 3; n++)
      expect((await createVisitor(base, { anonymous_id: randomUUID() }).ask()).survey).toBe(true)
    expect(upstream.apiRequests().filter(({ path }) => path.endsWith('/settings'))).toHaveLength(1)
  })
})
