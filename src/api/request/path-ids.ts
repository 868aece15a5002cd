import { emailKey } from '../../domain/email-key.js'
import { invalid, notFound } from '../http-error.js'
import { type EndUserName, phoneKey } from '../storage/end-users.js'
import type { Fields } from './fields.js'
import { assertSameEndUser, type EndUserKey, parseLookup, refuseOtherLookups } from './lookup.js'

export interface PathIdsOptions {
  /** The route that was taken: `/v1/end_users/:end_user_id/responses`. */
  pattern: string
  /** The values in the path by their names in the route, decoded, without a `.json` at the end. */
  values: Readonly<Record<string, string>>
  /** The last segment of the path as it was sent, decoded. */
  lastSegment: string
  fields: Fields
  find(name: EndUserName): Promise<number | undefined>
}

const ID = /^[1-9][0-9]{0,15}$/

/** @throws HttpError 404 where it can't be an id */
function parseId(value: string): number {
  const id = Number(value)
  if (!ID.test(value) || id > Number.MAX_SAFE_INTEGER) throw notFound()
  return id
}

/** The route's parameter that stands for the end user, and what the endpoint calls it. */
function endUserParameter(pattern: string): { name: string; id: string } | undefined {
  if (pattern === '/v1/end_users/phone_number/:phone_number') return { name: 'phone_number', id: 'id' }
  const name = /^\/v1\/end_users\/:(\w+)/.exec(pattern)?.[1]
  return name === undefined ? undefined : { name, id: name }
}

/**
 * Whose records a path means: ids, or an end user by another name. Such a name is taken as it stands, also where it ends in
 * `.json`: to take off a suffix could lead to another end user.
 *
 * @returns the ids by the names that the endpoint knows, and by what the end user was found
 * @throws HttpError 404 where there is no such end user; 400 where a parameter leaves open whom the path means
 */
export async function resolvePathIds({
  pattern,
  values,
  lastSegment,
  fields,
  find,
}: PathIdsOptions): Promise<{ ids: Record<string, number>; by: EndUserKey }> {
  const lookup = parseLookup(fields)
  const parameter = endUserParameter(pattern)
  if (lookup && (!parameter || parameter.name === 'phone_number'))
    throw invalid('is for paths that name an end user', `lookup_by_${lookup}`)
  const ids: Record<string, number> = {}
  for (const [name, value] of Object.entries(values)) if (name !== parameter?.name) ids[name] = parseId(value)
  if (!parameter) return { ids, by: 'id' }
  refuseOtherLookups(fields)

  const value = values[parameter.name] ?? ''
  const asSent = pattern.endsWith(`:${parameter.name}`) ? lastSegment : value
  const by =
    lookup ?? (parameter.name === 'phone_number' ? 'phone_number' : value.includes('@') ? 'email' : 'id')
  const id = by === 'id' ? parseId(value) : await find(nameOf(by, asSent))
  if (id === undefined) throw notFound()
  ids[parameter.id] = id
  if (pattern !== '/v1/end_users/:id') assertSameEndUser(fields, id)
  return { ids, by }
}

function nameOf(by: Exclude<EndUserKey, 'id'>, value: string): EndUserName {
  // Neither engine takes it, and no name has it.
  if (value.includes('\0')) throw notFound()
  switch (by) {
    case 'email':
      return { column: 'email_key', value: emailKey(value) }
    case 'external_id':
      return { column: 'external_id', value }
    case 'phone_number':
      return { column: 'phone_key', value: phoneKey(value) }
  }
}
