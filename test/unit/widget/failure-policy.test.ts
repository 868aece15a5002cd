import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  afterSuccess,
  batchLimit,
  planAfterFailure,
  type RetryState,
} from '../../../src/widget/courier/failure-policy.js'

const state = (part: Partial<RetryState> = {}): RetryState => ({
  attempts: 0,
  notBeforeMs: 0,
  suspects: 0,
  ...part,
})

/** After a request of so many events that was answered with this status. @returns how long to wait, and for whom */
const failWith = async (
  status: number,
  { retryAfter = null as string | null, sent = 20, from = state(), isOpen = false } = {},
) => {
  let plan = planAfterFailure({ status, retryAfter }, from, sent)
  if (plan.probe) plan = planAfterFailure({ status, retryAfter }, from, sent, isOpen)
  const { deadLetter, ...next } = plan
  return { next, buried: deadLetter ? ['event-0'] : [], waitMs: next.notBeforeMs - Date.now() }
}

describe('after a failed request', () => {
  it.each([408, 409, 423, 425, 429, 500, 503])('%d is tried again, ever more slowly', async status => {
    for (const attempts of [0, 3, 50]) {
      const { next, waitMs } = await failWith(status, { from: state({ attempts }) })
      expect(next).toMatchObject({ attempts: attempts + 1 })
      expect(waitMs).toBeLessThanOrEqual(Math.min(300_000, 2_000 * 2 ** attempts))
    }
  })

  it('none is tried again as slowly as that where there was no answer', () => {
    const waits = [0, 3, 50].map(attempts => {
      const next = planAfterFailure({ status: 0 }, state({ attempts }), 20)
      expect(next).toMatchObject({ attempts: attempts + 1 })
      return next.notBeforeMs - Date.now()
    })
    expect(waits[0]).toBeLessThanOrEqual(2_000)
    expect(waits[1]).toBeLessThanOrEqual(16_000)
    expect(waits[2]).toBeLessThanOrEqual(300_000)
  })

  it.each([401, 403, 404, 405])('%d is a fault of deployment: kept, and tried slowly', async status => {
    expect((await failWith(status)).waitMs).toBeGreaterThan(140_000)
  })

  it('403 time and again is a firewall’s where an empty batch passes, and looked for like any culprit', async () => {
    const sixth = state({ attempts: 5 })
    expect((await failWith(403, { from: sixth, isOpen: true })).next).toMatchObject({ suspects: 20 })
    expect((await failWith(403, { from: sixth, isOpen: true, sent: 1 })).next).toMatchObject({ suspects: 1 })
    expect((await failWith(403, { from: state({ suspects: 1 }), isOpen: true, sent: 1 })).buried).toEqual([
      'event-0',
    ])
    const halved = await failWith(403, { from: state({ suspects: 20 }), isOpen: true, sent: 10 })
    expect(halved.next).toEqual({ attempts: 0, notBeforeMs: 0, suspects: 10 })
    expect((await failWith(403, { from: state({ attempts: 4 }), isOpen: true })).waitMs).toBeGreaterThan(
      140_000,
    )
    const shut = await failWith(403, { from: state({ suspects: 1 }), sent: 1 })
    expect(shut.buried).toEqual([])
    expect(shut.waitMs).toBeGreaterThan(140_000)
  })

  it('waits for as long as the server asks', async () => {
    expect((await failWith(503, { retryAfter: '60' })).waitMs).toBeGreaterThan(59_000)
    expect((await failWith(429, { retryAfter: 'garbage' })).waitMs).toBeLessThanOrEqual(2_000)
  })

  it('a refusal of an empty batch is tried again, since there is no event to suspect', async () => {
    expect((await failWith(422, { sent: 0 })).next).toMatchObject({ attempts: 1 })
  })

  it('what was refused alone is buried at the second time that an empty batch passes, and kept where none does', async () => {
    const first = await failWith(422, { sent: 1, isOpen: true })
    expect(first.buried).toEqual([])
    expect(first.next).toEqual({ attempts: 0, notBeforeMs: 0, suspects: 1 })
    const open = await failWith(422, { from: state({ suspects: 1 }), sent: 1, isOpen: true })
    expect(open.buried).toEqual(['event-0'])
    expect(open.next).toEqual({ attempts: 0, notBeforeMs: 0, suspects: 0 })
    const shut = await failWith(422, { sent: 1 })
    expect(shut.buried).toEqual([])
    expect(shut.next).toMatchObject({ attempts: 1 })
  })

  it.each([400, 413, 422])('%d for a batch finds the one culprit in at most 11 requests', status =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.nat(), async (size, seed) => {
        const culprit = seed % size
        let waiting = Array.from({ length: size }, (_, index) => index)
        const delivered: number[] = []
        const buried: number[] = []
        let current = state()
        let requests = 0
        while (waiting.length) {
          const batch = waiting.slice(0, batchLimit(current, 20))
          requests++
          if (batch.includes(culprit)) {
            const result = await failWith(status, { from: current, sent: batch.length, isOpen: true })
            // With the empty batch that told.
            if (batch.length === 1) requests++
            if (result.buried.length) {
              buried.push(...batch)
              waiting = waiting.slice(1)
            }
            current = state(result.next)
          } else {
            delivered.push(...batch)
            waiting = waiting.slice(batch.length)
            current = state(afterSuccess(current, batch.length))
          }
        }
        expect(buried).toEqual([culprit])
        expect(delivered).toHaveLength(size - 1)
        expect(requests).toBeLessThanOrEqual(11)
      }),
    ),
  )
})
