import { describe, expect, it, onTestFinished } from 'vitest'
import type { DeclineEvent, EventResult, IdentityClaim, ResponseEvent } from '../../../src/wire/delivery.js'
import { decline, response } from '../../support/events.js'
import { createVisitor, startProxy, useBoth } from '../../support/start-proxy.js'

const PROXIES = 4
const VISITORS = 8
const isTaken = ({ status }: EventResult) => status === 'done' || status === 'duplicate'

/** Until it is decided, as the widget does. */
async function bring(
  base: string,
  identity: IdentityClaim,
  event: ResponseEvent | DeclineEvent,
): Promise<EventResult> {
  const [result] = await createVisitor(base, identity).act(event)
  return result && result.status !== 'retry' ? result : bring(base, identity, { ...event, tried: true })
}

describe('four proxies before one API that honours keys', () => {
  const shared = useBoth()

  async function setUp() {
    const timeouts = { upstream: 20_000, request: 40_000 }
    const options = { api: shared().api.url, allowImmediate: true, timeouts }
    const proxies = await Promise.all(
      Array.from({ length: PROXIES }, () => startProxy(onTestFinished, options)),
    )
    const visitors = Array.from({ length: VISITORS }, () => createVisitor(proxies[0]?.base ?? ''))
    return { bases: proxies.map(({ base }) => base), visitors }
  }

  it.each([
    ['an invitation', {}],
    ['an invitation for testing', { survey_immediately: true }],
  ] as const)('make one record of %s, whatever answers come to each of them at once', async (_, ask) => {
    const { bases, visitors } = await setUp()
    const work = visitors.map(async ({ identity, email, invite }) => {
      const ticket = await invite(ask)
      const answers = bases.map((_, n) => (n === 3 ? decline({ ticket }) : response({ ticket, score: n })))
      const results = await Promise.all(answers.map((event, n) => bring(bases[n] ?? '', identity, event)))
      const records = [...(await shared().responses(email)), ...(await shared().declines(email))]
      expect(records).toHaveLength(1)
      expect(results.filter(isTaken)).toHaveLength(1)
      const others = results.filter(result => !isTaken(result))
      expect(others).toEqual(others.map(() => ({ status: 'rejected', reason: 'already_answered' })))
    })
    await Promise.all(work)
  })

  it('make one record of one response that is brought to all of them, and each has it', async () => {
    const { bases, visitors } = await setUp()
    const work = visitors.map(async ({ identity, email, invite }) => {
      const event = response({ ticket: await invite() })
      for (let n = 0; n < 2; n++) {
        const results = await Promise.all(bases.map(base => bring(base, identity, event)))
        expect(results.filter(isTaken)).toHaveLength(PROXIES)
      }
      expect(await shared().responses(email)).toHaveLength(1)
    })
    await Promise.all(work)
  })
})
