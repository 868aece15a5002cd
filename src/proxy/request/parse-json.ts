import { ProxyError } from './proxy-error.js'

/** Deeper than any batch is. */
const MAX_DEPTH = 8
/** Names that reach a prototype wherever somebody copies properties carelessly. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
/**
 * Where a page says what it likes of its visitor. What can't be kept of that is left out later, name by name: it is no
 * reason to refuse the events beside it.
 */
const FREE_PATH = ['identity', 'properties']

const malformed = (message: string) => new ProxyError(400, 'malformed', message)

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125]

/** Where the string that begins at `start` ends: the index of its closing quote. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return -1
}

/** Whether a colon is what comes next. JSON's white space is all at or below the blank. */
function isName(text: string, start: number): boolean {
  let index = start
  while (text.charCodeAt(index) <= 32) index++
  return text.charCodeAt(index) === COLON
}

/** The name in quotes at `start`; most have no escapes. */
function readName(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end)
  return raw.includes('\\') ? String(JSON.parse(text.slice(start, end + 1))) : raw
}

/** An object or array that is open where the text is being read. */
interface Level {
  /** Seen so far; undefined for an array. */
  names: Set<string> | undefined
  /** The latest of them. */
  name?: string
}

/** Looks at the text, which is JSON, once and in order, and refuses what JSON.parse lets through in silence. */
function rejectAmbiguousKeys(text: string): void {
  const open: Level[] = []
  const isFree = () =>
    open.length > FREE_PATH.length && FREE_PATH.every((name, depth) => open[depth]?.name === name)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      const depth = open.push({ names: code === OPEN_OBJECT ? new Set() : undefined })
      if (depth > MAX_DEPTH && !isFree()) throw malformed('nested too deeply')
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      open.pop()
    } else if (code === QUOTE) {
      const start = index
      index = endOfString(text, start)
      if (index < 0) throw malformed('not JSON')
      const level = open.at(-1)
      if (!level?.names || !isName(text, index + 1)) continue
      const name = readName(text, start, index)
      if (FORBIDDEN_NAMES.has(name) && !isFree()) throw malformed('a name that is not allowed')
      if (level.names.has(name)) throw malformed('a name that stands twice')
      level.names.add(name)
      level.name = name
    }
  }
}

/**
 * JSON, but for what would mean two things to two readers: a name that stands twice in one object, `__proto__` and its
 * kin, nesting without end. In the visitor's properties the latter two are let through, and are the caller's to leave out. Linear in the length of the text.
 *
 * @throws ProxyError 400 `malformed`
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    rejectAmbiguousKeys(text)
    return value
  } catch (error) {
    throw error instanceof ProxyError ? error : malformed('not JSON')
  }
}
