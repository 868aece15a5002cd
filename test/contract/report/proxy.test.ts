import { expect, onTestFinished, test } from 'vitest'
import type { ReportAnswer } from '../../../src/wire/report.js'
import { response } from '../../support/events.js'
import { callerOf, startApi } from '../../support/start-api.js'
import { createVisitor, startProxy } from '../../support/start-proxy.js'

test('the proxy tells how a visitor was known', async () => {
  const api = await startApi(onTestFinished)
  const { base } = await startProxy(onTestFinished, { api: api.url })
  const visitor = createVisitor(base)
  await visitor.act(response({ ticket: await visitor.invite() }))
  const caller = await callerOf(api)
  const report = async (query: string) => (await caller.get<ReportAnswer>(`/v1/report?${query}`)).body.score.n
  expect(await report('level=anonymous')).toBe(1)
  expect(await report('level=proven')).toBe(0)
})
