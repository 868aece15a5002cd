/** Numbers that look random and follow from a seed: mulberry32. */
export function createRandom(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    /** Uniform in [0, 1). */
    next,
    /** One of the values, each as often as its weight says. */
    weighted<T>(weights: readonly (readonly [value: T, weight: number])[]): T {
      const sum = weights.reduce((total, [, weight]) => total + weight, 0)
      let left = next() * sum
      for (const [value, weight] of weights) {
        left -= weight
        if (left < 0) return value
      }
      return (weights.at(-1) as readonly [T, number])[0]
    },
    pick: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T,
  }
}

export type Random = ReturnType<typeof createRandom>
