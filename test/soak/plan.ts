/** What a seed decides: acts and faults, in streams that do not depend on one another or on what the machine does. */

export type Random = () => number

/** Uniform in [0, 1) (mulberry32), a stream of its own for each name. */
export function createRandom(seed: number, stream: string): Random {
  let state = seed
  for (const character of stream) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const between = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1))

/** One of these names, in proportion to its weight. */
export function choose<T extends string>(random: Random, weights: Readonly<Record<T, number>>): T {
  const names = (Object.keys(weights) as T[]).flatMap(name =>
    Array.from({ length: weights[name] }, () => name),
  )
  return names[Math.floor(random() * names.length)] as T
}

const STEPS = {
  view: 38,
  views: 8,
  open: 14,
  'open with an expired token': 3,
  reload: 6,
  ask: 36,
  crash: 3,
  close: 4,
  freeze: 3,
  'hear that it is online': 6,
}

const ANSWERS = {
  send: 34,
  'send twice': 5,
  'send and crash': 8,
  'send and close the tab': 8,
  decline: 18,
  'score and leave': 14,
  'score and crash': 6,
  'score and close': 8,
}

/** One step of one tab. Fields that its kind has no use for are drawn as well, so that a plan stays a plan. */
export interface Step {
  kind: keyof typeof STEPS
  pauseMs: number
  views: number
  answer: keyof typeof ANSWERS
  score: number
  /** Whether the tab goes without a look at whether its last page view was stored. */
  isRash: boolean
  frozenMs: number
}

export function* planTab(random: Random): Generator<Step, never> {
  for (;;)
    yield {
      kind: choose(random, STEPS),
      pauseMs: between(random, 100, 3_000),
      views: between(random, 2, 10),
      answer: choose(random, ANSWERS),
      score: between(random, 0, 10),
      isRash: random() < 0.4,
      frozenMs: between(random, 500, 6_000),
    }
}

/** Something that goes wrong, for so long, so long after what went wrong before it. */
export interface Trouble<K extends string = string> {
  kind: K
  gapMs: number
  lastMs: number
  number: number
}

export function* planTroubles<K extends string>(
  random: Random,
  weights: Readonly<Record<K, number>>,
  { gapMs, lastMs }: { gapMs: number; lastMs: number },
): Generator<Trouble<K>, never> {
  for (;;)
    yield {
      kind: choose(random, weights),
      gapMs: between(random, gapMs / 5, gapMs),
      lastMs: between(random, lastMs / 10, lastMs),
      number: between(random, 0, 1_000_000),
    }
}
