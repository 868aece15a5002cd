import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Fetch } from '../../../src/client/index.js'
import { createProxy } from '../../../src/proxy/index.js'
import { batchOf, decline, optOut, pageView, response } from '../../support/events.js'
import { createRecordingLogger } from '../../support/start-proxy.js'

/** The only things that are ever asked of an API. */
const OPERATIONS = [
  /^POST \/oauth\/token$/,
  /^GET \/v1\/end_users\?email=[^&/]+&page=1$/,
  /^GET \/v1\/end_users\?per_page=1&page=1$/,
  /^GET \/v1\/end_users\/\d+(?:\/settings)?$/,
  /^POST \/v1\/end_users$/,
  /^PUT \/v1\/end_users\/\d+$/,
  /^POST \/v1\/end_users\/\d+\/(page_views|responses|declines)$/,
  /^GET \/v1\/end_users\/\d+\/(page_views|responses|declines)\?[^/]*$/,
]
const NOW = '2026-01-02 03:04:05'

/** An API in memory that takes everything, and notes what it was asked. */
function createUpstream() {
  const asked = new Set<string>()
  let lastId = 0
  const fetch: Fetch = async (url, { method, body = '' }) => {
    const { pathname, search } = new URL(url)
    asked.add(`${method} ${pathname}${search}`)
    const record = { id: ++lastId, created_at: NOW, updated_at: NOW, end_user_id: 1, user_id: 1 }
    const email = body.startsWith('{') ? JSON.parse(body).email : new URLSearchParams(body).get('email')
    const json =
      pathname === '/oauth/token'
        ? { access_token: 'token', token_type: 'bearer', expires_in: 7200, scope: 'public' }
        : method === 'GET'
          ? []
          : pathname.endsWith('/page_views')
            ? { ...record, url: null, at: NOW }
            : pathname.endsWith('/responses')
              ? { ...record, score: 1, text: null, ip_address: null, origin_url: '' }
              : pathname.endsWith('/declines')
                ? record
                : { ...record, email, last_surveyed: null, external_created_at: null, properties: {} }
    return new Response(JSON.stringify(json), { headers: { 'content-type': 'application/json' } })
  }
  return { asked, fetch }
}

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '../../oauth/token',
    '//evil',
    'x\r\ny: z',
    '__proto__',
    '\u0000',
    '1/../2',
    '٣',
    'null',
  ),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.anything({ maxDepth: 2 }), { maxLength: 3 }),
)
const events = [pageView, response, decline, optOut].map(make => make())
const names = ['v', 'at', 'type', 'url', 'score', 'text', 'origin_url', 'ticket', 'tried', 'clamped', 'share']

const nowAndThen = <A, B>(usual: fc.Arbitrary<A>, rare: fc.Arbitrary<B>) =>
  fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: rare })

/** A real event with some of its fields replaced by something odd. */
const event = fc
  .tuple(fc.constantFrom(...events), fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 2 }))
  .map(([good, changes]) => ({ ...good, id: randomUUID(), ...changes }))

const claim = fc.record(
  {
    token: odd,
    email: odd,
    anonymous_id: nowAndThen(fc.uuid(), odd),
    properties: odd,
    external_created_at: odd,
  },
  { requiredKeys: ['anonymous_id'] },
)
const wishes = fc.dictionary(fc.string({ maxLength: 12 }), odd, { maxKeys: 3 })
const fields = fc.constantFrom('v', 'id', 'events', 'identity', 'ask', 'evicted', 'sent_at')
const batch = fc
  .tuple(
    fc.array(nowAndThen(event, odd), { maxLength: 4 }),
    claim,
    fc.option(wishes, { nil: undefined }),
    nowAndThen(fc.constant({}), fc.dictionary(fields, odd, { maxKeys: 2 })),
  )
  .map(([list, identity, ask, changes]) => ({
    ...batchOf({ events: list as never }),
    identity,
    ask,
    ...changes,
  }))

const body = fc.oneof(
  { weight: 6, arbitrary: batch.map(value => JSON.stringify(value) ?? '') },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
)
const path = nowAndThen(fc.constant('/zeroten/events'), fc.webPath())
const type = nowAndThen(fc.constant('application/json'), fc.constant('text/plain'))
const headers = fc.record(
  {
    'content-type': type,
    origin: nowAndThen(fc.constant('https://shop.example'), fc.constantFrom('null', 'https://evil.example')),
    'x-request-id': fc.stringMatching(/^[ -~]{0,80}$/),
    'x-forwarded-for': fc.stringMatching(/^[ -~]{0,80}$/),
    'content-encoding': nowAndThen(fc.constant('identity'), fc.constant('gzip')),
  },
  { requiredKeys: ['content-type'] },
)
const method = nowAndThen(fc.constant('POST'), fc.constantFrom('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'))

it('ten thousand random requests meet no 500, and ask nothing of upstream but the few operations', async () => {
  const upstream = createUpstream()
  const logger = createRecordingLogger()
  const huge = 1_000_000_000
  const proxy = createProxy({
    api: 'https://api.example',
    clientId: 'client',
    clientSecret: 'd8e8fca2dc0f896fd7cb4cb0031ba249',
    allowUnverified: true,
    fetch: upstream.fetch,
    logger,
    timeouts: { settle: 1 },
    // It is not limits that are looked at here.
    limits: {
      clientRequestsPerMinute: huge,
      clientEventsPerMinute: huge,
      clientAnonymousPerHour: huge,
      identityRequestsPerMinute: huge,
      identityEventsPerMinute: huge,
    },
  })
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(method, path, headers, body, async (verb, where, given, text) => {
      const hasBody = verb !== 'GET' && verb !== 'HEAD'
      const request = new Request(`https://shop.example${where}`, {
        method: verb,
        headers: given,
        ...(hasBody && { body: text }),
      })
      const { status } = await proxy(request, { ip: '203.0.113.7' })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      expect(status).toBeLessThan(500)
    }),
    { numRuns: 10_000 },
  )
  // Random is no use where it never gets anywhere.
  expect(statuses.get(200)).toBeGreaterThan(3_000)
  expect([...upstream.asked].filter(line => !OPERATIONS.some(operation => operation.test(line)))).toEqual([])
  expect([...upstream.asked].some(line => line.includes('/page_views'))).toBe(true)
  expect(logger.records.filter(({ level }) => level === 'error')).toEqual([])
}, 240_000)
