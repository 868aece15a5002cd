import { HttpError, invalid } from '../http-error.js'
import type { Fields } from './fields.js'

/** What a path may call an end user by. */
export type EndUserKey = 'id' | 'email' | 'external_id' | 'phone_number'

const LOOKUPS: Readonly<Record<string, EndUserKey>> = {
  lookup_by_email: 'email',
  lookup_by_external_id: 'external_id',
}

/** The parameters by which a path means an end user otherwise than by id, for the OpenAPI description. */
export const LOOKUP_NAMES = Object.keys(LOOKUPS)

const YES = new Set<unknown>(['true', '1', true, 1])
const NO = new Set<unknown>(['false', '0', false, 0])

/** Parameter names by which other services change the end user that a path means. This API refuses them. */
const OTHER_LOOKUP =
  /^(?:find|match|search|select|resolve|identify|identified)_by|^by(?:_|$)|^use_(?:external|email|phone)|^(?:id|identifier|key)_type$/

/** @throws HttpError 400 where a parameter would say by what the path means its end user, and is not known */
export function refuseOtherLookups(fields: Fields): void {
  for (const name of Object.keys(fields)) {
    const inSnakeCase = name
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .replaceAll('-', '_')
      .toLowerCase()
    if (OTHER_LOOKUP.test(inSnakeCase)) throw unknownLookup(name)
  }
}

const unknownLookup = (name: string): HttpError =>
  invalid(`is not known: a path is looked up by ${LOOKUP_NAMES.join(' or ')}`, name)

/**
 * By what the path means its end user. A parameter that says so and is not known would leave us at the wrong end user, so
 * that it is refused where others are ignored.
 *
 * @throws HttpError 400 where a lookup is unknown, is neither true nor false, or is one of several
 */
export function parseLookup(fields: Fields): EndUserKey | undefined {
  let found: EndUserKey | undefined
  for (const [name, value] of Object.entries(fields)) {
    if (!/^lookup/i.test(name)) continue
    const key = LOOKUPS[name]
    if (key === undefined) throw unknownLookup(name)
    if (NO.has(value)) continue
    if (!YES.has(value)) throw invalid('must be true or false', name)
    if (found) throw invalid('says otherwise than another lookup', name)
    found = key
  }
  return found
}

/**
 * Refuses a request that speaks of two end users: existing clients repeat in the body whom the path means.
 *
 * @throws HttpError 400
 */
export function assertSameEndUser(fields: Fields, endUserId: number): void {
  const { end_user, end_user_id } = fields
  const inHash = typeof end_user === 'object' && end_user !== null ? (end_user as Fields).id : undefined
  for (const [field, value] of [
    ['end_user_id', end_user_id],
    ['end_user[id]', inHash],
  ] as const)
    if (value !== undefined && value !== null && String(value) !== String(endUserId))
      throw new HttpError(400, 'invalid_parameter', [
        { message: `${field} is another end user than that of the path`, field },
      ])
}
