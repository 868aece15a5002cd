import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CommentsAnswer, ReportAnswer } from '../../../../src/wire/report.js'
import type { Impression, ResponseRecord } from '../../../../src/wire/v1.js'
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

  test('a response keeps the properties of its moment, and what its survey said', async () => {
    const caller = await context.newAccount()
    const { id } = await caller.newEndUser({ properties: { plan: 'starter', seats: 3 } })
    const survey = {
      language: 'de',
      form: 'bar',
      level: 'proven',
      device: 'phone',
      version: '0.2.0',
      wording: 'abc',
    }
    await caller.post(`/v1/end_users/${id}/responses`, { ...RESPONSE, text: 'words', survey })
    await caller.put(`/v1/end_users/${id}`, { properties: { plan: 'team' } })
    const { body } = await caller.get<CommentsAnswer>('/v1/report/comments')
    expect(body.comments[0]).toMatchObject({
      properties: { plan: 'starter', seats: 3 },
      language: 'de',
      form: 'bar',
      level: 'proven',
      device: 'phone',
    })
    const starters = await caller.get<ReportAnswer>(
      '/v1/report?properties[plan]=starter&level=proven&form=bar',
    )
    expect(starters.body.score.n).toBe(1)
    expect((await caller.get<ReportAnswer>('/v1/report?properties[plan]=team')).body.score.n).toBe(0)
    expect((await caller.get<ReportAnswer>('/v1/report?properties[seats]=3')).body.score.n).toBe(1)
  })

  test.each([
    ['before', 'response'],
    ['after', 'response'],
    ['before', 'decline'],
    ['after', 'decline'],
  ])('an impression that comes %s its %s knows of it', async (order, kind) => {
    const caller = await context.newAccount()
    const { id } = await caller.newEndUser()
    const act = () =>
      caller.post(`/v1/end_users/${id}/${kind}s`, { ...RESPONSE, survey: { unique_link: 'a' } })
    const show = () => caller.post(`/v1/end_users/${id}/impressions`, shown('a'))
    for (const step of order === 'before' ? [show, act] : [act, show]) expect((await step()).status).toBe(201)
    const { body } = await caller.get<ReportAnswer>('/v1/report')
    expect(body.rates).toEqual({
      shown: 1,
      answered: kind === 'response' ? 1 : 0,
      closed: kind === 'decline' ? 1 : 0,
      neither: 0,
    })
  })

  test('impressions and responses that come at once miss each other never', async () => {
    const caller = await context.newAccount()
    const { id } = await caller.newEndUser()
    const links = Array.from({ length: 20 }, (_, i) => `link-${i}`)
    const posted = await Promise.all(
      links.flatMap(link => [
        caller.post(`/v1/end_users/${id}/impressions`, shown(link)),
        caller.post(`/v1/end_users/${id}/responses`, { ...RESPONSE, survey: { unique_link: link } }),
      ]),
    )
    expect(posted.map(({ status }) => status)).toEqual(posted.map(() => 201))
    const { body } = await caller.get<ReportAnswer>('/v1/report')
    expect(body.rates).toEqual({ shown: 20, answered: 20, closed: 0, neither: 0 })
  })

  test('a response that is changed, excluded or deleted changes the figures', async () => {
    const caller = await context.newAccount()
    const { id } = await caller.newEndUser({ properties: { plan: 'team' } })
    const path = `/v1/end_users/${id}/responses`
    const score = async (query = '') => (await caller.get<ReportAnswer>(`/v1/report?${query}`)).body.score
    const survey = { unique_link: 'once' }
    const first = await caller.post<ResponseRecord>(path, { ...RESPONSE, score: 3, survey, priority: 1 })
    expect(await score('text=without')).toMatchObject({ n: 1, detractors: 1 })
    await caller.post(path, { ...RESPONSE, score: 10, text: 'better', survey, priority: 2 })
    expect(await score('text=with')).toMatchObject({ n: 1, promoters: 1 })
    expect(await score('properties[plan]=team')).toMatchObject({ n: 1, promoters: 1 })
    await caller.put(`/v1/responses/${first.body.id}`, { excluded_from_calculations: true })
    expect((await score()).n).toBe(0)
    expect((await score('properties[plan]=team')).n).toBe(0)
    await caller.put(`/v1/responses/${first.body.id}`, { excluded_from_calculations: false })
    expect((await score('properties[plan]=team')).n).toBe(1)
    await caller.delete(`${path}/${first.body.id}`)
    expect((await score()).n).toBe(0)
    expect((await score('properties[plan]=team')).n).toBe(0)
  })

  test('figures equal the records after a random history', async () => {
    const scores = fc.integer({ min: 0, max: 10 })
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('respond' as const),
          score: scores,
          plan: fc.constantFrom('a', 'b'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constantFrom('exclude', 'include', 'delete', 'forget'),
          which: fc.nat(),
        }),
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async steps => {
        const caller = await context.newAccount()
        const users = {
          a: await caller.newEndUser({ properties: { plan: 'a' } }),
          b: await caller.newEndUser({ properties: { plan: 'b' } }),
        }
        let model: { id: number; score: number; plan: 'a' | 'b'; excluded: boolean }[] = []
        const gone = new Set<string>()
        for (const one of steps) {
          if ('score' in one) {
            if (gone.has(one.plan)) continue
            const { body } = await caller.post<ResponseRecord>(
              `/v1/end_users/${users[one.plan].id}/responses`,
              {
                ...RESPONSE,
                score: one.score,
              },
            )
            model.push({ id: body.id, score: one.score, plan: one.plan, excluded: false })
            continue
          }
          const target = model[one.which % Math.max(1, model.length)]
          if (!target) continue
          if (one.kind === 'delete') {
            await caller.delete(`/v1/responses/${target.id}`)
            model = model.filter(({ id }) => id !== target.id)
          } else if (one.kind === 'forget') {
            await caller.delete(`/v1/end_users/${users[target.plan].id}`)
            gone.add(target.plan)
            model = model.filter(({ plan }) => plan !== target.plan)
          } else {
            target.excluded = one.kind === 'exclude'
            await caller.put(`/v1/responses/${target.id}`, { excluded_from_calculations: target.excluded })
          }
        }
        for (const plan of ['a', 'b', undefined]) {
          const kept = model.filter(one => !one.excluded && (plan === undefined || one.plan === plan))
          const expected = Array.from(
            { length: 11 },
            (_, score) => kept.filter(one => one.score === score).length,
          )
          const query = plan === undefined ? '' : `?properties[plan]=${plan}`
          const { body } = await caller.get<ReportAnswer>(`/v1/report${query}`)
          expect(body.distribution).toEqual(expected)
        }
      }),
      { numRuns: 6 },
    )
  })
}

const RESPONSE = { score: 9, origin_url: 'https://example.com/' }
