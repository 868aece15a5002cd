import { NPS_CLASSES } from '../../domain/nps-class.js'
/** How many of each class there are; together they are all responses. */
export interface ClassCounts {
  /** Scores 9 and 10. */
  promoters: number
  /** Scores 7 and 8. */
  passives: number
  /** Scores 0 to 6. */
  detractors: number
}

/**
 * What a number of responses allows to be said: below 10 no score at all, below 30 none that is compared with another.
 */
export type Sufficiency = 'none' | 'few' | 'enough'

/** The score of some responses, with how far it can be relied on. All scores are from −100 to 100. */
export interface ScoreFigures extends ClassCounts {
  n: number
  /** % promoters − % detractors; null where there are no responses. */
  nps: number | null
  /** 95 % interval; null where there are no responses. */
  interval: [low: number, high: number] | null
  sufficiency: Sufficiency
}

/** How the score of one period differs from that of another. */
export interface ChangeFigures {
  /** In points; null where one of the two has no responses. */
  points: number | null
  /** z of the difference; null as above. */
  z: number | null
  /** `too_few` where one of the two has less than 30 responses; `none` where n can show no change. */
  verdict: 'up' | 'down' | 'none' | 'too_few'
}

/** Fewer than this, and there is no headline. */
const MIN_HEADLINE = 10
/** Fewer than this, and there is no comparison. */
const MIN_COMPARISON = 30

/** The standard normal distribution's 97.5th percentile. */
const Z_95 = 1.959963984540054

/** What is added before the interval is computed: Rocks (2016), "Interval Estimation for the Net Promoter Score". */
const ADDED = { promoters: 0.75, detractors: 0.75, n: 3 }

/** Score and variance, as fractions, after the adjustment. */
function adjust({ promoters, passives, detractors }: ClassCounts) {
  const n = promoters + passives + detractors + ADDED.n
  const up = (promoters + ADDED.promoters) / n
  const down = (detractors + ADDED.detractors) / n
  const score = up - down
  return { score, variance: (up + down - score ** 2) / n }
}

const clip = (score: number): number => Math.min(100, Math.max(-100, score))

const sufficiencyOf = (n: number): Sufficiency =>
  n < MIN_HEADLINE ? 'none' : n < MIN_COMPARISON ? 'few' : 'enough'

/** The score with its 95 % interval by the adjusted Wald method, clipped to ±100. */
export function scoreFigures(counts: ClassCounts): ScoreFigures {
  const { promoters, passives, detractors } = counts
  const n = promoters + passives + detractors
  const classes = { promoters, passives, detractors }
  if (n === 0) return { n, ...classes, nps: null, interval: null, sufficiency: 'none' }
  const { score, variance } = adjust(counts)
  const margin = Z_95 * Math.sqrt(variance)
  return {
    n,
    ...classes,
    nps: ((promoters - detractors) / n) * 100,
    interval: [clip((score - margin) * 100), clip((score + margin) * 100)],
    sufficiency: sufficiencyOf(n),
  }
}

/** The change from `earlier` to `later`. */
export function changeFigures(earlier: ClassCounts, later: ClassCounts): ChangeFigures {
  const [before, after] = [scoreFigures(earlier), scoreFigures(later)]
  if (before.nps === null || after.nps === null) return { points: null, z: null, verdict: 'too_few' }
  const [from, to] = [adjust(earlier), adjust(later)]
  const z = (to.score - from.score) / Math.sqrt(from.variance + to.variance)
  const points = after.nps - before.nps
  if (Math.min(before.n, after.n) < MIN_COMPARISON) return { points, z, verdict: 'too_few' }
  return { points, z, verdict: Math.abs(z) < Z_95 ? 'none' : z > 0 ? 'up' : 'down' }
}

/** The classes of a distribution: how many responses have the score of each place, 0 to 10. */
export function classCounts(distribution: readonly number[]): ClassCounts {
  const sum = ([least, most]: readonly [number, number]) =>
    distribution.slice(least, most + 1).reduce((a, b) => a + b, 0)
  const { detractors, passives, promoters } = NPS_CLASSES
  return { detractors: sum(detractors), passives: sum(passives), promoters: sum(promoters) }
}

/**
 * A percentile by the nearest rank, of values in ascending order.
 *
 * @returns undefined where there are no values
 */
export const percentile = (sorted: readonly number[], percent: number): number | undefined =>
  sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
