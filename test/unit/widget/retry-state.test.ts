import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterFailure, afterSuccess, batchLimit } from '../../../src/widget/retry-state.js'
import type { State } from '../../../src/widget/state.js'

const state = (part: Partial<State> = {}): State => ({
  anonymousId: 'a',
  known: {},
  dead: 0,
  attempts: 0,
  notBeforeMs: 0,
  suspects: 0,
  leaseUntilMs: 0,
  ...part,
})
const failure = (status: number, retryAfter: string | null = null) => ({ status, retryAfter })
const waitOf = (next: ReturnType<typeof afterFailure>) => next.notBeforeMs - Date.now()

describe('after a failed request', () => {
  it.each([0, 408, 409, 423, 425, 429, 500, 503])('%d is tried again, ever more slowly', status => {
    for (const attempts of [0, 3, 50]) {
      const next = afterFailure(state({ attempts }), failure(status), 20)
      expect(next).toMatchObject({ attempts: attempts + 1 })
      expect(waitOf(next)).toBeLessThanOrEqual(Math.min(300_000, 2_000 * 2 ** attempts))
    }
  })

  it.each([401, 403, 404, 405])('%d is a fault of deployment: kept, and tried slowly', status => {
    expect(waitOf(afterFailure(state(), failure(status), 20))).toBeGreaterThan(140_000)
  })

  it('waits for as long as the server asks', () => {
    expect(waitOf(afterFailure(state(), failure(503, '60'), 20))).toBeGreaterThan(59_000)
    expect(waitOf(afterFailure(state(), failure(429, 'garbage'), 20))).toBeLessThanOrEqual(2_000)
  })

  it('a refusal of an empty batch is tried again, since there is no event to suspect', () => {
    expect(afterFailure(state(), failure(422), 0)).toMatchObject({ attempts: 1 })
  })

  it.each([400, 413, 422])('%d for a batch finds the one culprit in at most 11 requests', status => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), (size, seed) => {
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
            const next = afterFailure(current, failure(status), batch.length)
            if (batch.length === 1 && !next.attempts) {
              buried.push(...batch)
              waiting = waiting.slice(1)
            }
            current = state(next)
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
    )
  })
})
