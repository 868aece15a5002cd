import type { Properties } from '../../wire/v1.js'
import { invalid } from '../http-error.js'

/** Merging adds up over many requests, so what one end user may hold is bounded here. */
const MAX_LENGTH = 65_536

/**
 * Properties with `changes` put in; JSON null takes a property away.
 *
 * @param properties JSON text, as it is stored
 * @throws HttpError 400 where too much would be kept
 */
export function mergeProperties(properties: string, changes: Properties): string {
  // A Map, since a property may be called `__proto__`.
  const merged = new Map(Object.entries(JSON.parse(properties) as Properties))
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) merged.delete(name)
    else merged.set(name, value)
  }
  const text = JSON.stringify(Object.fromEntries(merged))
  if (text.length > MAX_LENGTH)
    throw invalid(`must be at most ${MAX_LENGTH} characters of JSON`, 'properties')
  return text
}
