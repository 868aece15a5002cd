import type { Properties } from '../../wire/v1.js'

/** Milliseconds since 1970 are told from seconds by their size: in seconds this is the year 5138. */
const FIRST_MS = 100_000_000_000

/** Unix seconds of what sites put into `created_at`: seconds, milliseconds, either as text, a Date, or a date's text. */
export const toUnixSeconds = (value: unknown): number | undefined => {
  const number = value instanceof Date ? value.getTime() : Number(value) || Date.parse(String(value))
  return number ? Math.floor(number >= FIRST_MS ? number / 1_000 : number) : undefined
}

/**
 * Properties as the v1 API takes them: flat, with dates in unix seconds under a key that ends in `_date`.
 *
 * @param refuse is told each key that can't be kept
 */
export function flattenProperties(given: unknown, prefix: string, refuse: (key: string) => void): Properties {
  const properties: Properties = {}
  for (const [key, value] of Object.entries((given as object | null | undefined) ?? {})) {
    const name = prefix + key
    if (value instanceof Date)
      properties[name.endsWith('_date') ? name : `${name}_date`] = toUnixSeconds(value) ?? null
    else if (/[$.\0]/.test(key) || (typeof value === 'object' && value !== null)) refuse(name)
    else if (value !== undefined) properties[name] = value as Properties[string]
  }
  return properties
}
