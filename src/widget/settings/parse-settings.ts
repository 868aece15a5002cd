import { KINDS } from './kinds.js'
import { fieldsOf } from './parse-value.js'
import type { Settings } from './settings.js'

/**
 * Settings as they are meant. What is absent (empty, null, undefined, or these as words) is undefined; what does not fit
 * is left out; what is parsed already stays as it is. What only the survey reads is parsed where the survey is.
 */
export function parseSettings(given: unknown): Settings {
  const settings: Record<string, unknown> = {}
  for (const [name, value] of fieldsOf(given)) {
    try {
      const text = typeof value === 'object' && value && !Array.isArray(value) ? '{' : String(value).trim()
      const isAbsent = /^(null|undefined)?$/.test(text)
      const parsed = isAbsent ? undefined : KINDS[name] ? KINDS[name](text, value) : value
      // Nothing takes back a wish for consent but another one.
      if (isAbsent ? !/^(base|consent)$/.test(name) : parsed !== undefined) settings[name] = parsed
    } catch {
      // What throws when it is read as text.
    }
  }
  return settings as Settings
}
