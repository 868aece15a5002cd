import type { Properties } from '../wire/v1.js'

type Value = Properties[string]

const isValue = (value: unknown): value is Value =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value))

/** A key `__proto__` is left out: copied by assignment it would give the copy another prototype. */
const fromEntries = (entries: [string, Value][]): Properties =>
  Object.fromEntries(entries.filter(([key]) => key !== '__proto__'))

function fromObject(value: unknown): Properties | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  return entries.every((entry): entry is [string, Value] => isValue(entry[1]))
    ? fromEntries(entries)
    : undefined
}

function fromJson(text: string): Properties | undefined {
  try {
    return fromObject(JSON.parse(text))
  } catch {
    // Not JSON; the caller knows another form.
    return undefined
  }
}

/** A quote inside a word is the word's own: `'city':'Coeur d'Alene'`. */
const QUOTED = /'((?:\\.|[^'\\]|(?<=[\p{L}\p{N}])'(?=[\p{L}\p{N}]))*)'/suy
const BARE = /(?:true|false|null|nil|-?(?:0|[1-9]\d*)(?:\.\d+)?)/y
const WORDS: Record<string, Value> = { true: true, false: false, null: null, nil: null }

/** The form in the document's examples of create, update and delete: `{'company':'NewCompany', 'city':'New Reno'}`. */
function fromQuoted(text: string): Properties | undefined {
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at = pattern.lastIndex
    return match
  }
  const quoted = () => take(QUOTED)?.[1]?.replace(/\\(.)/gsu, '$1')
  const value = (): Value | undefined => {
    const string = quoted()
    if (string !== undefined) return string
    const bare = take(BARE)?.[0]
    return bare === undefined ? undefined : bare in WORDS ? WORDS[bare] : Number(bare)
  }
  const entries: [string, Value][] = []
  if (!take(/\s*\{\s*/y)) return undefined
  if (!take(/\}\s*$/y)) {
    do {
      const key = quoted()
      if (key === undefined || !take(/\s*(?::|=>)\s*/y)) return undefined
      const entry = value()
      if (entry === undefined) return undefined
      entries.push([key, entry])
    } while (take(/\s*,\s*/y))
    if (!take(/\s*\}\s*$/y)) return undefined
  }
  return fromEntries(entries)
}

/**
 * Reads the forms that `properties` comes in: an object, the text of one in JSON, or in single quotes; null and the
 * empty string are an end user without any.
 *
 * @returns undefined where it is none of them, or holds what is no string, number, boolean or null
 */
export function parseProperties(value: unknown): Properties | undefined {
  if (value === null || value === '') return {}
  return typeof value === 'string' ? (fromJson(value) ?? fromQuoted(value)) : fromObject(value)
}
