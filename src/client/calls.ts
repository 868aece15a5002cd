import type { ListParameters } from '../wire/v1.js'
import type { CreateOptions, Pages, RequestOptions } from './client.js'
import { encodeBody, encodeQuery, type Parameters } from './encode.js'
import { listPages } from './list-pages.js'
import { type Parse, parseList } from './parse-record.js'
import type { Sender } from './send.js'

interface ListOptions {
  parameters?: ListParameters | undefined
  options?: RequestOptions | undefined
}

/** A path, or a path with its query. */
type Target = string | { path: string; query?: string }

/** What the endpoints of the API have in common, by their method. */
export interface Calls {
  /** Nothing is sent before a page is asked for. */
  list<T extends { id: number }>(path: () => string, parse: Parse<T>, given: ListOptions): Pages<T>
  get<T>(target: Target, parse: Parse<T>, options: RequestOptions | undefined): Promise<T>
  create: Write
  update: Write
  remove: Write
}

type Write = <T>(
  target: Target,
  parse: Parse<T>,
  options: CreateOptions | undefined,
  parameters?: object,
) => Promise<T | undefined>

const toLine = (target: Target) => (typeof target === 'string' ? { path: target } : target)

export function createCalls({ send }: Sender): Calls {
  const write =
    (method: 'POST' | 'PUT' | 'DELETE'): Write =>
    (target, parse, options, parameters = {}) => {
      const { signal, idempotencyKey, beforeSend } = options ?? {}
      const body = encodeBody(parameters as Parameters)
      return send(
        { method, ...toLine(target), body: body.text ? body : undefined, idempotencyKey, beforeSend, signal },
        parse,
      )
    }
  return {
    list: <T extends { id: number }>(
      path: () => string,
      parse: Parse<T>,
      { parameters = {}, options }: ListOptions,
    ) =>
      listPages({
        first: parameters.page ?? 1,
        perPage: parameters.per_page,
        fetchPage: async page => {
          const query = encodeQuery({ ...parameters, page })
          const call = { method: 'GET', path: path(), query, signal: options?.signal }
          return (await send(call, json => parseList(json, parse))) as T[]
        },
      }),
    async get<T>(target: Target, parse: Parse<T>, options: RequestOptions | undefined) {
      return (await send({ method: 'GET', ...toLine(target), signal: options?.signal }, parse)) as T
    },
    create: write('POST'),
    update: write('PUT'),
    remove: write('DELETE'),
  }
}
