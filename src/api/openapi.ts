import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { IDEMPOTENCY_KEY, IDEMPOTENCY_RETENTION } from '../wire/v1.js'
import type { Endpoint } from './endpoint.js'
import { GRANTS, tokenAnswerSchema, tokenErrorSchema } from './oauth/grants.js'
import { LOOKUP_NAMES } from './request/lookup.js'
import { npsSummarySchema } from './resources/nps-summary.js'
import { declineSchema } from './resources/serialise-decline.js'
import { endUserSchema, settingsSchema } from './resources/serialise-end-user.js'
import { pageViewSchema } from './resources/serialise-page-view.js'
import { responseSchema } from './resources/serialise-response.js'
import { KEY_RETENTION_S } from './storage/idempotency-keys.js'

const errorListSchema = v.object({
  type: v.literal('error_list'),
  errors: v.array(v.object({ status: v.string(), message: v.string(), field: v.nullable(v.string()) })),
})

const RECORDS = {
  EndUser: endUserSchema,
  Response: responseSchema,
  Decline: declineSchema,
  PageView: pageViewSchema,
  EndUserSettings: settingsSchema,
  NpsSummary: npsSummarySchema,
  ErrorList: errorListSchema,
  TokenAnswer: tokenAnswerSchema,
  TokenError: tokenErrorSchema,
}

type Json = { [name: string]: unknown }

/** What a schema asks of its input, in the words of JSON Schema. */
function jsonSchema(schema: v.GenericSchema): Json {
  const { $schema, $defs, ...json } = toJsonSchema(schema, {
    typeMode: 'input',
    target: 'draft-2020-12',
    definitions: RECORDS,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    // What JSON Schema can't say (checks, transformations), a schema's metadata says in its place.
    errorMode: 'ignore',
  })
  return json
}

const REFUSALS = {
  400: 'A parameter is wrong.',
  401: 'The access token is missing, unknown or expired.',
  404: 'There is no such record.',
  409: 'The idempotency key was used for something else, or what it created has been deleted.',
  413: 'The body is too large.',
  415: 'The body is of a type that is not taken.',
  422: 'What this is about was done before the end user was erased.',
  429: 'The account has made too many requests in this minute.',
  500: 'The server had a problem.',
} as const

const refusal = (status: keyof typeof REFUSALS): Json => ({
  description: REFUSALS[status],
  content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorList' } } },
})

const bodyOf = (schema: Json, required: boolean): Json => {
  const deepObject = { style: 'deepObject', explode: true }
  const encoding = { properties: deepObject, survey: deepObject, end_user: deepObject }
  return {
    required,
    content: {
      'application/x-www-form-urlencoded': { schema, encoding },
      'multipart/form-data': { schema },
      'application/json': { schema },
    },
  }
}

const ID = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }
const NAME = { type: 'string', minLength: 1, maxLength: 255 }

/** What stands in a path: ids; but an end user may be looked up by another name. */
function pathParameters(path: string, names: readonly string[]): Json[] {
  const isLookedUp = path.startsWith('/v1/end_users/:')
  const parameters = names.map((name, index) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'phone_number' ? NAME : isLookedUp && index === 0 ? { oneOf: [ID, NAME] } : ID,
  }))
  const lookups = LOOKUP_NAMES.map(name => ({
    name,
    in: 'query',
    description:
      'Whether the path names the end user so, and not by id. Its value is then taken as it stands.',
    schema: { type: 'boolean' },
  }))
  return isLookedUp ? [...parameters, ...lookups] : parameters
}

function describeEndpoint(path: string, { method, summary, parameters, answers }: Endpoint): Json {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')
  const hasBody = method === 'POST' || method === 'PUT'
  const isOptional = v.safeParse(parameters, {}).success
  const isOfEndUser = hasBody && path.startsWith('/v1/end_users')
  const refusals = [400, 401, ...(names.length > 0 ? [404] : []), ...(method === 'POST' ? [409] : [])]
  const statuses = [
    ...refusals,
    ...(hasBody ? [413, 415] : []),
    ...(isOfEndUser ? [422] : []),
    429,
    500,
  ] as (keyof typeof REFUSALS)[]
  return {
    summary,
    parameters: [
      ...pathParameters(path, names),
      ...(hasBody ? [] : queryOf(parameters)),
      ...(method === 'POST' ? [IDEMPOTENCY] : []),
    ],
    ...(hasBody && { requestBody: bodyOf(jsonSchema(parameters), !isOptional) }),
    responses: {
      [answers ? (method === 'POST' ? 201 : 200) : 204]: {
        description: 'OK',
        headers: RETENTION,
        ...(answers && { content: { 'application/json': { schema: jsonSchema(answers) } } }),
      },
      ...Object.fromEntries(statuses.map(status => [status, refusal(status)])),
    },
  }
}

const IDEMPOTENCY = {
  name: IDEMPOTENCY_KEY,
  in: 'header',
  description: 'Names the act: the same key again answers the record that the first request created.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

const RETENTION = {
  [IDEMPOTENCY_RETENTION]: {
    description: `For how many seconds a key is kept, ${KEY_RETENTION_S}; absent where keys are ignored.`,
    schema: { type: 'integer' },
  },
}

const queryOf = ({ entries }: Endpoint['parameters']): Json[] =>
  Object.entries(entries).map(([name, entry]) => {
    const schema = jsonSchema(entry)
    return {
      name,
      in: 'query',
      schema,
      ...(schema.type === 'object' && { style: 'deepObject', explode: true }),
    }
  })

const TOKEN: Json = {
  post: {
    summary: 'Obtain an access token',
    security: [],
    requestBody: bodyOf({ oneOf: Object.values(GRANTS).map(jsonSchema) }, true),
    responses: {
      200: {
        description: 'A token that lives for two hours.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/TokenAnswer' } } },
      },
      default: {
        description: 'RFC 6749 section 5.2.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/TokenError' } } },
      },
    },
  },
}

/** The OpenAPI 3.1 description of the API, from the schemas that its requests are validated with. */
export function describeApi(endpoints: readonly Endpoint[]): Json {
  const paths: Record<string, Json> = { '/oauth/token': TOKEN }
  for (const endpoint of endpoints) {
    for (const pattern of [endpoint.path, ...(endpoint.aliases ?? [])]) {
      const path = pattern.replaceAll(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describeEndpoint(pattern, endpoint) }
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'The Wootric v1 API, by zeroten', version: 'v1' },
    security: [{ header: [] }, { query: [] }],
    paths,
    components: {
      securitySchemes: {
        header: { type: 'http', scheme: 'bearer' },
        query: { type: 'apiKey', in: 'query', name: 'access_token' },
      },
      schemas: Object.fromEntries(
        Object.entries(RECORDS).map(([name, schema]) => [name, inlineSchema(schema)]),
      ),
    },
  }
}

function inlineSchema(schema: v.GenericSchema): Json {
  const { $schema, ...json } = toJsonSchema(schema)
  return json
}
