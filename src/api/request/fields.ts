import { HttpError, invalid } from '../http-error.js'

/** What a request says, by name; `created[gt]=1` is `{ created: [{ gt: '1' }] }`. Without a prototype. */
export type Fields = Record<string, unknown>

/** `Object.create(null)`: a field may be called `__proto__`. */
export const noFields = (): Fields => Object.create(null)

const MEMBER = /^(\[\])?\[([^[\]]+)\](?:\[([^[\]]+)\])?$/

/** The value of a field whose name has brackets that mean nothing: no schema takes it. */
const MALFORMED = Symbol('malformed')

/**
 * Puts named values together: `a=1` is a value; `a[b]=1` a member, all members of `a` in one object, and `a[b][c]=1` a
 * member of that; `a[][b]=1` likewise, but it may come again, and is then a list of objects.
 *
 * @throws HttpError 400 where a name comes twice, or is both a value and a hash
 */
export function gatherFields(pairs: Iterable<readonly [string, string]>): Fields {
  const fields = noFields()
  for (const [name, value] of pairs) {
    const bracket = name.indexOf('[')
    if (bracket <= 0) {
      if (name in fields) throw invalid('is given twice', name)
      fields[name] = value
    } else {
      addMember(fields, name.slice(0, bracket), name.slice(bracket), value)
    }
  }
  return fields
}

function addMember(fields: Fields, base: string, brackets: string, value: string): void {
  const [, repeats, member, inner] = MEMBER.exec(brackets) ?? []
  if (member === undefined) {
    fields[base] = MALFORMED
    return
  }
  if (inner !== undefined) {
    const outer = fields[base] ?? noFields()
    fields[base] = outer
    if (!isHash(outer) || Array.isArray(outer)) throw invalid('is given twice', base)
    addMember(outer, member, `[${inner}]`, value)
    return
  }
  const known = fields[base]
  const one = Object.assign(noFields(), { [member]: value })
  if (known === undefined) fields[base] = one
  else if (Array.isArray(known)) known.push(one)
  else if (!isHash(known)) throw invalid('is given twice', base)
  else if (!(member in known)) known[member] = value
  else if (repeats) fields[base] = [known, one]
  else throw invalid('is given twice', `${base}${brackets}`)
}

const isHash = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** What a JSON body says. @throws HttpError 400 where it is not an object */
export function jsonFields(text: string): Fields {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HttpError(400, 'invalid_json', 'The body must be a JSON object')
  return Object.assign(noFields(), value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What the parser says may quote the body.
    throw new HttpError(400, 'invalid_json', 'The body is not valid JSON')
  }
}
