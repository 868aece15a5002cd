import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoff } from '../../../src/http/backoff.js'

const ceiling = (attempt: number) =>
  backoff(attempt, { baseMs: 500, maxMs: 60_000, random: () => 1 - Number.EPSILON })

test('the ceiling doubles with every attempt, up to the last one', () => {
  expect([1, 2, 3, 7, 8, 9, 5_000].map(attempt => Math.round(ceiling(attempt)))).toEqual([
    500, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000,
  ])
})

test('the wait is anywhere from nothing to the ceiling', () => {
  const options = { baseMs: 500, maxMs: 60_000 }
  expect(backoff(3, { ...options, random: () => 0 })).toBe(0)
  expect(backoff(3, { ...options, random: () => 0.5 })).toBe(1_000)
})

test('no attempt and no luck gives a wait outside its bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, luck) => {
        const ms = backoff(attempt, { baseMs: 1_000, maxMs: 3_600_000, random: () => luck })
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(ms).toBeLessThan(3_600_000)
      },
    ),
  )
})
