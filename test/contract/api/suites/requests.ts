import { expect, test } from 'vitest'
import type { EndUser, ErrorList, ResponseRecord } from '../../../../src/wire/v1.js'
import type { ContractContext } from './contract-context.js'

const ORIGIN = 'https://example.com'
const RESPONSE = { score: '7', origin_url: ORIGIN, text: 'a; b & c' }

export function requestSuite(context: ContractContext): void {
  const newPath = async () => `/v1/end_users/${(await context.caller.newEndUser()).id}`

  test('every path may end in .json and in a slash', async () => {
    const path = await newPath()
    for (const suffix of ['', '/', '.json', '.json/']) {
      expect((await context.caller.get(`${path}${suffix}`)).status).toBe(200)
      expect((await context.caller.get(`/v1/end_users${suffix}?per_page=1`)).status).toBe(200)
    }
  })

  test('a token is taken from the header or from the query, not from both', async () => {
    const { url, token } = context.caller
    const status = async (path: string, headers: Record<string, string>) =>
      (await context.send(url + path, { headers })).status
    expect(await status(`/v1/responses?access_token=${token}`, {})).toBe(200)
    expect(await status('/v1/responses', { authorization: `bearer ${token}` })).toBe(200)
    expect(await status(`/v1/responses?access_token=${token}`, { authorization: `Bearer ${token}` })).toBe(
      400,
    )
    expect(await status(`/v1/responses?access_token=${token}&access_token=${token}`, {})).toBe(400)
  })

  test.each([
    ['none', ''],
    ['an unknown one', 'Bearer nobody'],
    ['an empty one', 'Bearer '],
    ['another scheme', 'Basic YTpi'],
    ['garbage', 'Bearer a b c'],
  ])('without a token (%s) the answer is 401, and says Bearer', async (_, authorization) => {
    const headers: Record<string, string> = authorization ? { authorization } : {}
    const response = await context.send(`${context.caller.url}/v1/end_users`, { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(((await response.json()) as ErrorList).type).toBe('error_list')
  })

  test('urlencoded, JSON and multipart say the same', async () => {
    const path = `${await newPath()}/responses`
    const multipart = new FormData()
    for (const [name, value] of Object.entries(RESPONSE)) multipart.set(name, value)
    const answers = [
      await context.caller.call<ResponseRecord>('POST', path, { json: RESPONSE }),
      await context.caller.call<ResponseRecord>('POST', path, {
        form: new URLSearchParams(RESPONSE).toString(),
      }),
      await context.caller.call<ResponseRecord>('POST', path, { multipart }),
    ]
    expect(answers.map(({ status, body }) => [status, body.score, body.text])).toEqual(
      answers.map(() => [201, 7, RESPONSE.text]),
    )
  })

  test('a comment with a semicolon stays whole, and one before a field separates', async () => {
    const path = `${await newPath()}/responses`
    const form = `score=5;text=Tom; Jerry; score high;origin_url=${ORIGIN}`
    const { body } = await context.caller.call<ResponseRecord>('POST', path, { form })
    expect([body.score, body.text, body.origin_url]).toEqual([5, 'Tom; Jerry; score high', ORIGIN])
  })

  test('query and body are united, and the body wins', async () => {
    const path = `${await newPath()}/responses?score=1&origin_url=${ORIGIN}`
    const { body } = await context.caller.call<ResponseRecord>('POST', path, { form: 'score=2' })
    expect([body.score, body.origin_url]).toEqual([2, ORIGIN])
    const created = await context.caller.call<EndUser>(
      'POST',
      `/v1/end_users?email=q${Date.now()}@example.com&properties[a]=1`,
    )
    expect([created.status, created.body.properties]).toEqual([201, { a: '1' }])
  })

  test('a field that comes twice is refused', async () => {
    const path = `${await newPath()}/responses`
    for (const form of [`score=1&score=2&origin_url=${ORIGIN}`, `score=1;score=2;origin_url=${ORIGIN}`]) {
      const { status, body } = await context.caller.call<ErrorList>('POST', path, { form })
      expect([status, body.errors[0]?.field]).toEqual([400, 'score'])
    }
  })

  test('parameters that nobody knows are ignored', async () => {
    const path = await newPath()
    expect((await context.caller.get(`${path}/responses?utm[x][y]=1&foo=bar`)).status).toBe(200)
    expect((await context.caller.put(path, { id: 7, page_views_count: 9, nested: { a: [1] } })).status).toBe(
      200,
    )
    expect((await context.caller.get<EndUser>(path)).body.page_views_count).toBe(0)
  })

  test.each([
    ['text/plain', 'score=1', 415],
    ['application/xml', '<score>1</score>', 415],
    ['', 'score=1', 415],
    ['application/json', '{"score":', 400],
    ['application/json', '[1]', 400],
    ['application/json', '"score"', 400],
    ['application/x-www-form-urlencoded', '\xff\xfe', 400],
    ['multipart/form-data', 'score=1', 400],
    ['multipart/form-data; boundary=x', '--y\r\n', 400],
  ])('a body of type %j that is %j answers %i', async (type, text, expected) => {
    const body = new Blob([Buffer.from(text, 'latin1')])
    const response = await context.send(`${context.caller.url}${await newPath()}/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${context.caller.token}`, ...(type && { 'content-type': type }) },
      body,
    })
    expect(response.status).toBe(expected)
  })

  test('a compressed body is refused, and so is one that is deeper than a stack', async () => {
    const path = `${await newPath()}/declines`
    const gzip = { json: {}, headers: { 'content-encoding': 'gzip' } }
    expect((await context.caller.call('POST', path, gzip)).status).toBe(415)
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const headers = { 'content-type': 'application/json', 'Idempotency-Key': 'deep' }
    expect((await context.caller.call('POST', path, { form: deep, headers })).status).toBeOneOf([201, 400])
  })

  test('a file in multipart is refused', async () => {
    const multipart = new FormData()
    multipart.set('text', new Blob(['a']), 'a.txt')
    const { status } = await context.caller.call('POST', `${await newPath()}/responses`, { multipart })
    expect(status).toBe(400)
  })

  test('a body of more than 256 KiB is refused, its length told or not', async () => {
    const path = `${context.caller.url}${await newPath()}/responses`
    const headers = {
      authorization: `Bearer ${context.caller.token}`,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const chunk = new Uint8Array(65_536).fill(97)
    const stream = () =>
      new ReadableStream({
        start(controller) {
          for (let n = 0; n < 5; n++) controller.enqueue(chunk)
          controller.close()
        },
      })
    const told = await context.send(path, { method: 'POST', headers, body: 'a'.repeat(262_145) })
    const untold = await context.send(path, {
      method: 'POST',
      headers,
      body: stream(),
      duplex: 'half',
    } as RequestInit)
    expect([told.status, untold.status]).toEqual([413, 413])
  })

  test.each([
    ['PATCH', '/v1/end_users/1', 'GET, PUT, DELETE'],
    ['PUT', '/v1/end_users', 'GET, POST'],
    ['POST', '/v1/responses', 'GET'],
    ['DELETE', '/v1/end_users/1/responses/promoters', 'GET'],
    ['GET', '/oauth/token', 'POST'],
    ['OPTIONS', '/v1/end_users', 'GET, POST'],
  ])('%s %s answers 405, and says what is allowed', async (method, path, allowed) => {
    const { status, headers } = await context.caller.call(method, path)
    expect([status, headers.get('allow')?.split(', ').sort()]).toEqual([405, allowed.split(', ').sort()])
  })

  test.each(['/', '/v1', '/v1/nothing', '/v2/end_users', '/v1/end_users/1/responses/1/2', '/v1/page_views'])(
    '%s is no path',
    async path => {
      expect((await context.caller.get(path)).status).toBe(404)
    },
  )

  test.each([
    '0',
    '-1',
    '01',
    '1.0',
    '1e3',
    'abc',

    '9007199254740992',
    '99999999999999999',
    '%00',
    'é',
  ])('the id %s answers as a missing one does', async id => {
    const missing = await context.caller.get('/v1/end_users/9007199254740991')
    const odd = await context.caller.get(`/v1/end_users/${id}`)
    expect([odd.status, odd.body]).toEqual([404, missing.body])
  })

  test('HEAD answers as GET does, without a body', async () => {
    const response = await context.send(`${context.caller.url}${await newPath()}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${context.caller.token}` },
    })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  test('answers are not to be kept, and carry the request’s id', async () => {
    const { headers } = await context.caller.call('GET', '/v1/end_users', {
      headers: { 'X-Request-Id': 'abc-1' },
    })
    expect([headers.get('cache-control'), headers.get('x-request-id')]).toEqual(['no-store', 'abc-1'])
    const own = await context.caller.call('GET', '/v1/end_users', { headers: { 'X-Request-Id': '<script>' } })
    expect(own.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  })
}
