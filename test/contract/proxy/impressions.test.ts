import { describe, expect, it, onTestFinished } from 'vitest'
import type { CommentsAnswer, RatesAnswer, ReportAnswer } from '../../../src/wire/report.js'
import { decline, impression, response } from '../../support/events.js'
import { memoryApi } from '../../support/memory-upstream.js'
import { type Script, startScriptedServer } from '../../support/scripted-server.js'
import { createVisitor, DONE, startBoth, startProxy } from '../../support/start-proxy.js'

const SURVEY = {
  form: 'popover',
  language: 'de',
  wording: 'k3x9',
  version: '0.1.0',
  device: 'phone',
} as const
const DAY_S = 86_400

async function setUp(options: Parameters<typeof startBoth>[1] = {}) {
  const both = await startBoth(onTestFinished, options)
  const ratesOf = async (query = ''): Promise<RatesAnswer> =>
    (await both.caller.get<ReportAnswer>(`/v1/report?${query}`)).body.rates
  return { ...both, visitor: createVisitor(both.base), ratesOf }
}

/** A proxy before an API that answers impressions so. */
async function setUpOther(answer: NonNullable<Script['api']>) {
  const memory = memoryApi()
  const asked: string[] = []
  const upstream = await startScriptedServer({
    api: (request, ...rest) => {
      if (!request.path.endsWith('/impressions')) return memory.handle(request)
      asked.push(request.path)
      return answer(request, ...rest)
    },
  })
  const { base, proxy } = await startProxy(onTestFinished, { api: upstream.url })
  return { memory, asked, proxy, visitor: createVisitor(base) }
}

describe('an impression', () => {
  it('is recorded once an invitation, before or after what comes of it', async () => {
    const { visitor, ratesOf } = await setUp()
    const ticket = await visitor.invite()
    const first = impression({ ticket, survey: SURVEY })
    expect(await visitor.act(first, impression({ ticket, survey: SURVEY }))).toEqual([DONE, DONE])
    expect(await ratesOf()).toEqual({ shown: 1, answered: 0, closed: 0, neither: 1 })
    expect(await visitor.act(response({ ticket, survey: SURVEY }))).toEqual([DONE])
    expect(await visitor.act({ ...first, tried: true })).toEqual([{ status: 'duplicate' }])
    expect(await ratesOf()).toEqual({ shown: 1, answered: 1, closed: 0, neither: 0 })
    expect(await ratesOf('form=popover&language=de&device=phone&level=anonymous')).toMatchObject({ shown: 1 })
    expect(await ratesOf('form=bar')).toMatchObject({ shown: 0 })
  })

  it('finds its outcome also where it comes last, as in one batch with it', async () => {
    const { base, visitor, ratesOf } = await setUp()
    const ticket = await visitor.invite()
    expect(await visitor.act(impression({ ticket }), decline({ ticket }))).toEqual([DONE, DONE])
    const other = createVisitor(base)
    const invitation = await other.invite()
    expect(await other.act(response({ ticket: invitation }))).toEqual([DONE])
    expect(await other.act(impression({ ticket: invitation }))).toEqual([DONE])
    expect(await ratesOf()).toEqual({ shown: 2, answered: 1, closed: 1, neither: 0 })
  })

  it('adds up: shown is answered, closed and neither, to the unit', async () => {
    const { base, ratesOf } = await setUp()
    const acts = [
      ...Array.from({ length: 5 }, () => response),
      ...Array.from({ length: 3 }, () => decline),
      ...Array.from({ length: 4 }, () => undefined),
    ]
    await Promise.all(
      acts.map(async act => {
        const visitor = createVisitor(base)
        const ticket = await visitor.invite()
        await visitor.act(impression({ ticket }))
        if (act) await visitor.act(act({ ticket }))
      }),
    )
    expect(await ratesOf()).toEqual({ shown: 12, answered: 5, closed: 3, neither: 4 })
  })

  it('needs the ticket of a yes to count, and is passed over without one', async () => {
    const { visitor, proxy, ratesOf } = await setUp()
    const { ticket } = await visitor.send()
    expect(await visitor.act(impression({ ticket }))).toEqual([DONE])
    expect(await ratesOf()).toMatchObject({ shown: 0 })
    expect(proxy.metrics()).toContain('zeroten_impressions_unsupported_total 1')
  })

  it('is refused of a visitor who, by the host’s own record, has refused consent', async () => {
    const { base, visitor } = await setUp({ consent: () => false })
    const other = createVisitor(base)
    expect(await other.act(impression())).toMatchObject([{ status: 'rejected', reason: 'consent_refused' }])
    expect(await visitor.act(impression())).toMatchObject([{ status: 'rejected', reason: 'consent_refused' }])
  })

  it.each([400, 404, 405, 422])('is dropped and counted where the API answers %d', async status => {
    const { memory, asked, proxy, visitor } = await setUpOther(() => ({ status }))
    const ticket = await visitor.invite()
    expect(await visitor.act(impression({ ticket }), response({ ticket }))).toEqual([DONE, DONE])
    expect(memory.records.responses).toHaveLength(1)
    expect(await visitor.act(impression({ ticket }))).toEqual([DONE])
    expect(asked).toHaveLength(status === 404 ? 1 : 2)
    expect(proxy.metrics()).toContain('zeroten_impressions_unsupported_total 2')
  })

  it('waits where the API is down', async () => {
    const { visitor } = await setUpOther(() => ({ status: 503 }))
    const ticket = await visitor.invite()
    expect(await visitor.act(impression({ ticket }))).toMatchObject([{ status: 'retry', reason: 'upstream' }])
  })
})

describe('what is known of a survey', () => {
  it('is kept with its response', async () => {
    const { visitor, caller } = await setUp()
    const ticket = await visitor.invite()
    await visitor.act(response({ ticket, text: 'words', survey: SURVEY }))
    const { body } = await caller.get<CommentsAnswer>('/v1/report/comments')
    const { form, language, device } = SURVEY
    expect(body.comments).toMatchObject([{ form, language, device, level: 'anonymous' }])
  })

  it('is left out, field by field, where it is wrong', async () => {
    const { visitor, caller } = await setUp()
    const ticket = await visitor.invite()
    const survey = { ...SURVEY, form: 'banner', version: 'x'.repeat(200), language: { $ne: 1 } } as never
    expect(await visitor.act(response({ ticket, text: 'words', survey }))).toEqual([DONE])
    const { body } = await caller.get<CommentsAnswer>('/v1/report/comments')
    expect(body.comments).toMatchObject([{ form: '', language: '', device: 'phone' }])
  })
})

describe('a survey that was ignored', () => {
  it('keeps the next one off as a decline does, and is no record but a property', async () => {
    let nowMs = Date.now()
    const { visitor, ratesOf, endUser, declines } = await setUp({ now: () => nowMs })
    const ticket = await visitor.invite()
    const at = Math.floor(nowMs / 1_000)
    await visitor.act(impression({ ticket }))
    expect(await visitor.act(impression({ ticket, ignored: true, at }))).toEqual([DONE])
    expect((await visitor.ask()).survey).toBe(false)
    expect((await endUser(visitor.email))?.properties).toEqual({ zeroten_ignored_at: at })
    expect(await declines(visitor.email)).toEqual([])
    expect(await ratesOf()).toEqual({ shown: 1, answered: 0, closed: 0, neither: 1 })
    nowMs += 31 * DAY_S * 1_000
    expect((await visitor.ask()).survey).toBe(true)
  })
})
