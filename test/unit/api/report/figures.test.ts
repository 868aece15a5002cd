import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type ClassCounts,
  changeFigures,
  classCounts,
  percentile,
  scoreFigures,
} from '../../../../src/api/report/figures.js'

const counts = (promoters: number, passives: number, detractors: number): ClassCounts => ({
  promoters,
  passives,
  detractors,
})

test('the score is % promoters minus % detractors, with n and the classes', () => {
  expect(scoreFigures(counts(50, 30, 20))).toMatchObject({ n: 100, nps: 30, promoters: 50, detractors: 20 })
})

test('the interval is the adjusted Wald one', () => {
  // By hand: (50.75 − 20.75) / 103 ± 1.96 · √((0.4927 + 0.2015 − 0.2913²) / 103).
  const [low, high] = scoreFigures(counts(50, 30, 20)).interval ?? []
  expect(low).toBeCloseTo(14.051, 3)
  expect(high).toBeCloseTo(44.201, 3)
})

test('the interval never leaves ±100', () => {
  expect(scoreFigures(counts(10, 0, 0)).interval?.[1]).toBe(100)
  expect(scoreFigures(counts(0, 0, 10)).interval?.[0]).toBe(-100)
})

test('no responses have no score', () => {
  expect(scoreFigures(counts(0, 0, 0))).toMatchObject({ nps: null, interval: null, sufficiency: 'none' })
})

test.each([
  [9, 'none'],
  [10, 'few'],
  [29, 'few'],
  [30, 'enough'],
])('%i responses are enough for: %s', (n, sufficiency) => {
  expect(scoreFigures(counts(n, 0, 0)).sufficiency).toBe(sufficiency)
})

test('a change that n can not show is none', () => {
  expect(changeFigures(counts(40, 30, 30), counts(44, 30, 26)).verdict).toBe('none')
  expect(changeFigures(counts(400, 300, 300), counts(500, 300, 200)).verdict).toBe('up')
  expect(changeFigures(counts(500, 300, 200), counts(400, 300, 300)).verdict).toBe('down')
})

test('fewer than 30 responses are too few to compare', () => {
  expect(changeFigures(counts(29, 0, 0), counts(0, 0, 500)).verdict).toBe('too_few')
  expect(changeFigures(counts(0, 0, 0), counts(0, 0, 500))).toEqual({
    points: null,
    z: null,
    verdict: 'too_few',
  })
})

test('a change and its reverse differ in sign only', () => {
  const many = fc.integer({ min: 0, max: 5_000 })
  const sample = fc.tuple(many, many, many).map(([a, b, c]) => counts(a, b, c + 1))
  fc.assert(
    fc.property(sample, sample, (one, other) => {
      expect(changeFigures(one, other).z).toBeCloseTo(-(changeFigures(other, one).z ?? 0), 9)
    }),
  )
})

test('score and interval stay within bounds and in order', () => {
  const many = fc.integer({ min: 0, max: 100_000 })
  fc.assert(
    fc.property(many, many, many, (a, b, c) => {
      const { nps, interval } = scoreFigures(counts(a, b, c + 1))
      expect(Math.abs(nps ?? 0)).toBeLessThanOrEqual(100)
      const [low, high] = interval as [number, number]
      expect(low).toBeGreaterThanOrEqual(-100)
      expect(high).toBeLessThanOrEqual(100)
      expect(low).toBeLessThan(high)
    }),
  )
})

/** ln(n!), by n. */
const lnFactorials = [0]
for (let n = 1; n <= 50; n++) lnFactorials.push((lnFactorials[n - 1] ?? 0) + Math.log(n))

/** How probable it is that the interval of n responses holds the true score: every outcome is looked at. */
function exactCoverage(n: number, promoters: number, detractors: number): number {
  const ln = (k: number) => lnFactorials[k] ?? 0
  const shares = [promoters, Math.max(0, 1 - promoters - detractors), detractors]
  let coverage = 0
  for (let up = 0; up <= n; up++) {
    for (let down = 0; down <= n - up; down++) {
      const [low, high] = scoreFigures(counts(up, n - up - down, down)).interval ?? [0, 0]
      const score = (promoters - detractors) * 100
      if (score < low - 1e-9 || score > high + 1e-9) continue
      const outcome = [up, n - up - down, down]
      if (outcome.some((k, i) => k > 0 && (shares[i] ?? 0) < 1e-9)) continue
      const powers = outcome.map((k, i) => (k === 0 ? 0 : k * Math.log(shares[i] ?? 0)))
      const lnChance = ln(n) + outcome.reduce((sum, k, i) => sum - ln(k) + (powers[i] ?? 0), 0)
      coverage += Math.exp(lnChance)
    }
  }
  return coverage
}

/** Coverage over a grid of true shares in twentieths, each class `least` of them at least. */
function coverages(n: number, least: number): number[] {
  const found: number[] = []
  for (let up = least; up <= 20 - 2 * least; up++)
    for (let down = least; down <= 20 - up - least; down++) found.push(exactCoverage(n, up / 20, down / 20))
  return found
}

// At the edges, where a class is all but missing, single points cover less (0.87 at n = 10), as every interval of so small
// a sample does somewhere; the usual Wald interval covers 0.65 to 0.90 there.
test.each([10, 11, 12, 15, 20, 30, 50])('the interval of %i responses covers the true score', n => {
  const everywhere = coverages(n, 0)
  expect(everywhere.reduce((a, b) => a + b) / everywhere.length).toBeGreaterThanOrEqual(0.945)
  expect(Math.min(...coverages(n, 3))).toBeGreaterThanOrEqual(0.93)
})

test('classes are sums of the distribution', () => {
  expect(classCounts([1, 1, 1, 1, 1, 1, 1, 10, 10, 100, 100])).toEqual(counts(200, 20, 7))
})

test('percentiles are values by the nearest rank', () => {
  expect(percentile([], 50)).toBeUndefined()
  expect([50, 95, 100].map(percent => percentile([1, 2, 3, 4], percent))).toEqual([2, 4, 4])
})
