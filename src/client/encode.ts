import { isWellFormed } from '../domain/storable-text.js'
import type { ReportParameters } from '../wire/report.js'
import type { ListParameters } from '../wire/v1.js'

type Scalar = string | number | boolean | null
type Hash = { [name: string]: Scalar | undefined | Hash }
export type Parameters = Hash

export interface EncodedBody {
  type: string
  text: string
}

function assertSendable(name: string, value: Scalar): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${name} must be finite`)
  // URLSearchParams would put U+FFFD in the place of half a character, silently.
  if (typeof value === 'string' && !isWellFormed(value))
    throw new TypeError(`${name} must not hold lone surrogates`)
}

/** `{ created: { gt: 1 } }` → `['created[gt]', 1]`. */
function flatten(parameters: Parameters, outer?: string): [string, Scalar][] {
  return Object.entries(parameters).flatMap(([key, value]): [string, Scalar][] => {
    const name = outer === undefined ? key : `${outer}[${key}]`
    if (value === undefined) return []
    if (typeof value !== 'object' || value === null) return [[name, value]]
    // It has no entries, and would be gone without a word.
    if (value instanceof Date) throw new TypeError(`${name} must be whole seconds since 1970, not a Date`)
    return flatten(value, name)
  })
}

const encode = (entries: [string, Scalar][]): string =>
  new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()

type QueryParameters =
  | (ListParameters & { email?: string; date?: { start?: string; end?: string } })
  | ReportParameters

/** Parameters as a query, with its `?`; the empty string where there are none. */
export function encodeQuery(parameters: QueryParameters): string {
  const entries = flatten({ ...parameters } as Parameters)
  for (const [name, value] of entries) assertSendable(name, value)
  const query = encode(entries)
  return query && `?${query}`
}

const FORM_NAME = /^\w+(\[[^[\]]+\]){0,2}$/

/** Whether the other side of a form reads the same: a property's `7` would be the text `7`, null the text `null`. */
const fitsForm = ([name, value]: [string, Scalar]): boolean =>
  FORM_NAME.test(name) && (typeof value === 'string' || (typeof value === 'number' && !name.includes('[')))

/**
 * A form, as in the document's examples; JSON only where a form cannot say it.
 *
 * @throws TypeError where a value would not arrive as it is
 */
export function encodeBody(parameters: Parameters): EncodedBody {
  const entries = flatten(parameters)
  for (const [name, value] of entries) assertSendable(name, value)
  return entries.every(fitsForm)
    ? { type: 'application/x-www-form-urlencoded', text: encode(entries) }
    : { type: 'application/json', text: JSON.stringify(parameters) }
}
