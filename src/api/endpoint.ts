import type * as v from 'valibot'
import type { PrintDatetime } from './datetime.js'
import { type IdempotentRequest, parseIdempotentRequest } from './idempotency.js'
import type { Fields } from './request/fields.js'
import { validate } from './request/validate.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** The ids in a path: `/v1/end_users/:end_user_id/responses/:id` has two. */
type IdNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | IdNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

/** A request that has been let in: its token lives, its ids are numbers. */
export interface Call<Path extends string = string> {
  accountId: number
  ids: Readonly<Record<IdNames<Path>, number>>
  nowMs: number
  /** How this endpoint's answer prints datetimes. */
  print: PrintDatetime
  /** Where the request carries an idempotency key that counts. */
  idempotent: IdempotentRequest | undefined
}

/** What a request says before its parameters are looked at. */
export interface AdmittedRequest extends Omit<Call, 'idempotent'> {
  /** The path, by which an idempotency key tells one request from another. */
  path: string
  idempotencyKey: string | undefined
  fields: Fields
}

interface Definition<Path extends string, S extends ParameterSchema> {
  method: Method
  path: Path
  /** Other paths that mean the same. */
  aliases?: readonly string[]
  summary: string
  /** What is taken from the query, and from the body where there is one. */
  parameters: S
  /** Whether a share's token is let in, for what the share names. */
  shareable?: true
  /** What is answered; absent where that is 204. */
  answers?: v.GenericSchema
  handle(call: Call<Path>, parameters: v.InferOutput<S>): Promise<object | undefined> | Promise<void>
}

/** The parameters of an endpoint are an object's entries, whose names the body's parser must know. */
export type ParameterSchema = v.GenericSchema & {
  readonly entries: Readonly<Record<string, v.GenericSchema>>
}

/** An endpoint whatever its path and parameters: what the routes and the OpenAPI description are made of. */
export interface Endpoint extends Omit<Definition<string, ParameterSchema>, 'handle'> {
  /** @throws HttpError where the parameters are wrong, or what they speak of is not there */
  run(request: AdmittedRequest): Promise<object | undefined>
}

export function defineEndpoint<const Path extends string, S extends ParameterSchema>({
  handle,
  ...definition
}: Definition<Path, S>): Endpoint {
  return {
    ...definition,
    async run({ fields, path, idempotencyKey: key, ...call }) {
      const parameters = validate(definition.parameters, fields)
      const idempotent = key === undefined ? undefined : parseIdempotentRequest(key, { path, parameters })
      return (await handle({ ...call, idempotent } as Call<Path>, parameters)) ?? undefined
    },
  }
}
