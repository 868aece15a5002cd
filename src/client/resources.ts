import type { ListParameters } from '../wire/v1.js'
import type { Client, CreateOptions, Pages, RequestOptions } from './client.js'
import { encodeBody, encodeQuery, type Parameters } from './encode.js'
import { listPages } from './list-pages.js'
import {
  type Parse,
  parseDecline,
  parseEndUser,
  parseList,
  parsePageView,
  parseResponse,
} from './parse-record.js'
import type { Sender } from './send.js'

/** A path is built of constants and of ids, and an id is digits alone: no text of a caller's gets into it. */
function segment(name: string, id: number): string {
  if (!Number.isSafeInteger(id) || id < 1) throw new TypeError(`${name} must be a whole number above 0`)
  return `/${id}`
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

/** The methods of a {@link Client}, each a method, a path, parameters and the reading of the answer. */
export function createResources({
  send,
}: Sender): Pick<Client, 'endUsers' | 'responses' | 'declines' | 'pageViews'> {
  function list<T extends { id: number }>(
    path: () => string,
    parse: Parse<T>,
    {
      parameters = {},
      options,
    }: { parameters?: ListParameters | undefined; options?: RequestOptions | undefined },
  ): Pages<T> {
    return listPages({
      first: parameters.page ?? 1,
      perPage: parameters.per_page,
      fetchPage: async page => {
        const query = encodeQuery({ ...parameters, page })
        const call = { method: 'GET', path: path(), query, signal: options?.signal }
        return (await send(call, json => parseList(json, parse))) as T[]
      },
    })
  }

  async function get<T>(path: string, parse: Parse<T>, options: RequestOptions | undefined): Promise<T> {
    return (await send({ method: 'GET', path, signal: options?.signal }, parse)) as T
  }

  const write =
    (method: 'POST' | 'PUT' | 'DELETE') =>
    <T>(path: string, parse: Parse<T>, options: CreateOptions | undefined, parameters = {}) => {
      const { signal, idempotencyKey, beforeSend } = options ?? {}
      const body = encodeBody(parameters as Parameters)
      return send(
        { method, path, body: body.text ? body : undefined, idempotencyKey, beforeSend, signal },
        parse,
      )
    }
  const create = write('POST')
  const update = write('PUT')
  const remove = write('DELETE')

  return {
    endUsers: {
      list: (parameters, options) => list(() => '/v1/end_users', parseEndUser, { parameters, options }),
      get: async (id, options) => get(endUserPath(id), parseEndUser, options),
      create: async (parameters, options) => create('/v1/end_users', parseEndUser, options, parameters),
      update: async (id, parameters, options) => update(endUserPath(id), parseEndUser, options, parameters),
      delete: async (id, options) => remove(endUserPath(id), parseEndUser, options),
    },
    responses: {
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
    },
    declines: {
      list: (parameters, options) => list(() => '/v1/declines', parseDecline, { parameters, options }),
      listOf: (endUserId, parameters, options) =>
        list(() => collectionPath(endUserId, 'declines'), parseDecline, { parameters, options }),
      get: async (endUserId, id, options) =>
        get(recordPath(endUserId, 'declines', id), parseDecline, options),
      create: async (endUserId, parameters, options) =>
        create(collectionPath(endUserId, 'declines'), parseDecline, options, parameters),
      delete: async (endUserId, id, options) =>
        remove(recordPath(endUserId, 'declines', id), parseDecline, options),
    },
    pageViews: {
      listOf: (endUserId, parameters, options) =>
        list(() => collectionPath(endUserId, 'page_views'), parsePageView, { parameters, options }),
      get: async (endUserId, id, options) =>
        get(recordPath(endUserId, 'page_views', id), parsePageView, options),
      create: async (endUserId, parameters, options) =>
        create(collectionPath(endUserId, 'page_views'), parsePageView, options, parameters),
      delete: async (endUserId, id, options) =>
        remove(recordPath(endUserId, 'page_views', id), parsePageView, options),
    },
  }
}
