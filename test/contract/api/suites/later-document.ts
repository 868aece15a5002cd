import { expect, test } from 'vitest'
import type {
  EndUser,
  EndUserSettings,
  ErrorList,
  NpsSummary,
  ResponseRecord,
  Segment,
} from '../../../../src/wire/v1.js'
import type { ContractContext } from './contract-context.js'

const ORIGIN = 'https://example.com'

/** What later editions of the API's document added, as its clients use it. */
export function laterDocumentSuite(context: ContractContext): void {
  let made = 0
  const unique = (word: string) => `${word}-${process.pid}-${++made}`
  const snapshot = async (id: number) => {
    const { caller } = context
    const list = async (kind: string) => (await caller.get(`/v1/end_users/${id}/${kind}`)).body
    return [
      (await caller.get(`/v1/end_users/${id}`)).body,
      await list('responses'),
      await list('declines'),
      (await caller.get(`/v1/end_users/${id}/settings`)).body,
    ]
  }

  test('an external id that reads as another one’s id finds its own end user alone', async () => {
    const { caller } = context
    const alice = await caller.newEndUser()
    const bob = await caller.newEndUser({ external_id: String(alice.id) })
    const before = await snapshot(alice.id)
    const path = `/v1/end_users/${alice.id}`
    const lookup = '?lookup_by_external_id=true'
    expect((await caller.get<EndUser>(path + lookup)).body.id).toBe(bob.id)
    const put = await caller.put<EndUser>(path + lookup, { properties: { plan: 'pro' } })
    expect([put.status, put.body.id, put.body.properties]).toEqual([200, bob.id, { plan: 'pro' }])
    for (const [kind, fields] of [
      ['responses', { score: 3, origin_url: ORIGIN }],
      ['declines', {}],
    ] as const) {
      const posted = await caller.post<ResponseRecord>(`${path}/${kind}${lookup}`, fields)
      expect([posted.status, posted.body.end_user_id]).toEqual([201, bob.id])
    }
    expect((await caller.put(`${path}/settings${lookup}`, { web_nps: false })).status).toBe(200)
    expect(await snapshot(alice.id)).toEqual(before)
    expect((await caller.delete<EndUser>(path + lookup)).body.id).toBe(bob.id)
    expect((await caller.get(path + lookup)).status).toBe(404)
    expect(await snapshot(alice.id)).toEqual(before)
  })

  test.each([
    ['PUT', '', '?lookup_by_name=true'],
    ['PUT', '', '?lookup_by_external_id=maybe'],
    ['PUT', '', '?lookup_by_external_id='],
    ['PUT', '', '?lookup_by_external_id=true&lookup_by_email=true'],
    ['PUT', '', '?lookup=external_id'],
    ['GET', '', '?lookup_by_phone_number=true'],
    ['DELETE', '', '?lookup_by_ID=1'],
    ['GET', '/responses', '?lookup_by_name=true'],
    ['POST', '/declines', '?lookup_by_name=true'],
    ['PUT', '', '?find_by=external_id'],
    ['PUT', '', '?by_external_id=true'],
    ['DELETE', '', '?identifierType=email'],
    ['GET', '/settings', '?use-external-id=1'],
    ['POST', '/responses', '?id_type=phone'],
  ])('%s with %s%s is refused and touches nobody', async (method, below, query) => {
    const { id } = await context.caller.newEndUser()
    const before = await snapshot(id)
    const json = method === 'GET' || method === 'DELETE' ? {} : { json: { properties: { a: 1 } } }
    const { status, body } = await context.caller.call<ErrorList>(
      method,
      `/v1/end_users/${id}${below}${query}`,
      json,
    )
    expect(status).toBe(400)
    expect(query).toContain(body.errors[0]?.field)
    expect(await snapshot(id)).toEqual(before)
  })

  test('a lookup in the body counts as one in the query, and false is none', async () => {
    const { id, email } = await context.caller.newEndUser()
    const other = await context.caller.newEndUser()
    const path = `/v1/end_users/${encodeURIComponent(email ?? '')}`
    const put = await context.caller.put<EndUser>(path, { lookup_by_email: true, properties: { a: 1 } })
    expect([put.status, put.body.id]).toEqual([200, id])
    const byId = await context.caller.get<EndUser>(`/v1/end_users/${other.id}?lookup_by_email=false`)
    expect(byId.body.id).toBe(other.id)
  })

  test('lookups are refused where no path names an end user', async () => {
    for (const path of [
      '/v1/responses',
      '/v1/responses/1',
      '/v1/end_users',
      '/v1/end_users/phone_number/+141555',
    ])
      expect((await context.caller.get(`${path}?lookup_by_email=true`)).status).toBe(400)
  })

  test('an end user is found by e-mail in any case, in the path with or without the lookup', async () => {
    const email = `${unique('Mixed')}@Example.com`
    const { id } = await context.caller.newEndUser({ email })
    for (const path of [
      `${email.toUpperCase()}?lookup_by_email=true`,
      `${encodeURIComponent(email)}?lookup_by_email=1`,
      email.toLowerCase(),
    ])
      expect((await context.caller.get<EndUser>(`/v1/end_users/${path}`)).body.id).toBe(id)
    expect((await context.caller.delete<EndUser>(`/v1/end_users/${email}`)).body.id).toBe(id)
  })

  test('a name is taken as it stands: a suffix does not lead to another end user', async () => {
    const name = unique('doc')
    const plain = await context.caller.newEndUser({ external_id: name })
    const path = `/v1/end_users/${name}.json?lookup_by_external_id=true`
    expect((await context.caller.put(path, { properties: { a: 1 } })).status).toBe(404)
    const suffixed = await context.caller.newEndUser({ external_id: `${name}.json` })
    expect((await context.caller.get<EndUser>(path)).body.id).toBe(suffixed.id)
    expect((await context.caller.get<EndUser>(`/v1/end_users/${plain.id}`)).body.properties).toEqual({})
  })

  test('external ids of any text find their end user', async () => {
    for (const text of ['a b', 'a/b', 'ä€😀', '100%', 'a+b', '..', 'responses', 'phone_number', '#?&=']) {
      const external_id = `${unique('x')} ${text}`
      const { id } = await context.caller.newEndUser({ external_id })
      const path = `/v1/end_users/${encodeURIComponent(external_id)}?lookup_by_external_id=true`
      expect((await context.caller.get<EndUser>(path)).body).toMatchObject({ id, external_id })
    }
  })

  test('a phone number finds its end user however it is written', async () => {
    const digits = `1415${String(process.pid).padStart(7, '0')}${++made}`
    const { id, phone_number } = await context.caller.newEndUser({ email: null, phone_number: `+${digits}` })
    expect(phone_number).toBe(`+${digits}`)
    for (const text of [`+${digits}`, digits, `%2B${digits.slice(0, 4)}%20${digits.slice(4)}`])
      expect((await context.caller.get<EndUser>(`/v1/end_users/phone_number/${text}`)).body.id).toBe(id)
    const put = await context.caller.put<EndUser>(`/v1/end_users/phone_number/+${digits}`, {
      properties: { a: 1 },
    })
    expect([put.status, put.body.id]).toEqual([200, id])
    expect((await context.caller.get('/v1/end_users/phone_number/nobody')).status).toBe(404)
    expect((await context.caller.delete<EndUser>(`/v1/end_users/phone_number/+${digits}`)).body.id).toBe(id)
  })

  test('an end user needs one name, and each name is one end user’s', async () => {
    const { caller } = context
    const missing = await caller.post<ErrorList>('/v1/end_users', { properties: { a: 1 } })
    expect([missing.status, missing.body.errors[0]?.field]).toEqual([400, 'email'])
    const names = {
      email: `${unique('n')}@example.com`,
      external_id: unique('n'),
      phone_number: `+49${process.pid}${++made}00`,
    }
    const first = await caller.newEndUser(names)
    const second = await caller.newEndUser()
    for (const [name, value] of Object.entries(names)) {
      const post = await caller.post<ErrorList>('/v1/end_users', { [name]: value })
      const put = await caller.put<ErrorList>(`/v1/end_users/${second.id}`, { [name]: value })
      for (const { status, body } of [post, put]) expect([status, body.errors[0]?.field]).toEqual([400, name])
      expect((await caller.put(`/v1/end_users/${first.id}`, { [name]: value })).status).toBe(200)
    }
    const cleared = await caller.put<EndUser>(`/v1/end_users/${first.id}`, {
      email: null,
      phone_number: null,
    })
    expect([cleared.status, cleared.body.email]).toEqual([200, null])
    expect((await caller.put(`/v1/end_users/${first.id}`, { external_id: null })).status).toBe(400)
  })

  test.each([
    ['external_id', ''],
    ['external_id', 'a\0b'],
    ['external_id', 'x'.repeat(256)],
    ['external_id', ['a']],
    ['phone_number', 'call me'],
    ['phone_number', '12'],
    ['phone_number', '1'.repeat(21)],
    ['phone_number', 1415],
  ])('the %s %j is refused', async (name, value) => {
    const { status, body } = await context.caller.post<ErrorList>('/v1/end_users', {
      email: `${unique('r')}@example.com`,
      [name]: value,
    })
    expect([status, body.errors[0]?.field]).toEqual([400, name])
  })

  test('two posts of one survey are one response, and the later of them counts', async () => {
    const { id } = await context.caller.newEndUser()
    const path = `/api/v1/end_users/${id}/responses`
    const post = (unique_link: string, fields: object) =>
      context.caller.post<ResponseRecord>(path, {
        origin_url: 'com.example.app',
        end_user: { id },
        survey: { unique_link, channel: 'mobile', language: 'es' },
        ...fields,
      })
    const first = await post('link-1', { score: 8, priority: 0 })
    const second = await post('link-1', { score: 9, priority: 1, text: 'Bueno' })
    const late = await post('link-1', { score: 8, priority: 0 })
    const again = await post('link-1', { score: 9, priority: 1, text: 'Bueno' })
    expect([first, second, late, again].map(({ status, body }) => [status, body.id])).toEqual(
      Array(4).fill([201, first.body.id]),
    )
    const other = await post('link-2', { score: 2, priority: 0 })
    const { body } = await context.caller.get<ResponseRecord[]>(path)
    expect(body.map(({ id, score, text }) => [id, score, text])).toEqual([
      [other.body.id, 2, null],
      [first.body.id, 9, 'Bueno'],
    ])
  })

  test('posts of one survey that arrive at once are one response, and so are its declines', async () => {
    const { id } = await context.caller.newEndUser()
    for (const kind of ['responses', 'declines']) {
      const path = `/v1/end_users/${id}/${kind}`
      const posts = await Promise.all(
        Array.from({ length: 12 }, (_, priority) =>
          context.caller.post<{ id: number }>(path, {
            score: priority % 11,
            origin_url: ORIGIN,
            priority,
            survey: { unique_link: 'at-once' },
          }),
        ),
      )
      expect(new Set(posts.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1)
      const { body } = await context.caller.get<ResponseRecord[]>(path)
      expect(body).toHaveLength(1)
      if (kind === 'responses') expect(body[0]?.score).toBe(0)
    }
  })

  test('one survey’s link of two end users makes two responses', async () => {
    for (const { id } of [await context.caller.newEndUser(), await context.caller.newEndUser()]) {
      const form = 'score=5&origin_url=x&survey[unique_link]=shared'
      const { status, body } = await context.caller.call<ResponseRecord>(
        'POST',
        `/v1/end_users/${id}/responses`,
        { form },
      )
      expect([status, body.end_user_id]).toEqual([201, id])
    }
  })

  test('a body that speaks of another end user than the path is refused', async () => {
    const { id } = await context.caller.newEndUser()
    const other = await context.caller.newEndUser()
    const path = `/v1/end_users/${id}/responses`
    for (const form of [`end_user[id]=${other.id}`, `end_user_id=${other.id}`]) {
      const refused = await context.caller.call('POST', path, { form: `score=5&origin_url=x&${form}` })
      expect(refused.status).toBe(400)
    }
    const same = `score=5&origin_url=x&end_user[id]=${id}&end_user_id=${id}&user_id=77&account_id=88`
    expect((await context.caller.call('POST', path, { form: same })).status).toBe(201)
    expect((await context.caller.get(`/v1/end_users/${other.id}/responses`)).body).toEqual([])
  })

  test('properties that come with a response or a decline become the end user’s', async () => {
    const { id } = await context.caller.newEndUser({ properties: { plan: 'free', city: 'Rome' } })
    const form = 'score=5&origin_url=x&end_user[properties][plan]=pro&end_user[properties][seats]=5'
    await context.caller.call('POST', `/v1/end_users/${id}/responses`, { form })
    await context.caller.call('POST', `/v1/end_users/${id}/declines`, {
      form: 'end_user[properties][city]=Oslo',
    })
    const { body } = await context.caller.get<EndUser>(`/v1/end_users/${id}`)
    expect(body.properties).toEqual({ plan: 'pro', city: 'Oslo', seats: '5' })
  })

  test('responses and declines are read, marked and deleted by their id alone', async () => {
    const own = await context.newAccount()
    const { id: endUserId } = await own.newEndUser()
    for (const kind of ['responses', 'declines']) {
      const fields = { score: 9, origin_url: ORIGIN }
      const { id } = (await own.post<{ id: number }>(`/v1/end_users/${endUserId}/${kind}`, fields)).body
      const path = `/v1/${kind}/${id}`
      expect((await own.get<ResponseRecord>(path)).body).toMatchObject({ id, end_user_id: endUserId })
      const marked = await own.call('PUT', path, { form: 'completed=true&excluded_from_calculations=true' })
      expect([marked.status, marked.body]).toEqual([204, undefined])
      if (kind === 'responses') expect((await own.get<NpsSummary>('/v1/nps_summary')).body.responses).toBe(0)
      expect((await own.put(path, { excluded_from_calculations: 'perhaps' })).status).toBe(400)
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect((await context.caller.call(method, path)).status).toBe(404)
      expect((await own.delete(path)).status).toBe(204)
      for (const method of ['GET', 'PUT', 'DELETE']) expect((await own.call(method, path)).status).toBe(404)
    }
  })

  test('settings are as they were set, and true to their defaults before', async () => {
    const { id } = await context.caller.newEndUser()
    const path = `/v1/end_users/${id}/settings`
    const defaults = {
      end_user_id: id,
      email_nps: true,
      web_nps: true,
      mobile_nps: true,
      force_web_survey: false,
      surveys_disabled_by_end_user: false,
    }
    expect((await context.caller.get<EndUserSettings>(path)).body).toMatchObject(defaults)
    const form = 'email_nps=false&force_web_survey=true'
    const { status, body } = await context.caller.call<EndUserSettings>('PUT', path, { form })
    const changed = { ...defaults, email_nps: false, force_web_survey: true }
    expect([status, body]).toEqual([200, expect.objectContaining(changed)])
    await context.caller.put(path, { web_nps: false })
    expect((await context.caller.get<EndUserSettings>(path)).body).toMatchObject({
      ...changed,
      web_nps: false,
    })
    expect((await context.caller.put(path, { web_nps: 'often' })).status).toBe(400)
    expect((await context.caller.get('/v1/end_users/9007199254740991/settings')).status).toBe(404)
  })

  test('the summary counts a range of days, and says which is none', async () => {
    const own = await context.newAccount()
    const { id } = await own.newEndUser()
    const at = Date.UTC(2024, 4, 31, 23, 59, 59) / 1_000
    const respond = (score: number, created_at?: number, channel = 'web') =>
      own.post(`/v1/end_users/${id}/responses`, {
        score,
        origin_url: ORIGIN,
        created_at,
        survey: { channel },
      })
    for (const score of [10, 9, 9, 8, 7, 6]) await respond(score, at)
    await respond(0, at + 1, 'email')
    await respond(10)
    for (const created_at of [at, at + 1]) await own.post(`/v1/end_users/${id}/declines`, { created_at })
    const summary = async (query: string) => (await own.get<NpsSummary>(`/v1/nps_summary${query}`)).body
    expect(await summary("?date[start]='2024-05-01'&date[end]='2024-05-31'")).toEqual({
      nps: 33,
      responses: 6,
      detractors: 1,
      passives: 2,
      promoters: 3,
      response_rate: 86,
      email_response_rate: 0,
    })
    expect(await summary('?date[start]=2024-05-31&date[end]=2024-06-01')).toMatchObject({
      responses: 7,
      response_rate: 78,
      email_response_rate: 100,
    })
    expect(await summary('')).toMatchObject({ nps: 100, responses: 1 })
    for (const day of ['2024-02-30', 'yesterday', '1717113600'])
      expect((await own.get(`/v1/nps_summary?date[start]=${day}`)).status).toBe(400)
  })

  test('segments are the properties that end users have', async () => {
    const own = await context.newAccount()
    expect((await own.get('/v1/segments')).body).toEqual([])
    await own.newEndUser({ properties: { plan: 'pro', purchase_date: 1473177881, seats: 5 } })
    await own.newEndUser({ properties: { seats: 'many', revenue_amount: '10' } })
    const { body } = await own.get<Segment[]>('/v1/segments')
    expect(body.map(({ name, data_type }) => [name, data_type])).toEqual([
      ['plan', 'string'],
      ['purchase_date', 'date'],
      ['revenue_amount', 'integer'],
      ['seats', 'string'],
    ])
  })

  test('bodies have what the first document prints, and no more', async () => {
    const { id } = await context.caller.newEndUser()
    const path = `/v1/end_users/${id}`
    await context.caller.post(`${path}/responses`, { score: 1, origin_url: ORIGIN })
    await context.caller.post(`${path}/declines`)
    const keysOf = async (path: string) =>
      Object.keys((await context.caller.get<object[]>(path)).body[0] ?? {})
    expect((await keysOf(`${path}/responses`)).join()).toBe(
      'id,created_at,updated_at,score,text,ip_address,origin_url,end_user_id,user_id',
    )
    expect((await keysOf(`${path}/declines`)).join()).toBe('id,end_user_id,created_at,updated_at,user_id')
  })
}
