import { expect, test } from 'vitest'
import type { ReportAnswer, ShareAnswer } from '../../../../src/wire/report.js'
import { createCaller } from '../../../support/api-caller.js'
import type { ContractContext } from '../../api/suites/contract-context.js'

export function shareSuite(context: ContractContext): void {
  const QUERY = {
    date: { start: '2026-01-01', end: '2026-06-30' },
    properties: { plan: 'team' },
    by: 'country',
  }

  const share = async (json: object = QUERY) => {
    const { body, status } = await context.caller.post<ShareAnswer>('/v1/report/shares', json)
    expect(status).toBe(201)
    return { ...body, reader: createCaller(context.url, body.token, context.send) }
  }

  test('a share shows what it was made of, whatever its reader asks', async () => {
    const { reader } = await share()
    const query = 'date[start]=2026-01-01&date[end]=2026-06-30&properties[plan]=team'
    const owner = await context.caller.get<ReportAnswer>(`/v1/report?${query}`)
    expect((await reader.get('/v1/report')).body).toEqual(owner.body)
    expect((await reader.get('/v1/report?date[start]=2020-01-01&properties[plan]=starter')).body).toEqual(
      owner.body,
    )
    const segments = await context.caller.get(`/v1/report/segments?${query}&by=country`)
    expect((await reader.get('/v1/report/segments?by=plan')).body).toEqual(segments.body)
    expect((await reader.get('/v1/report/series?unit=month')).status).toBe(200)
  })

  test.each([
    '/v1/report/comments',
    '/v1/report/dimensions',
    '/v1/report/settings',
    '/v1/responses',
    '/v1/end_users',
  ])('a share does not open %s', async path => {
    const { reader } = await share()
    expect((await reader.get(path)).status).toBe(401)
  })

  test('a share can not make another one', async () => {
    const { reader } = await share()
    expect((await reader.post('/v1/report/shares')).status).toBe(401)
  })

  test('a share whose token was altered is none', async () => {
    const { token } = await share()
    const [head, body = '', signature] = token.split('.')
    const other = Buffer.from(Buffer.from(body, 'base64url').toString().replace('team', 'free')).toString(
      'base64url',
    )
    for (const forged of [
      `${head}.${other}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      'share.',
      'share..',
    ])
      expect((await createCaller(context.url, forged, context.send).get('/v1/report')).status).toBe(401)
  })

  test.each([0, 367, 1.5, 'soon'])('a share for %s days is refused', async days => {
    const { status } = await context.caller.post('/v1/report/shares', { days })
    expect(status).toBe(400)
  })
}
