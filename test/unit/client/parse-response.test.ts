import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError } from '../../../src/client/api-error.js'
import { parseResponse } from '../../../src/client/parse-response.js'
import { ResponseError } from '../../../src/client/response-error.js'

const line = { method: 'GET', path: '/v1/end_users/1' }
const json = { 'content-type': 'application/json' }

function parse(status: number, text: string, headers: Record<string, string> = json): unknown {
  return parseResponse({ status, headers: new Headers(headers), text }, line, 0)
}

function errorOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test.each([200, 201, 202])('the JSON of a %d is the answer', status => {
  expect(parse(status, '{"id":1}')).toEqual({ id: 1 })
})

test.each([
  [204, ''],
  [200, ''],
  [201, ' '],
  [202, '\r\n'],
])('%d with the body %j says nothing more', (status, text) => {
  expect(parse(status, text)).toBeUndefined()
  expect(parse(status, text, {})).toBeUndefined()
})

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'Application/JSON ; charset=utf8',
  'application/vnd.wootric.v1+json',
  'text/json',
])('%s is JSON', type => {
  expect(parse(200, '[]', { 'content-type': type })).toEqual([])
})

test('JSON without a type is JSON', () => {
  expect(parse(200, '[]', {})).toEqual([])
})

test.each(['text/html', 'text/plain', 'application/jsonp', 'application/javascript', 'x'])(
  '%s is not the API speaking',
  type => {
    expect(errorOf(() => parse(200, '{"id":1}', { 'content-type': type }))).toMatchObject({
      name: 'ResponseError',
      code: 'answer_not_json',
    })
  },
)

test.each(['{"id":', 'null null', '<html>', '{"id":1}garbage', "{'id':1}", '\u0000'])(
  '%j is not JSON',
  text => {
    const error = errorOf(() => parse(200, text))
    expect(error).toBeInstanceOf(ResponseError)
    expect(error).toMatchObject({ code: 'answer_not_json' })
    expect(error).not.toHaveProperty('cause')
  },
)

test.each([
  [400, 'bad_request'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'bad_request'],
  [409, 'conflict'],
  [413, 'too_large'],
  [422, 'bad_request'],
  [429, 'rate_limited'],
  [500, 'server_error'],
  [503, 'server_error'],
])('%d is %s, whatever its page looks like', (status, code) => {
  for (const text of ['', '<html>stack trace</html>', '[', 'null', '{"type":"error_list"}']) {
    const error = errorOf(() => parse(status, text, { 'content-type': 'text/html' }))
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status, code, apiErrors: [] })
    expect(String(error)).toBe(`ApiError: GET /v1/end_users/1 was answered with ${status}`)
  }
})

test('an error list is kept in the words of the API', () => {
  const errors = [
    { status: 'invalid', message: 'email has already been taken', field: 'email' },
    { status: 'record_not_found', message: 'The record could not be found', field: null },
  ]
  const text = JSON.stringify({ type: 'error_list', errors })
  expect(errorOf(() => parse(400, text))).toMatchObject({ status: 400, apiErrors: errors })
})

test.each([
  ['record_not_found', 404],
  ['not_found', 404],
  ['unauthorized', 401],
  ['forbidden', 403],
  ['too_many_requests', 429],
  ['internal_server_error', 500],
  ['422', 422],
  [503, 503],
  ['whatever', 400],
  ['200', 400],
  ['toString', 400],
  ['__proto__', 400],
  [{}, 400],
])('an error list of %j is a refusal even with status 200: %d', (status, expected) => {
  const errors = [{ status, message: 'The record could not be found', field: null }]
  expect(errorOf(() => parse(200, JSON.stringify({ type: 'error_list', errors })))).toMatchObject({
    name: 'ApiError',
    status: expected,
  })
})

test('an error list that is none the less a mess is still a refusal', () => {
  for (const errors of [undefined, null, {}, 'x', [], [null, 7, [], {}], [{ message: 7, field: {} }]]) {
    const error = errorOf(() => parse(200, JSON.stringify({ type: 'error_list', errors })))
    expect(error).toMatchObject({ name: 'ApiError', status: 400 })
    for (const { status, message, field } of (error as ApiError).apiErrors)
      expect([status, message, field]).toEqual(['', '', null])
  }
})

test('what a refusal says of time and limits is kept', () => {
  const headers = {
    ...json,
    'retry-after': '7',
    'x-rate-limit-limit': '100',
    'x-rate-limit-remaining': '0',
    'x-rate-limit-reset': '7',
    'x-request-id': 'abc-123',
  }
  expect(errorOf(() => parse(429, '', headers))).toMatchObject({
    retryAfterMs: 7_000,
    rateLimit: { limit: 100, remaining: 0, resetAtMs: 7_000 },
    requestId: 'abc-123',
  })
})

test('a request id that is none is not kept', () => {
  for (const id of ['a b', 'x'.repeat(65), '<b>', 'é'])
    expect(errorOf(() => parse(500, '', { 'x-request-id': id }))).toMatchObject({ requestId: undefined })
})

test('whatever the answer, it is JSON, nothing, or a typed error', () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.constant('{"type":"error_list","errors":[{}]}'))
  const type = fc.option(fc.constantFrom('application/json', 'text/html', ''), { nil: undefined })
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), text, type, (status, body, contentType) => {
      try {
        parse(status, body, contentType === undefined ? {} : { 'content-type': contentType })
        expect(status).toBeLessThan(400)
      } catch (error) {
        expect(error instanceof ApiError || error instanceof ResponseError).toBe(true)
        expect(String(error)).not.toContain(body.length > 3 ? body : '\n')
      }
    }),
  )
})
