import { isWellFormed } from '../domain/storable-text.js'
import type { MarkParameters } from '../wire/v1.js'
import { type Calls, createCalls } from './calls.js'
import type { Client, EndUserName, RequestOptions } from './client.js'
import { encodeQuery } from './encode.js'
import {
  type Parse,
  parseDecline,
  parseEndUser,
  parseImpression,
  parseList,
  parseNpsSummary,
  parsePageView,
  parseResponse,
  parseSegment,
  parseSettings,
} from './parse-record.js'
import type { Sender } from './send.js'

/** A path is built of constants and of ids, and an id is digits alone: of a caller's text only a name gets into it, encoded. */
function segment(name: string, id: number): string {
  if (!Number.isSafeInteger(id) || id < 1) throw new TypeError(`${name} must be a whole number above 0`)
  return `/${id}`
}

/** @returns path and query by which the end user of that name is found */
function namedPath(name: EndUserName): { path: string; query?: string } {
  const [[kind, value] = []] = Object.entries(name)
  if (typeof value !== 'string' || value.trim() === '' || !isWellFormed(value))
    throw new TypeError('name an end user by email, external_id or phone_number')
  // A browser's or a runtime's URL would take such a segment for a step in the path, encoded or not.
  if (/^\.{1,2}$/.test(value)) throw new TypeError('`.` and `..` can not be looked up')
  const segment = encodeURIComponent(value)
  return kind === 'phone_number'
    ? { path: `/v1/end_users/phone_number/${segment}` }
    : { path: `/v1/end_users/${segment}`, query: `?lookup_by_${kind}=true` }
}

const endUserPath = (id: number): string => `/v1/end_users${segment('id', id)}`

const collectionPath = (endUserId: number, kind: string): string =>
  `/v1/end_users${segment('endUserId', endUserId)}/${kind}`

const recordPath = (endUserId: number, kind: string, id: number): string =>
  collectionPath(endUserId, kind) + segment('id', id)

/** The document's own example of a deleted response does not say whose it was; who asked knows. */
const ofEndUser =
  <T>(endUserId: number, parse: Parse<T>): Parse<T> =>
  json =>
    parse(typeof json === 'object' && json !== null ? { end_user_id: endUserId, ...json } : json)

/** What responses and declines have by their id alone. They are answered without a body. */
function byId<T>({ get, update, remove }: Calls, kind: string, parse: Parse<T>) {
  const path = (id: number) => `/v1/${kind}${segment('id', id)}`
  return {
    getById: async (id: number, options?: RequestOptions) => get(path(id), parse, options),
    mark: async (id: number, marks: MarkParameters, options?: RequestOptions) => {
      await update(path(id), () => undefined, options, marks)
    },
    deleteById: async (id: number, options?: RequestOptions) => {
      await remove(path(id), () => undefined, options)
    },
  }
}

const endUsers = ({ list, get, create, update, remove }: Calls): Client['endUsers'] => ({
  list: (parameters, options) => list(() => '/v1/end_users', parseEndUser, { parameters, options }),
  get: async (id, options) => get(endUserPath(id), parseEndUser, options),
  create: async (parameters, options) => create('/v1/end_users', parseEndUser, options, parameters),
  update: async (id, parameters, options) => update(endUserPath(id), parseEndUser, options, parameters),
  delete: async (id, options) => remove(endUserPath(id), parseEndUser, options),
  erase: async (id, options) =>
    remove({ path: endUserPath(id), query: '?erase=true' }, parseEndUser, options),
  find: async (name, options) => get(namedPath(name), parseEndUser, options),
  settings: async (id, options) => get(`${endUserPath(id)}/settings`, parseSettings, options),
  updateSettings: async (id, parameters, options) =>
    update(`${endUserPath(id)}/settings`, parseSettings, options, parameters),
})

function responses(calls: Calls): Client['responses'] {
  const { list, get, create, remove } = calls
  return {
    ...byId(calls, 'responses', parseResponse),
    list: (parameters, options) => list(() => '/v1/responses', parseResponse, { parameters, options }),
    listOf: (endUserId, { class: kind, ...parameters } = {}, options) =>
      list(() => collectionPath(endUserId, kind ? `responses/${kind}` : 'responses'), parseResponse, {
        parameters,
        options,
      }),
    get: async (endUserId, id, options) =>
      get(recordPath(endUserId, 'responses', id), parseResponse, options),
    create: async (endUserId, parameters, options) =>
      create(
        collectionPath(endUserId, 'responses'),
        ofEndUser(endUserId, parseResponse),
        options,
        parameters,
      ),
    delete: async (endUserId, id, options) =>
      remove(recordPath(endUserId, 'responses', id), ofEndUser(endUserId, parseResponse), options),
  }
}

function declines(calls: Calls): Client['declines'] {
  const { list, get, create, remove } = calls
  return {
    ...byId(calls, 'declines', parseDecline),
    list: (parameters, options) => list(() => '/v1/declines', parseDecline, { parameters, options }),
    listOf: (endUserId, parameters, options) =>
      list(() => collectionPath(endUserId, 'declines'), parseDecline, { parameters, options }),
    get: async (endUserId, id, options) => get(recordPath(endUserId, 'declines', id), parseDecline, options),
    create: async (endUserId, parameters, options) =>
      create(collectionPath(endUserId, 'declines'), parseDecline, options, parameters),
    delete: async (endUserId, id, options) =>
      remove(recordPath(endUserId, 'declines', id), parseDecline, options),
  }
}

const pageViews = ({ list, get, create, remove }: Calls): Client['pageViews'] => ({
  listOf: (endUserId, parameters, options) =>
    list(() => collectionPath(endUserId, 'page_views'), parsePageView, { parameters, options }),
  get: async (endUserId, id, options) => get(recordPath(endUserId, 'page_views', id), parsePageView, options),
  create: async (endUserId, parameters, options) =>
    create(collectionPath(endUserId, 'page_views'), parsePageView, options, parameters),
  delete: async (endUserId, id, options) =>
    remove(recordPath(endUserId, 'page_views', id), parsePageView, options),
})

/** The methods of a {@link Client}, each a method, a path, parameters and the reading of the answer. */
export function createResources(
  sender: Sender,
): Pick<
  Client,
  'endUsers' | 'responses' | 'declines' | 'pageViews' | 'impressions' | 'npsSummary' | 'segments'
> {
  const calls = createCalls(sender)
  const { get, create } = calls
  return {
    endUsers: endUsers(calls),
    responses: responses(calls),
    declines: declines(calls),
    impressions: {
      create: async (endUserId, parameters, options) =>
        create(collectionPath(endUserId, 'impressions'), parseImpression, options, parameters),
    },
    npsSummary: async (date = {}, options) =>
      get({ path: '/v1/nps_summary', query: encodeQuery({ date }) }, parseNpsSummary, options),
    segments: async options => get('/v1/segments', json => parseList(json, parseSegment), options),
    pageViews: pageViews(calls),
  }
}
