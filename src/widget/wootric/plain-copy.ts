import { fieldsOf } from '../settings/parse-value.js'

/** Wootric's settings are three objects deep; what lies deeper, a circle say, is of nobody's making. */
const MAX_DEPTH = 5

/**
 * What a page holds, as plain objects that can be read without a thought: what can't be read as text (symbols, proxies and
 * getters that throw, objects without a prototype, circles) is left out. Functions and dates are as they were.
 */
export function plainCopy(given: unknown, depth = MAX_DEPTH): unknown {
  if (typeof given === 'symbol') return undefined
  if (typeof given !== 'object' || !given || given instanceof Date) return given
  if (!depth) return undefined
  const fields = fieldsOf(given).map(([name, value]) => [name, plainCopy(value, depth - 1)] as const)
  return Array.isArray(given) ? fields.map(([, value]) => value) : Object.fromEntries(fields)
}
