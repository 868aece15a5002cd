import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRateLimit } from '../../../src/client/rate-limit.js'

const now = Date.UTC(2024, 0, 1)
const parse = (headers: Record<string, string>) => parseRateLimit(new Headers(headers), now)

test('an answer that says nothing of a limit has none', () => {
  expect(parse({})).toBeUndefined()
  expect(parse({ 'x-rate-limit-limit': 'many', 'x-rate-limit-remaining': '-1' })).toBeUndefined()
})

test('a reset is seconds from now, or a time of the clock', () => {
  const limit = { 'x-rate-limit-limit': '100', 'x-rate-limit-remaining': '3' }
  const expected = { limit: 100, remaining: 3, resetAtMs: now + 30_000 }
  expect(parse({ ...limit, 'x-rate-limit-reset': '30' })).toEqual(expected)
  expect(parse({ ...limit, 'x-rate-limit-reset': String(now / 1_000 + 30) })).toEqual(expected)
  expect(parse(limit)).toEqual({ limit: 100, remaining: 3, resetAtMs: undefined })
})

test('no reset is in the past or more than an hour ahead', () => {
  fc.assert(
    fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), seconds => {
      const resetAtMs = parse({ 'x-rate-limit-reset': String(seconds) })?.resetAtMs
      if (resetAtMs === undefined) return
      expect(resetAtMs).toBeGreaterThanOrEqual(now)
      expect(resetAtMs).toBeLessThanOrEqual(now + 3_600_000)
    }),
  )
})
