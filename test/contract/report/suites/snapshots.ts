import { expect, test } from 'vitest'
import type { Impression, ReportAnswer } from '../../../../src/wire/report.js'
import type { ContractContext } from '../../api/suites/contract-context.js'

export function snapshotSuite(context: ContractContext): void {
  const shown = (link: string) => ({ survey: { unique_link: link, form: 'popover' } })

  test('an invitation has one impression, however often it is told', async () => {
    const caller = await context.newAccount()
    const { id } = await caller.newEndUser()
    const path = `/v1/end_users/${id}/impressions`
    const first = await caller.post<Impression>(path, shown('a'))
    expect(first.status).toBe(201)
    expect((await caller.post<Impression>(path, shown('a'))).body.id).toBe(first.body.id)
    await caller.post(path, shown('b'))
    const { body } = await caller.get<ReportAnswer>('/v1/report')
    expect(body.rates).toEqual({ shown: 2, answered: 0, closed: 0, neither: 2 })
  })

  test.each([{}, { survey: {} }, { survey: { unique_link: '' } }, { survey: 'x' }])(
    'an impression without an invitation is refused: %j',
    async json => {
      const caller = await context.newAccount()
      const { id } = await caller.newEndUser()
      expect((await caller.post(`/v1/end_users/${id}/impressions`, json)).status).toBe(400)
      expect((await caller.post('/v1/end_users/999999999/impressions', shown('a'))).status).toBe(404)
    },
  )
}
